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
from typing import Any

from .errors import AstarchError, ConfigError
from .inputs import InputSpec, parse_inputs
from .targets import Target, parse_target

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pyright: ignore[reportMissingImports]


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
    _known(table, ("models", "search-path", "python", "budget", "check"), "tool.astarch", file)
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
    _known(table, ("select", "ignore", "extend-select", "per-file-ignores", "exclude", "output-format", "baseline"), where, file)
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
    _known(entry, ("target", "inputs", "with"), where, file)
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


def _known(table: Mapping[str, Any], names: tuple[str, ...], where: str, file: Path) -> None:
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
