"""Presets of a project: values for the fields of a config that stand somewhere under a name.

They are found in the text alone, never evaluated: dicts of keyword arguments by name (``"gpt2-xl": dict(n_layer=48)``),
calls of a class with keywords that are bound to a name, and JSON or YAML files beside the model.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..ir.parsing import parsed
from ..ir.settings import Preset
from ..ir.span import Span

#: So many files beside the model are looked at, none of them larger than this.
MOST_FILES = 200
LARGEST_FILE = 2**20

_YAML_PAIR = re.compile(r"([A-Za-z_][\w.-]*)\s*:\s*([^#\s][^#]*?)\s*(?:#.*)?")


def find_presets(file: Path, fields: Collection[str], classes: Collection[str] = ()) -> list[Preset]:
    """The presets for a config with these fields, of these classes, in the file of the model and beside it."""
    found: dict[str, Preset] = {}
    for place in _files(file):
        try:
            text = place.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        for preset in _in_text(text, place, frozenset(fields), {*classes, "dict"}):
            found.setdefault(preset.name, preset)
    return list(found.values())


def _files(file: Path) -> list[Path]:
    """The file itself, then its neighbours."""
    try:
        beside = sorted(path for path in file.parent.iterdir() if path.suffix in (".py", ".json", ".yaml", ".yml") and path != file)
        return [file, *[path for path in beside if path.stat().st_size <= LARGEST_FILE][:MOST_FILES]]
    except OSError:
        return [file]


def _in_text(text: str, place: Path, fields: frozenset[str], makers: Collection[str]) -> Iterator[Preset]:
    if place.suffix == ".py":
        yield from _in_python(text, str(place), fields, makers)
        return
    values = _json(text) if place.suffix == ".json" else _yaml(text)
    for name, group in [(place.stem, values), *[(key, value) for key, value in values.items() if isinstance(value, dict)]]:
        chosen = {key: value for key, value in group.items() if key in fields and _is_plain(value)}
        if len(chosen) >= 2:
            yield Preset(name, chosen, Span(str(place), 1, 1, 1, 1))


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _yaml(text: str) -> dict[str, Any]:
    """The plain pairs of a YAML file, one level of nesting deep; whatever else stands there is left out."""
    found: dict[str, Any] = {}
    group = found
    for line in text.splitlines():
        if not line.startswith((" ", "\t")):
            group = found
            heading = re.fullmatch(r"([A-Za-z_][\w.-]*)\s*:\s*(?:#.*)?", line.rstrip())
            if heading:
                group = found.setdefault(heading[1], {})
                continue
        pair = _YAML_PAIR.fullmatch(line.strip())
        if pair and isinstance(group, dict):
            group[pair[1]] = _scalar(pair[2])
    return found


def _scalar(text: str) -> Any:
    """A YAML scalar: numbers, truth, null, else text."""
    words = {"true": True, "false": False, "null": None, "~": None}
    if text.lower() in words:
        return words[text.lower()]
    for kind in (int, float):
        try:
            return kind(text.replace("_", ""))
        except ValueError:
            continue
    return text.strip("\"'")


def _in_python(text: str, path: str, fields: frozenset[str], makers: Collection[str]) -> Iterator[Preset]:
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        pairs: list[tuple[Any, ast.expr]] = []
        if isinstance(node, ast.Dict):
            pairs = [(key.value, value) for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)]
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            pairs = [(node.targets[0].id, node.value)]
        elif isinstance(node, ast.FunctionDef) and isinstance(node.body[-1], ast.Return) and node.body[-1].value is not None:
            pairs = [(node.name, node.body[-1].value)]
        elif isinstance(node, ast.ClassDef) and node.name in makers:
            yield from _made_by_itself(node, path, fields)
        for name, value in pairs:
            values = _keywords(value, makers)
            chosen = {key: plain for key, plain in values.items() if key in fields}
            if isinstance(name, str) and len(chosen) == len(values) > (1 if isinstance(value, ast.Dict) else 0):
                yield Preset(name, chosen, _span(path, value))


def _made_by_itself(node: ast.ClassDef, path: str, fields: frozenset[str]) -> Iterator[Preset]:
    """What methods of a config give that call its own class: ``return cls(width=64)``."""
    for method in node.body:
        last = method.body[-1] if isinstance(method, ast.FunctionDef) else None
        if isinstance(method, ast.FunctionDef) and isinstance(last, ast.Return) and last.value is not None:
            values = _keywords(last.value, {"cls"})
            if values and fields.issuperset(values):
                yield Preset(method.name, dict(values), _span(path, last.value))


def _span(path: str, node: ast.expr) -> Span:
    return Span(path, node.lineno, node.col_offset + 1, node.end_lineno or node.lineno, (node.end_col_offset or node.col_offset) + 1)


def _keywords(node: ast.expr, makers: Collection[str]) -> Mapping[str, Any]:
    """The keyword arguments of a call, or the items of a dict, where all are plain values."""
    if isinstance(node, ast.Call) and not node.args and _last_name(node.func) in makers:
        pairs = [(keyword.arg, keyword.value) for keyword in node.keywords]
    elif isinstance(node, ast.Dict):
        pairs = [(key.value if isinstance(key, ast.Constant) else None, value) for key, value in zip(node.keys, node.values, strict=True)]
    else:
        return {}
    found: dict[str, Any] = {}
    for name, value in pairs:
        try:
            plain = ast.literal_eval(value)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            return {}
        if not isinstance(name, str) or not _is_plain(plain):
            return {}
        found[name] = plain
    return found


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str)
