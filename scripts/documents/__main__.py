"""Makes our own documentation: ``python -m scripts.documents``; with ``--check``, says what is stale.

The blocks of README.md and docs/, a page for every class of ``examples/gpt.py``, the page of the rules, the pictures of the examples.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from click.testing import CliRunner

from astarch import checking
from astarch.cli import commands
from astarch.config import settings_schema

from . import pictures

ROOT = Path(__file__).resolve().parents[2]
_RULES = "<!-- made by `python -m scripts.documents` from what each rule says of itself -->\n\n# Rules\n\n"


def blocks(mode: str) -> list[str]:
    """What `astarch docs` says of the documents and of the pages of an example."""
    documents = ("docs", mode, "README.md", "docs")
    site = ("docs", mode, "--site", "docs/gpt", "examples/gpt.py:GPT", "-i", "tokens=B,T:int64")
    results = [CliRunner().invoke(commands, arguments, catch_exceptions=False) for arguments in (site, documents)]
    return [line for result in results if result.exit_code for line in result.output.splitlines()]


def rules() -> str:
    """The page of the rules: a table, then what each says."""
    listed = checking.listed()
    lines = ["| rule | | what is wrong |", "|:--|:--|:--|"]
    for rule in listed:
        state = "" if rule["default"] else " (off)"
        lines.append(
            f"| [{rule['code']}](#{rule['name']}-{rule['code'].lower()}) {rule['name']} | {rule['severity']}{state} | {rule['summary']} |"
        )
    pages = [checking.explain(rule["code"]).replace("\n## ", "\n### ").strip() for rule in listed]
    return _RULES + "\n".join(lines) + "\n\n" + "\n\n".join(f"#{page}" for page in pages) + "\n"


def settings() -> str:
    """The JSON Schema of ``[tool.astarch]``, for editors."""
    return json.dumps(settings_schema(), indent=2) + "\n"


def stale() -> list[str]:
    """What is no longer so."""
    os.chdir(ROOT)
    found = blocks("--check")
    page = Path("docs/rules.md")
    found += [] if page.is_file() and page.read_text(encoding="utf-8") == rules() else ["docs/rules.md: stale"]
    schema = Path("docs/settings.schema.json")
    found += [] if schema.is_file() and schema.read_text(encoding="utf-8") == settings() else [f"{schema}: stale"]
    os.chdir(pictures.FOLDER)
    for name, picture in pictures.made().items():
        if not Path(name).is_file() or pictures.said(Path(name).read_bytes()) != pictures.said(picture):
            found.append(f"examples/pictures/{name}: stale")
    return found


def main() -> int:
    """Make them, or check them."""
    if "--check" in sys.argv[1:]:
        found = stale()
        print("\n".join(found) or "all fresh")
        return bool(found)
    os.chdir(ROOT)
    Path("docs/rules.md").write_text(rules(), encoding="utf-8")
    Path("docs/settings.schema.json").write_text(settings(), encoding="utf-8")
    blocks("--write")
    os.chdir(pictures.FOLDER)
    for name, picture in pictures.made().items():
        if not Path(name).is_file() or pictures.said(Path(name).read_bytes()) != pictures.said(picture):
            Path(name).write_bytes(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
