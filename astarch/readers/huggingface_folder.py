"""Folders as Hugging Face keeps models: a configuration beside weights, whole or in shards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..ir.architecture import Architecture, Assumption, Module
from . import checkpoint, safetensors
from .json_text import read_json
from .opening import head_of, read_whole, refuse
from .tree import facts, modules_of

#: Weights by file name, the safest first.
_WEIGHTS = (
    "model.safetensors.index.json",
    "model.safetensors",
    "diffusion_pytorch_model.safetensors.index.json",
    "diffusion_pytorch_model.safetensors",
    "adapter_model.safetensors",
    "pytorch_model.bin.index.json",
    "pytorch_model.bin",
)


def reads(path: Path, head: bytes) -> bool:
    """Whether it is a folder with weights under one of the usual names."""
    return path.is_dir() and any((path / name).is_file() for name in _WEIGHTS)


def read(path: Path) -> Architecture:
    """The weights, with what the configuration says of them."""
    name = next(name for name in _WEIGHTS if (path / name).is_file())
    found = read_weights(path / name)
    config: dict[str, Any] = {}
    if (path / "config.json").is_file():
        loaded = read_json(path / "config.json", read_whole(path / "config.json"), "configuration")
        config = loaded if isinstance(loaded, dict) else {}
    architectures = config.get("architectures")
    kind = architectures[0] if isinstance(architectures, list) and architectures else config.get("_class_name", "")
    modules = dict(found.modules)
    modules[""] = Module("", str(kind or "folder"), {key: value for key, value in config.items() if key != "architectures"})
    said = [*found.assumptions, *([Assumption("the class and its settings are those of `config.json`")] if config else [])]
    return replace(
        found,
        target=str(path),
        modules=modules,
        assumptions=tuple(said),
        attributes={**found.attributes, "format": f"folder ({found.attributes['format']})", "file": name},
    )


def read_weights(file: Path) -> Architecture:
    """Weights in one file or in shards."""
    head_of(file)
    if file.name.endswith(".safetensors.index.json") or file.suffix == ".safetensors":
        return safetensors.read(file)
    return _sharded(file) if file.name.endswith(".index.json") else checkpoint.read(file)


def _sharded(path: Path) -> Architecture:
    """Shards of torch's own kind."""
    data = read_json(path, read_whole(path), "index")
    where = data.get("weight_map") if isinstance(data, dict) else None
    if not isinstance(where, dict) or not all(isinstance(file, str) for file in where.values()):
        refuse(path, "names no shards", "an index has a `weight_map`")
    found: dict[str, Any] = {}
    for file in dict.fromkeys(where.values()):
        if file != Path(file).name or "\\" in file:
            refuse(path, f"names the shard `{file}`, which is not beside it", "shards stand in the same folder")
        head_of(path.parent / file)
        found |= checkpoint.read(path.parent / file).parameters
    missing = [name for name in where if name not in found]
    if missing:
        refuse(path, f"names the tensor `{missing[0]}`, which is in no shard", "download the shards again")
    said = (Assumption("all tensors are listed as parameters: the files do not say which of them are buffers"),)
    return Architecture(
        target=str(path),
        framework="torch",
        modules=modules_of(found, "state_dict"),
        parameters=found,
        assumptions=said,
        attributes=facts("torch checkpoint", ("names", "shapes", "dtypes", "ties")),
    )
