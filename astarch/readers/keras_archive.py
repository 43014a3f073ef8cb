"""Keras's own format (.keras): a zip of JSON and an HDF5 file of weights."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from ..ir.architecture import Architecture
from .archives import Archive, opened_archive
from .hdf5 import opened, tensors, unique, weight_path
from .json_text import read_json
from .keras_config import architecture_of
from .keras_weights import names_of

#: Weights beyond this are not unpacked to look at their names.
WEIGHTS = 4 << 30


def reads(path: Path, head: bytes) -> bool:
    """Whether it is a zip with Keras's configuration."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    with opened_archive(path) as archive:
        return "config.json" in archive and "metadata.json" in archive


def read(path: Path) -> Architecture:
    """The layers, and the weights by layer."""
    with opened_archive(path) as archive:
        config = read_json(path, archive.read("config.json"), "configuration")
        found = _weights(path, archive)
    return architecture_of(path, config, list(unique(_named(config, found))), "Keras archive")


def _weights(path: Path, archive: Archive) -> list[tuple[str, tuple[int, ...], str, str]]:
    """The datasets of the weights file; it is looked at in a copy that holds nothing else."""
    if "model.weights.h5" not in archive:
        return []
    with tempfile.TemporaryDirectory(prefix="astarch-") as folder:
        copy = Path(folder) / "model.weights.h5"
        copy.write_bytes(archive.read("model.weights.h5", WEIGHTS))
        with opened(copy) as file:
            return list(tensors(path, file))


def _named(config: Any, found: list[tuple[str, tuple[int, ...], str, str]]) -> list[tuple[str, tuple[int, ...], str]]:
    """Weights by the names that Keras gives them, where the class of the layer is known."""
    names = names_of(config)
    groups: dict[str, list[tuple[str, tuple[int, ...], str, str]]] = defaultdict(list)
    for entry in found:
        if not entry[0].startswith("optimizer"):
            groups[entry[0].rpartition("/")[0]].append(entry)
    result: list[tuple[str, tuple[int, ...], str]] = []
    for group, entries in groups.items():
        owner = entries[0][3]
        known = names(owner, group, [shape for _, shape, _, _ in entries])
        for place, (name, shape, dtype, own) in enumerate(entries):
            result.append((known[place] if place < len(known) else weight_path(name, own), shape, dtype))
    return result
