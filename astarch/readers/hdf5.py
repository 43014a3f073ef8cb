"""Keras's HDF5 files: names and shapes of weights and the configuration, through h5py, without following a link or reading data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import ReadError
from ..ir.architecture import Architecture, Assumption, Parameter
from .json_text import read_json
from .keras_config import architecture_of
from .opening import refuse
from .tree import facts, modules_of

_MAGIC = b"\x89HDF\r\n\x1a\n"

#: How many objects are visited, and how deep groups nest.
OBJECTS, DEPTH = 200_000, 64


def reads(path: Path, head: bytes) -> bool:
    """Whether it has the signature of HDF5."""
    return head.startswith(_MAGIC)


def read(path: Path) -> Architecture:
    """A whole Keras model, or its weights."""
    with opened(path) as file:
        config = attribute(path, file, "model_config")
        weights = list(tensors(path, file))
        order = _weight_names(path, file)
    if config is None:
        return _weights(path, weights, order)
    named = {name.partition("/")[2] if name.startswith("model_weights/") else name: (shape, dtype) for name, shape, dtype, _ in weights}
    parameters = [(name.split(":")[0], *named[f"{layer}/{name}"]) for layer, name in order if f"{layer}/{name}" in named]
    return architecture_of(path, read_json(path, config, "configuration"), parameters, "Keras HDF5")


def opened(path: Path, content: Any = None) -> Any:
    """The file, or its content, opened by h5py, which is asked for when it is missing."""
    try:
        import h5py
    except ImportError as error:
        raise ReadError(f"`{path}` is an HDF5 file, which needs h5py", "pip install 'astarch[keras]'") from error
    try:
        return h5py.File(path if content is None else content, "r")
    except (OSError, RuntimeError, ValueError) as error:
        raise ReadError(f"`{path}` is a damaged HDF5 file: {str(error)[:200]}", "it is cut short; download or save it again") from error


def tensors(path: Path, file: Any) -> Iterator[tuple[str, tuple[int, ...], str, str]]:
    """Every dataset by its path: shape, element type, and the layer its group names; links to elsewhere are refused."""
    import h5py

    seen: set[Any] = set()
    stack: list[tuple[str, Any, int]] = [("", file, 0)]
    while stack:
        name, group, depth = stack.pop()
        if depth > DEPTH or len(seen) > OBJECTS:
            refuse(
                path, f"nests its groups more than {DEPTH} deep, or has more than {OBJECTS:,} objects", "it is made to exhaust its reader"
            )
        inner: list[tuple[str, Any, int]] = []
        for key in _keys(path, group):
            full = f"{name}/{key}" if name else key
            link = group.get(key, getlink=True)
            if not isinstance(link, h5py.HardLink):
                refuse(path, f"links from `{full}` to somewhere else", "links are not followed; save the model again into one file")
            try:
                item = group.get(key)
                identity = h5py.h5o.get_info(item.id).addr  # pyright: ignore[reportAttributeAccessIssue] - a compiled module without a stub
            except (OSError, RuntimeError, KeyError, ValueError, AttributeError) as error:
                refuse(path, f"holds the damaged object `{full}`: {str(error)[:120]}", "download or save it again")
            if identity in seen:
                continue
            seen.add(identity)
            if isinstance(item, h5py.Group):
                inner.append((full, item, depth + 1))
            elif isinstance(item, h5py.Dataset):
                yield _tensor(path, full, item, group)
        stack.extend(reversed(inner))


def owners(path: Path, file: Any) -> dict[str, str]:
    """The names that groups of variables give their layers, by the path of the group."""
    import h5py

    found: dict[str, str] = {}
    stack: list[tuple[str, Any]] = [("", file)]
    while stack and len(found) < OBJECTS:
        name, group = stack.pop()
        for key in _keys(path, group):
            full = f"{name}/{key}" if name else key
            if full.count("/") > DEPTH or not isinstance(group.get(key, getlink=True), h5py.HardLink):
                continue
            item = group.get(key)
            if isinstance(item, h5py.Group):
                owner = item.attrs.get("name")
                if isinstance(owner, str) and key == "vars":
                    found[full] = owner
                stack.append((full, item))
    return found


def _keys(path: Path, group: Any) -> list[str]:
    try:
        return sorted(group.keys(), key=_natural)
    except (RuntimeError, OSError, UnicodeError) as error:
        refuse(path, f"holds a damaged group: {str(error)[:120]}", "download or save it again")


def _natural(key: str) -> tuple[int, int, str]:
    """Numbers in their order, before names."""
    return (0, int(key), "") if key.isdecimal() and len(key) < 9 else (1, 0, key)


def _tensor(path: Path, name: str, item: Any, group: Any) -> tuple[str, tuple[int, ...], str, str]:
    if item.external or item.is_virtual:
        refuse(path, f"keeps the data of `{name}` in another file", "such files are not opened; save the model again into one file")
    shape = item.shape
    if shape is None:
        return name, (), "string", ""
    owner = group.attrs.get("name")
    dtype = "string" if item.dtype.kind in "OSU" else "bfloat16" if item.dtype.kind == "V" and item.dtype.itemsize == 2 else str(item.dtype)
    return name, tuple(shape), dtype, owner if isinstance(owner, str) else ""


def attribute(path: Path, group: Any, name: str) -> bytes | None:
    """A text attribute, which Keras splits when it is long."""
    try:
        value = group.attrs.get(name)
        if value is None and f"{name}0" in group.attrs:
            parts = [group.attrs[f"{name}{place}"] for place in range(10_000) if f"{name}{place}" in group.attrs]
            value = b"".join(part if isinstance(part, bytes) else str(part).encode() for part in parts)
    except (OSError, RuntimeError, KeyError) as error:
        refuse(path, f"has the damaged attribute `{name}`: {str(error)[:120]}", "download or save it again")
    if value is None:
        return None
    return value if isinstance(value, bytes) else str(value).encode()


def _weight_names(path: Path, file: Any) -> list[tuple[str, str]]:
    """The layers and their weights in the order of the model, from the attributes of the groups."""
    import h5py

    group = file
    if "model_weights" in file.keys():  # noqa: SIM118 - `in` would resolve links
        link = file.get("model_weights", getlink=True)
        if not isinstance(link, h5py.HardLink):
            refuse(path, "links from `model_weights` to somewhere else", "links are not followed")
        group = file["model_weights"]
    found: list[tuple[str, str]] = []
    for layer in _names(group, "layer_names"):
        if isinstance(group.get(layer, getlink=True), h5py.HardLink):
            found += [(layer, name) for name in _names(group[layer], "weight_names")]
    if isinstance(group.get("top_level_model_weights", getlink=True), h5py.HardLink):
        found += [("top_level_model_weights", name) for name in _names(group["top_level_model_weights"], "weight_names")]
    return found


def _names(group: Any, attribute_name: str) -> list[str]:
    value = group.attrs.get(attribute_name)
    if value is None:
        return []
    return [name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name) for name in list(value)[:OBJECTS]]


def _weights(path: Path, weights: list[tuple[str, tuple[int, ...], str, str]], order: list[tuple[str, str]]) -> Architecture:
    """A file of weights alone: by layer and name where it lists them, else by the path of groups."""
    named = {name: (shape, dtype) for name, shape, dtype, _ in weights}
    if order:
        pairs = [(name.split(":")[0], *named[f"{layer}/{name}"]) for layer, name in order if f"{layer}/{name}" in named]
    else:
        pairs = [(weight_path(name, owner), shape, dtype) for name, shape, dtype, owner in weights if not _unneeded(name)]
    parameters = {name: Parameter(name, shape, dtype) for name, shape, dtype in unique(pairs)}
    said = [Assumption("all datasets are listed as parameters: the file does not say which of them are trained")]
    return Architecture(
        target=str(path), framework="keras", modules=modules_of((), "weights"), parameters=parameters, assumptions=tuple(said),
        attributes=facts("Keras weights", ("names", "shapes", "dtypes") if order else ("numbers", "shapes", "dtypes")),
    )  # fmt: skip


def _unneeded(name: str) -> bool:
    return name.startswith(("optimizer", "_layer_checkpoint_dependencies/optimizer")) or "seed_generator" in name


def weight_path(name: str, owner: str) -> str:
    """``layers/conv2d/vars/0`` of the layer ``conv1`` is ``conv1/0``; without an owner the groups are named.

    >>> weight_path("layers/conv2d/vars/0", "conv1")
    'conv1/0'
    """
    group, _, last = name.rpartition("/")
    group = group.removesuffix("vars").rstrip("/").removeprefix("layers/")
    return f"{owner or group}/{last}".lstrip("/")


def unique(tensors_found: list[tuple[str, tuple[int, ...], str]]) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Paths that occur again get ``#2``, ``#3``."""
    seen: dict[str, int] = {}
    for name, shape, dtype in tensors_found:
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name}#{seen[name]}"), shape, dtype
