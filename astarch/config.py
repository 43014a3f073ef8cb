"""What a project wants analysed, and how: ``[tool.astarch]`` of the nearest ``pyproject.toml``.

[tool.astarch]
search-path = ["third_party"]

[[tool.astarch.models]]
target = "models/net.py:build_net(10)"
inputs = ["1,3,32,32", "mask=1,7:bool"]
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin

from .errors import AstarchError, ConfigError
from .inputs import InputSpec, parse_inputs
from .targets import Target, parse_target

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pyright: ignore[reportMissingImports]


#: What the tables know: by key, of what type it is and what it means. The JSON Schema says the same.
_KEYS: Mapping[str, Mapping[str, tuple[Any, str]]] = {
    "tool.astarch": {
        "models": (list[dict[str, Any]], "What to analyse when no target is given, and how."),
        "search-path": (list[str], "Folders in which modules are looked for first, from the folder of this file."),
        "python": (str, "The interpreter whose installed packages are read, from the folder of this file."),
        "budget": (int, "How many steps an analysis may take."),
        "check": (dict, "What `astarch check` looks for, and where."),
    },
    "tool.astarch.models": {
        "target": (str, "The file or module, and the expression that builds the model: models/net.py:build_net(10)."),
        "inputs": (list[str], "What its forward is given, each as --input takes it: 1,3,224,224 or tokens=B,T:int64."),
        "with": (dict[str, str], "Objects that the expression uses, by name: module:expression."),
    },
    "tool.astarch.check": {
        "select": (list[str], "Rules to use instead of the usual ones: codes, their beginnings, names, ALL."),
        "ignore": (list[str], "Rules to leave out."),
        "extend-select": (list[str], "Rules to use as well."),
        "per-file-ignores": (dict[str, list[str]], "Rules to leave out in files of a pattern."),
        "exclude": (list[str], "Patterns of files to leave out, as in .gitignore."),
        "output-format": (str, "How findings are written: full, concise, json, sarif, github, gitlab, junit, rdjson, markdown."),
        "baseline": (str, "A file of findings that are known, from the folder of this file."),
    },
}


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """One ``[[tool.astarch.models]]``: a target, its inputs, and the objects its expression needs, by name."""

    target: Target
    inputs: tuple[InputSpec, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class CheckConfig:
    """``[tool.astarch.check]``: what ``astarch check`` looks for, and where.

    Args:
        select: Rules to use instead of the usual ones: codes, their beginnings, names.
        ignore: Rules to leave out.
        extend_select: Rules to use as well.
        per_file_ignores: Rules to leave out, by file pattern.
        exclude: Patterns of files to leave out.
        output_format: How findings are written.
        baseline: A file of known findings.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    exclude: tuple[str, ...] = ()
    output_format: str | None = None
    baseline: Path | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a project.

    Args:
        file: Where they stand; None when there are none.
        models: What to analyse when no target is given.
        search_path: Where sources are looked for, absolute.
        python: The interpreter whose installed packages are read.
        budget: How many steps an analysis may take.
        check: What ``astarch check`` looks for, and where.
    """

    file: Path | None = None
    models: tuple[ModelConfig, ...] = ()
    search_path: tuple[Path, ...] = ()
    python: Path | None = None
    budget: int | None = None
    check: CheckConfig = field(default_factory=CheckConfig)

    def model(self, target: str) -> ModelConfig | None:
        """The model configured under exactly this target."""
        return next((model for model in self.models if model.target.text == target), None)


def load_config(start: Path) -> Config:
    """The settings of the nearest ``pyproject.toml`` at or above a place that has ``[tool.astarch]``."""
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            table = _read(file).get("tool", {}).get("astarch")
            if table is not None:
                return parse_config(table, file)
    return Config()


def read_config(file: Path) -> Config:
    """The settings in one file.

    Raises:
        ConfigError: There is no such file, or something in it is not understood.
    """
    return parse_config(_read(file).get("tool", {}).get("astarch") or {}, file)


def parse_config(table: Mapping[str, Any], file: Path) -> Config:
    """Read a ``[tool.astarch]`` table.

    >>> parse_config({"models": [{"target": "net.py:Net", "inputs": ["1,3,8,8"]}]}, Path("pyproject.toml")).models[0].inputs[0].shape
    (1, 3, 8, 8)
    """
    _known(table, "tool.astarch", file)
    models = _typed(table, "models", list, "tool.astarch", file) or []
    python = _typed(table, "python", str, "tool.astarch", file)
    budget = _typed(table, "budget", int, "tool.astarch", file)
    return Config(
        file=file,
        models=tuple(_model(entry, number, file) for number, entry in enumerate(models, 1)),
        search_path=tuple(file.parent / folder for folder in _texts(table, "search-path", "tool.astarch", file)),
        python=file.parent / python if python else None,
        budget=budget,
        check=_check(_typed(table, "check", dict, "tool.astarch", file) or {}, file),
    )


def _check(table: Mapping[str, Any], file: Path) -> CheckConfig:
    where = "tool.astarch.check"
    _known(table, where, file)
    by_file = _typed(table, "per-file-ignores", dict, where, file) or {}
    baseline = _typed(table, "baseline", str, where, file)
    return CheckConfig(
        tuple(_texts(table, "select", where, file)),
        tuple(_texts(table, "ignore", where, file)),
        tuple(_texts(table, "extend-select", where, file)),
        {pattern: tuple(_texts(by_file, pattern, f"{where}.per-file-ignores", file)) for pattern in by_file},
        tuple(_texts(table, "exclude", where, file)),
        _typed(table, "output-format", str, where, file),
        file.parent / baseline if baseline else None,
    )


def _model(entry: Any, number: int, file: Path) -> ModelConfig:
    where = f"tool.astarch.models[{number}]"
    if not isinstance(entry, Mapping):
        raise ConfigError(f"{file}: {where} is not a table", "write [[tool.astarch.models]]")
    _known(entry, where, file)
    target = _typed(entry, "target", str, where, file)
    if target is None:
        raise ConfigError(f"{file}: {where} has no `target`")
    names = _typed(entry, "with", dict, where, file) or {}
    try:
        inputs = parse_inputs(_texts(entry, "inputs", where, file))
        return ModelConfig(parse_target(target), tuple(inputs), {str(name): str(value) for name, value in names.items()})
    except AstarchError as error:
        raise ConfigError(f"{file}: {where}: {error.message}", error.hint) from error


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: {error}") from error


def settings_schema() -> dict[str, Any]:
    """The JSON Schema of ``[tool.astarch]``, for editors that complete and check ``pyproject.toml``."""
    tables = {
        where: {key: {**_schema_of(kind), "description": text} for key, (kind, text) in keys.items()} for where, keys in _KEYS.items()
    }
    top: dict[str, Any] = tables["tool.astarch"]
    top["models"]["items"] = {"type": "object", "properties": tables["tool.astarch.models"], "required": ["target"]}
    top["models"]["items"]["additionalProperties"] = False
    top["check"] = {**top["check"], "properties": tables["tool.astarch.check"], "additionalProperties": False}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of astarch",
        "description": "The table [tool.astarch] of pyproject.toml.",
        "type": "object",
        "properties": top,
        "additionalProperties": False,
    }


def _schema_of(kind: Any) -> dict[str, Any]:
    inside = get_args(kind)
    if get_origin(kind) is list:
        return {"type": "array", "items": _schema_of(inside[0])}
    if get_origin(kind) is dict:
        return {"type": "object", **({} if inside[1] is Any else {"additionalProperties": _schema_of(inside[1])})}
    return {"type": {str: "string", int: "integer", dict: "object"}[kind]}


def _known(table: Mapping[str, Any], where: str, file: Path) -> None:
    names = tuple(_KEYS[where.partition("[")[0]])
    for key in table:
        if key not in names:
            close = get_close_matches(key.replace("_", "-"), names, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"known are {', '.join(names)}"
            raise ConfigError(f"{file}: unknown key `{key}` in {where}", hint)


def _typed(table: Mapping[str, Any], key: str, kind: type, where: str, file: Path) -> Any:
    value = table.get(key)
    if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
        raise ConfigError(f"{file}: `{key}` in {where} is a {type(value).__name__}, wanted is a {kind.__name__}")
    return value


def _texts(table: Mapping[str, Any], key: str, where: str, file: Path) -> list[str]:
    values = _typed(table, key, list, where, file) or []
    if not all(isinstance(value, str) for value in values):
        raise ConfigError(f"{file}: `{key}` in {where} is a list of texts")
    return values
