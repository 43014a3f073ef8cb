"""What Keras 2 keeps beside a SavedModel: every layer with its class and configuration, as JSON in ``keras_metadata.pb``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..ir.architecture import Module
from .json_text import read_json
from .keras_config import arguments_of
from .opening import size_of
from .wire import Message, Source


def read_modules(path: Path) -> dict[str, Module]:
    """The layers by name, the model first; none when the file is not there."""
    file = path / "keras_metadata.pb"
    if not path.is_dir() or not file.is_file():
        return {}
    found: dict[str, Module] = {}
    with file.open("rb") as opened:
        for node in Message(Source(file, opened), None, 0, size_of(file)).messages(1):
            where = node.text(3)
            if not node.text(4).startswith("_tf_keras") or "metric" in node.text(4):
                continue
            data = read_json(file, node.message(5).raw(), f"description of `{where[:80]}`")
            if not isinstance(data, dict):
                continue
            module = _module("" if where == "root" else _name(data, where), data)
            found.setdefault(module.name, module)
    return found if "" in found else {}


def _name(data: dict[str, Any], where: str) -> str:
    name = data.get("name")
    return name if isinstance(name, str) and name else where.removeprefix("root.")


def _module(name: str, data: dict[str, Any]) -> Module:
    config = data.get("config")
    return Module(
        name,
        str(data.get("class_name", "")),
        arguments_of(config) if isinstance(config, dict) else {},
        trainable=data.get("trainable") is not False,
    )
