"""Builds the live model of a record and the values its forward is given."""

from __future__ import annotations

import ast
import importlib
import math
import re
import sys
from typing import Any

import torch
from zoo.records import example_code, input_dtype, scalar

Record = dict[str, Any]
_POSITIONAL = re.compile(r"x\d*")


def build(record: Record, device: str) -> Any:
    """The model: its builder called, or the README example run up to the statement that makes it."""
    torch.manual_seed(0)
    with torch.device(device):
        if "code" in record:
            return run_statements(example_code(record), record["id"])[record["var"]]
        kwargs = record["kwargs"]
        if "config" not in kwargs:
            return named(record["builder"])(**kwargs)
        config = named(kwargs["config"])(**(kwargs.get("config_kwargs") or {}))
        if kwargs.get("use"):
            config = config.get_text_config()
        return named(record["builder"])(config)


def run_statements(code: str, name: str) -> dict[str, Any]:
    """The names after running an example, statement by statement: one that fails (weights to download) spoils no other."""
    namespace: dict[str, Any] = {"__name__": name}
    torch.hub.download_url_to_file = _no_weights
    for statement in ast.parse(code).body:
        module = ast.Module([statement], [])
        try:
            exec(compile(module, name, "exec"), namespace)  # noqa: S102 - a truth maker runs the library
        except Exception as error:
            print(f"{name}, line {statement.lineno}: {type(error).__name__}: {error}"[:200], file=sys.stderr)
    return namespace


def _no_weights(*_: Any, **__: Any) -> Any:
    raise RuntimeError("truth is made without trained weights")


def named(name: str) -> Any:
    """What ``module:qualname`` names."""
    module, _, path = name.partition(":")
    found = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found


def given(record: Record, device: str) -> tuple[list[Any], dict[str, Any]]:
    """Positional and keyword arguments of the forward, made from the shapes of a record."""
    values = {name: _value(value, input_dtype(name), device) for name, value in (record["input"] or {}).items()}
    if "grid_thw" in values:
        values["grid_thw"] = _grid(values, device)
    positional = [value for name, value in values.items() if _POSITIONAL.fullmatch(name)]
    return positional, {name: value for name, value in values.items() if not _POSITIONAL.fullmatch(name)}


def _grid(values: dict[str, Any], device: str) -> Any:
    """Frames, height and width of a square image whose patches are the other input."""
    patches = next(value.shape[0] for name, value in values.items() if name != "grid_thw")
    side = math.isqrt(patches)
    return torch.tensor([[1, side, side]], dtype=torch.int64, device=device)


def _value(value: Any, dtype: str, device: str) -> Any:
    match value:
        case {"list": items}:
            return [_value(item, dtype, device) for item in items]
        case {"tuple": items}:
            return tuple(_value(item, dtype, device) for item in items)
        case list() if dtype == "int64":
            return torch.ones(value, dtype=torch.int64, device=device)
        case list():
            return torch.rand(value, device=device)
        case str():
            return scalar(value)
    return value
