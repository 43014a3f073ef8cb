"""`[tool.astarch]` is read from the nearest pyproject.toml, and mistakes in it are named."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from astarch.cli import commands
from astarch.config import Config, load_config, settings_schema
from astarch.errors import ConfigError
from astarch.inputs import InputSpec

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def project(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_everything(tmp_path: Path) -> None:
    project(
        tmp_path,
        """
        [tool.astarch]
        search-path = ["third_party"]
        python = ".venv/bin/python"
        budget = 1000

        [[tool.astarch.models]]
        target = "models/net.py:build_net(10)"
        inputs = ["1,3,32,32", "mask=1,7:bool"]
        with = { config = "models.config:Config()" }
        """,
    )
    config = load_config(tmp_path)
    assert config.search_path == (tmp_path / "third_party",)
    assert config.python == tmp_path / ".venv/bin/python"
    assert config.budget == 1000
    model = config.model("models/net.py:build_net(10)")
    assert model is not None
    assert model.inputs == (InputSpec(None, (1, 3, 32, 32)), InputSpec("mask", (1, 7), "bool"))
    assert model.names == {"config": "models.config:Config()"}
    assert config.model("models/net.py:other") is None


def test_the_nearest_that_speaks_of_astarch_wins(tmp_path: Path) -> None:
    project(tmp_path, "[tool.astarch]\nbudget = 5\n")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    project(inner, "[tool.other]\n")
    assert load_config(inner).budget == 5
    project(tmp_path / "a", "[tool.astarch]\nbudget = 6\n")
    assert load_config(inner).budget == 6


def test_none(tmp_path: Path) -> None:
    assert load_config(tmp_path).models == () or load_config(tmp_path) == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.astarch]\nmodel = []", "unknown key `model`.*did you mean `models`"),
        ("[tool.astarch]\nsearch_path = []", "did you mean `search-path`"),
        ("[tool.astarch]\nbudget = 'x'", "`budget` in tool.astarch is a str, wanted is a int"),
        ("[tool.astarch]\nmodels = ['net.py:Net']", "is not a table"),
        ("[[tool.astarch.models]]\ninputs = []", "has no `target`"),
        ("[[tool.astarch.models]]\ntarget = 'net.py:Net('", r"models\[1\]: .*not a Python expression"),
        ("[[tool.astarch.models]]\ntarget = 'net.py:Net'\ninputs = ['1,x y']", "neither a size nor a name"),
        ("[[tool.astarch.models]]\ntarget = 'net.py:Net'\ninput = ['1']", "did you mean `inputs`"),
        ("[tool.astarch\n", "pyproject.toml"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_config(project(tmp_path, text))


ALL = """
[tool.astarch]
search-path = ["third_party"]
python = ".venv/bin/python"
budget = 1000

[tool.astarch.check]
select = ["MDL1"]
ignore = ["unused-layer"]
extend-select = ["MDL801"]
exclude = ["old/"]
output-format = "concise"
baseline = "known.json"
per-file-ignores = { "tests/*" = ["MDL3"] }

[[tool.astarch.models]]
target = "models/net.py:build_net(10)"
inputs = ["1,3,32,32", "mask=1,7:bool"]
with = { config = "models.config:Config()" }
"""


def refused(text: str) -> list[str]:
    """What the schema says of a table."""
    validator = jsonschema.Draft7Validator(settings_schema())
    return [error.message for error in validator.iter_errors(tomllib.loads(text)["tool"]["astarch"])]


def test_the_schema_knows_what_is_read(tmp_path: Path) -> None:
    jsonschema.Draft7Validator.check_schema(settings_schema())
    assert refused(ALL) == []
    config = load_config(project(tmp_path, ALL))
    assert config.check.per_file_ignores == {"tests/*": ("MDL3",)}
    words = re.findall(r"^([a-z-]+) =", ALL, flags=re.MULTILINE)
    tables = [settings_schema()["properties"], *(settings_schema()["properties"][name] for name in ("models", "check"))]
    known = {*tables[0], *tables[1]["items"]["properties"], *tables[2]["properties"]}
    assert known == {*words, "models", "check"}, "every key stands in the example"


@pytest.mark.parametrize("text", [
    "[tool.astarch]\nmodel = []", "[tool.astarch]\nsearch_path = []", "[tool.astarch]\nbudget = 'x'",
    "[[tool.astarch.models]]\ninputs = []", "[[tool.astarch.models]]\ntarget = 'net.py:Net'\ninput = ['1']",
    "[tool.astarch.check]\nselect = 'ALL'", "[tool.astarch.check]\nignores = []",
])  # fmt: skip
def test_what_the_schema_refuses_is_refused(tmp_path: Path, text: str) -> None:
    assert len(refused(text)) == 1
    with pytest.raises(ConfigError):
        load_config(project(tmp_path, text))


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert json.loads(CliRunner().invoke(commands, ["config", "--schema"]).output) == settings_schema()
    assert "No pyproject.toml" in CliRunner().invoke(commands, ["config"]).output
    project(tmp_path, ALL)
    shown = CliRunner().invoke(commands, ["config"]).output
    assert "check.select = MDL1\n" in shown
    assert "model models/net.py:build_net(10)  inputs 1,3,32,32, mask=1,7:bool" in shown


@pytest.mark.parametrize(("text", "message", "hint"), [
    ("select = ['unused-layr']", "`select` in tool.astarch.check names no rule: `unused-layr`", "did you mean `unused-layer`?"),
    ("per-file-ignores = { 'a' = ['NOPE'] }", "`per-file-ignores` in tool.astarch.check names no rule: `NOPE`", "`astarch rule --all`"),
    ("output-format = 'ful'", "`output-format` in tool.astarch.check is no format: 'ful'", "did you mean 'full'?"),
])  # fmt: skip
def test_mistakes_of_check_name_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str, hint: str) -> None:
    monkeypatch.chdir(project(tmp_path, f"[tool.astarch.check]\n{text}\n"))
    error = CliRunner().invoke(commands, ["check"]).exception
    assert isinstance(error, ConfigError)
    assert error.message == f"{tmp_path / 'pyproject.toml'}: {message}"
    assert error.hint.startswith(hint)
