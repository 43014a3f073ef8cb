"""What each form of a report must be, judged by what reads it: JSON by its schema, DOT by graphviz, Mermaid by its own parser."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Iterator

import jsonschema

from astarch import api
from astarch.ir.architecture import Architecture
from astarch.render.csv import to_csv
from astarch.render.json import schema, to_json
from astarch.render.markdown import to_markdown
from astarch.render.mermaid import MOST_CHARACTERS, MOST_EDGES
from astarch.render.paint import Page
from astarch.render.text import to_text

from .browser import Browser

_VALIDATOR = jsonschema.Draft202012Validator(schema())

#: A drawing that graphviz needs longer for is no use to anybody.
_PATIENCE = 60


def complaints(architecture: Architecture, browser: Browser, machine: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the forms of a model, each with the form's name.

    Args:
        architecture: The model.
        browser: Where Mermaid's parser runs.
        machine: A folder of this machine, which no form that travels may name.
    """
    made = {form: str(api.draw(architecture, form)) for form in ("dot", "mermaid", "model-explorer", "annotated", "html")}
    made["markdown"] = to_markdown(architecture)
    for form, text in made.items():
        if machine in text:
            yield form, f"names a folder of this machine: {text[text.index(machine) - 60 :][:120]!r}"
    for form, told in (
        ("text", _text(architecture)),
        ("csv", _csv(to_csv(architecture, depth=None))),
        ("json", _json(to_json(architecture))),
        ("dot", _dot(made["dot"])),
        ("mermaid", _mermaid(made["mermaid"], browser)),
        ("model-explorer", _model_explorer(made["model-explorer"])),
    ):
        if told:
            yield form, told


def _text(architecture: Architecture) -> str:
    for width in (60, 100):
        lines = to_text(architecture, page=Page(width)).splitlines()
        longest = max(
            (line for line in lines if "┌─" not in line and "├─" not in line), key=len, default=""
        )  # a place is not cut: it is clicked on
        if len(longest) > width and " " in longest.strip():  # a word that cannot be parted stands out
            return f"a line of {len(longest)} characters at a width of {width}: {longest!r}"
    return ""


def _csv(text: str) -> str:
    widths = {len(row) for row in csv.reader(io.StringIO(text))}
    return "" if len(widths) == 1 else f"rows of {sorted(widths)} cells"


def _json(text: str) -> str:
    error = next(_VALIDATOR.iter_errors(json.loads(text)), None)
    return f"{error.json_path}: {error.message[:200]}" if error else ""


def _dot(text: str) -> str:
    try:
        done = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, check=False, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return f"not laid out after {_PATIENCE} s"
    return done.stderr.decode(errors="replace")[:300] if done.returncode or done.stderr else ""


def _mermaid(text: str, browser: Browser) -> str:
    arrows = sum(sign in line for line in text.splitlines() for sign in ("-->", "==>", "-.->"))
    if arrows > MOST_EDGES or len(text) > MOST_CHARACTERS:
        return f"{arrows} arrows, {len(text)} characters"
    return browser.mermaid(text)


def _model_explorer(text: str) -> str:
    nodes = json.loads(text)["graphs"][0]["nodes"]
    names = {node["id"] for node in nodes}
    if len(names) != len(nodes):
        return "a node's name comes twice"
    lost = [edge["sourceNodeId"] for node in nodes for edge in node["incomingEdges"] if edge["sourceNodeId"] not in names]
    return f"arrows from nowhere: {lost[:3]}" if lost else ""
