"""torch checkpoints: state dicts, what holds them, and whole modules, in the zip container and the one before it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..ir.architecture import Alternative, Architecture, Assumption, Module, Parameter
from ..ir.span import NOWHERE
from .archives import opened_archive, root_of
from .opening import TEXT_LIMIT, read_range, refuse, size_of
from .pickle_machine import Global, Made
from .pickle_safety import checked_pickle
from .pickled_modules import is_module, read_module
from .pickled_tensors import StoredTensor, Tensors
from .tree import modules_of, named_tensors

#: The magic number that the container before zip begins with, as its first pickle.
_MAGIC = 0x1950A86A20F9469CFC6C

#: Keys under which training scripts keep the weights, the likeliest first.
_USUAL = ("state_dict", "model_state_dict", "model", "module", "net", "network", "params", "weights", "generator")

#: How many values are looked through for state dicts, and how deep.
_VALUES, _DEPTH = 200_000, 4


def reads(path: Path, head: bytes) -> bool:
    """Whether it is a pickle of torch, or a zip that holds one."""
    if head.startswith(b"PK\x03\x04"):
        with opened_archive(path) as archive:
            return root_of(archive, "data.pkl") is not None
    return head[:1] == b"\x80" and head[1:2] <= b"\x05"


def read(path: Path) -> Architecture:
    """The tensors of a checkpoint by name, with all modules where it lists them; the model whole when it is one."""
    head = read_range(path, 0, 4)
    if head.startswith(b"PK\x03\x04"):
        with opened_archive(path) as archive:
            root = root_of(archive, "data.pkl")
            if root is None:
                refuse(path, "is a zip without `data.pkl`", "it is no checkpoint of torch")
            strangers = [name for name in archive.ending(".pkl") if name != f"{root}data.pkl"]
            if strangers:
                refuse(path, f"holds a second pickle, `{strangers[0]}`", "torch writes one; do not load it")
            stored = f"{root}data/"
            sizes = {name[len(stored) :]: size for name, size in archive.sizes.items() if name.startswith(stored)}
            data = archive.read(f"{root}data.pkl")
        pickled = checked_pickle(path, data)
        if data[pickled.end :].strip(b"\0"):
            refuse(path, "holds bytes after the end of its pickle", "torch writes none; do not load it")
        return _architecture(path, pickled.value, Tensors(path, sizes), "torch checkpoint")
    return _legacy(path)


def _legacy(path: Path) -> Architecture:
    """The container before zip: pickles one after another, the model is the fourth."""
    data = read_range(path, 0, TEXT_LIMIT)
    first = checked_pickle(path, data)
    if first.value != _MAGIC:
        if data[first.end : first.end + 1]:
            checked_pickle(path, data, first.end, "behind its first pickle ")
            refuse(path, "holds a pickle and something after it", "no version of torch writes that; do not load it")
        return _architecture(path, first.value, Tensors(path), "pickle")
    values: list[Any] = []
    end = first.end
    for _ in range(4):
        pickled = checked_pickle(path, data, end)
        values.append(pickled.value)
        end = pickled.end
    value, keys = values[2:]
    _see_storages(path, keys, end)
    return _architecture(path, value, Tensors(path), "torch checkpoint (legacy)")


def _see_storages(path: Path, keys: Any, start: int) -> None:
    """See that the storages after the pickles are there: a number of elements and at least as many bytes, each."""
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        refuse(path, "lists its storages by something else than names", "it is damaged")
    size = size_of(path)
    if keys and size < start + 8 * len(keys):
        refuse(path, f"is cut short: {len(keys)} storages do not fit into {size - start:,} bytes", "download or save it again")
    if keys:
        (count,) = struct.unpack("<q", read_range(path, start, 8))
        if count < 0 or start + 8 + count > size:
            refuse(path, f"is cut short: its first storage has {count:,} elements", "download or save it again")


# --- what the pickle is -------------------------------------------------------------------------------------------------


def _architecture(path: Path, value: Any, tensors: Tensors, form: str) -> Architecture:
    if is_module(value):
        return read_module(path, value, tensors)
    found = list(_candidates(value, tensors))
    if not found:
        refuse(path, "holds no tensors by name and no module", "it is not a model, or one that torch did not save")
    ranked = sorted(range(len(found)), key=lambda place: _rank(*found[place]))
    best, *others = [found[place] for place in ranked]
    assumptions = []
    if len(found) > 1:
        kept = ", ".join(f"`{where}`" for where, _ in others)
        assumptions.append(Assumption(f"the model is what stands under `{best[0]}`; {kept} held weights too"))
    alternatives = [Alternative(f"the weights are `{where}`", NOWHERE, _one(path, one, where, tensors, form, [])) for where, one in others]
    return _one(path, best[1], best[0], tensors, form, assumptions, alternatives)


def _rank(where: str, value: Any) -> tuple[int, int]:
    """Plain weights first, in the order of the usual names; averages after them."""
    last = where.rpartition(".")[2]
    average = "ema" in where.lower() or "avg" in where.lower() or "teacher" in where.lower()
    return (1 if average else 0), (_USUAL.index(last) if last in _USUAL else len(_USUAL))


def _one(
    path: Path,
    value: Any,
    where: str,
    tensors: Tensors,
    form: str,
    assumptions: list[Assumption],
    alternatives: list[Alternative] | None = None,
) -> Architecture:
    if is_module(value):
        return read_module(path, value, tensors)
    parameters = _parameters(value, tensors)
    tree = _metadata(value)
    modules = _modules(tree, parameters) if tree else modules_of(parameters, "state_dict")
    said = [*assumptions, Assumption("all tensors are listed as parameters: a state dict does not say which of them are buffers")]
    holds = ["names", "shapes", "dtypes", "ties", *(["modules"] if tree else [])]
    return named_tensors(
        str(path),
        form,
        "torch",
        parameters,
        holds=holds,
        modules=modules,
        assumptions=said,
        alternatives=alternatives or (),
        under=where,
    )


def _items(value: Any) -> list[tuple[Any, Any]]:
    """The entries of a dict, an OrderedDict or anything kept like one."""
    if type(value) is dict:
        return list(value.items())
    if isinstance(value, Made) and isinstance(value.of, Global) and value.of.name in ("OrderedDict", "defaultdict", "dict"):
        return value.entries
    return []


def _candidates(value: Any, tensors: Tensors) -> Iterator[tuple[str, Any]]:
    """Every state dict and module in a value, with the key it stands under; what belongs to an optimizer is left."""
    left = _VALUES
    queue: list[tuple[str, Any, int]] = [("", value, 0)]
    seen: set[int] = set()
    while queue and left:
        where, item, depth = queue.pop(0)
        if id(item) in seen:
            continue
        seen.add(id(item))
        left -= 1
        if is_module(item):
            yield where, item
            continue
        entries = _items(item)
        own = sum(1 for key, inner in entries[:10_000] if isinstance(key, str) and tensors.of(inner) is not None)
        if own:
            yield where, item
        if depth < _DEPTH:
            for key, inner in entries[:10_000]:
                if isinstance(key, str) and "optim" not in key.lower() and "sched" not in key.lower() and tensors.of(inner) is None:
                    queue.append((f"{where}.{key}" if where else key, inner, depth + 1))


def _parameters(value: Any, tensors: Tensors) -> dict[str, Parameter]:
    """The tensors of a state dict, shared ones tied to the first."""
    found: dict[str, Parameter] = {}
    first: dict[tuple[Any, ...], str] = {}
    for key, item in _items(value):
        tensor = tensors.of(item)
        if not isinstance(key, str) or tensor is None:
            continue
        tied = _tied(tensor, key, first)
        found[key] = Parameter(key, tensor.shape, tensor.dtype, tensor.requires_grad if tensor.parameter else True, tied)
    return found


def _tied(tensor: StoredTensor, name: str, first: dict[tuple[Any, ...], str]) -> str | None:
    """The first name of the same elements of one storage."""
    if not all(tensor.shape):
        return None
    known = first.setdefault((tensor.dtype, *tensor.place), name)
    return known if known != name else None


def _metadata(value: Any) -> list[str]:
    """The paths of all modules, which torch writes beside a state dict."""
    states = value.states if isinstance(value, Made) else []
    for state in states:
        for key, item in _items(state):
            if key == "_metadata":
                return [path for path, _ in _items(item) if isinstance(path, str)]
    return []


def _modules(tree: list[str], parameters: dict[str, Parameter]) -> dict[str, Module]:
    found: dict[str, Module] = {"": Module("", "state_dict")}
    for path in tree:
        found.setdefault(path, Module(path, ""))
    for name, module in modules_of(parameters, "").items():
        found.setdefault(name, module)
    return found
