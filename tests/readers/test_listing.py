"""Which files are looked at: what `.gitignore` files leave out is what their patterns say, however it is found out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from astarch.readers.listing import python_files

PLACES = ("a.py", "lib/b.py", "lib/deep/c.py", "lib_kept/d.py", "src/e.py", "src/gen/f.py", "src/gen/kept.py", "src/x.y/g.py",
          "docs/_build/h.py", "docs/i.py", "out1/j.py", "out2/k.py", "src/out1/l.py", "src/data/m.py", "src/data/n_test.py")  # fmt: skip

RULES = (
    "lib/\n",
    "lib*\n!lib_kept/\n",
    "/out?\n",
    "out[12]/\n!src/out1/\n",
    "src/gen/*\n!src/gen/kept.py\n",
    "docs/_build/\n*.pyc\n__pycache__/\n",
    "*.y\n",
    "**/data/\n",
    "src/**/*_test.py\n",
    "*\n!*/\n!*.py\nlib\n",
    "# nothing\n\n",
    "a.py\nb.py/\n",
    "deep\n/e.py\n",
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for place in PLACES:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def by_git(repository: Path) -> set[str]:
    done = subprocess.run(["git", "ls-files", "--others", "--exclude-standard"], cwd=repository, check=True, capture_output=True, text=True)
    return {line for line in done.stdout.splitlines() if line.endswith(".py")}


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("start", [".", "src", "lib", "src/gen", "lib/deep"])
def test_what_git_leaves_out_is_not_looked_at(repository: Path, rules: str, start: str) -> None:
    (repository / ".gitignore").write_text(rules)
    found = {path.relative_to(repository).as_posix() for path in python_files([repository / start])}
    assert found == {name for name in by_git(repository) if start == "." or name.startswith(f"{start}/")}


@pytest.mark.parametrize("rules", RULES)
def test_files_that_are_named_are_left_out_only_by_force(repository: Path, rules: str) -> None:
    (repository / ".gitignore").write_text(rules)
    named = [repository / place for place in PLACES]
    assert len(python_files(named)) == len(PLACES)
    found = {path.relative_to(repository).as_posix() for path in python_files(named, force_exclude=True)}
    assert found == by_git(repository)


def test_rules_of_inner_folders_hold_below_them(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "src" / ".gitignore").write_text("gen/\n/e.py\n")
    monkeypatch.chdir(repository)
    found = {path.as_posix() for path in python_files([Path()])}
    assert found == by_git(repository)
    assert "src/e.py" not in found and "src/gen/f.py" not in found and "src/data/m.py" in found
