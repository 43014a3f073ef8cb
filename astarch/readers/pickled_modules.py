"""Whole modules in torch's pickles: the tree, the classes and what they were made with, from the dictionaries of the instances."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..ir.architecture import Architecture, Buffer, Module, Parameter
from .opening import refuse
from .pickle_machine import Global, Made
from .pickled_tensors import Tensors
from .tree import facts

#: How many modules are followed, a shared one counted under each of its names.
MODULES = 100_000
DEPTH = 200

#: What every module has, which says nothing of how it was made.
_OWN = {"training", "dump_patches", "call_super_init", "T_destination"}


def entries(value: Any) -> list[tuple[Any, Any]]:
    """The items of a dict or an OrderedDict."""
    if type(value) is dict:
        return list(value.items())
    return value.entries if isinstance(value, Made) else []


def state_of(value: Any) -> dict[str, Any] | None:
    """The ``__dict__`` that the pickle gives an instance."""
    if not isinstance(value, Made) or not isinstance(value.of, Global):
        return None
    for state in reversed(value.states):
        inner = state[0] if isinstance(state, tuple) and state else state
        if type(inner) is dict:
            return inner
    return None


def is_module(value: Any) -> bool:
    """Whether it is an instance of a subclass of ``torch.nn.Module``."""
    state = state_of(value)
    return state is not None and "_modules" in state and "_parameters" in state


def class_of(value: Made) -> str:
    """The class of an instance; rebuilt through ``copyreg`` it is the first argument."""
    if str(value.of).endswith("._reconstructor") and isinstance(value.args, tuple) and value.args:
        return str(value.args[0])
    return str(value.of)


def walk(path: Path, root: Made) -> Iterator[tuple[str, Made, dict[str, Any]]]:
    """Every module under every name, in the order of ``named_modules(remove_duplicate=False)``."""
    left = MODULES
    stack: list[tuple[str, Made, int]] = [("", root, 0)]
    while stack:
        name, module, depth = stack.pop()
        left -= 1
        if not left or depth > DEPTH:
            refuse(path, f"nests its modules more than {DEPTH} deep, or has more than {MODULES:,}", "it is made to exhaust its reader")
        state = state_of(module)
        assert state is not None
        yield name, module, state
        inner = [
            (f"{name}.{key}" if name else str(key), item, depth + 1) for key, item in entries(state.get("_modules")) if is_module(item)
        ]
        stack.extend(reversed(inner))


def read_module(path: Path, root: Made, tensors: Tensors) -> Architecture:
    """The model whole: everything but what its forward does."""
    modules: dict[str, Module] = {}
    parameters: dict[str, Parameter] = {}
    buffers: dict[str, Buffer] = {}
    first: dict[int, str] = {}
    first_tensor: dict[int, str] = {}
    for name, module, state in walk(path, root):
        known = first.setdefault(id(module), name)
        modules[name] = Module(name, class_of(module), arguments(state), shared_with=known if known != name else None)
        prefix = f"{name}." if name else ""
        for key, item in entries(state.get("_parameters")):
            tensor = tensors.of(item)
            if tensor is not None:
                full = f"{prefix}{key}"
                tied = first_tensor.setdefault(id(item), full)
                parameters[full] = Parameter(full, tensor.shape, tensor.dtype, tensor.requires_grad, tied if tied != full else None)
        passing = set(_passing(state))
        for key, item in entries(state.get("_buffers")):
            tensor = tensors.of(item)
            if tensor is not None:
                full = f"{prefix}{key}"
                tied = first_tensor.setdefault(id(item), full)
                buffers[full] = Buffer(full, tensor.shape, tensor.dtype, key not in passing, tied if tied != full else None)
    holds = ("names", "shapes", "dtypes", "ties", "kinds", "trained", "modules", "types", "arguments")
    return Architecture(
        target=str(path), framework="torch", modules=modules, parameters=parameters, buffers=buffers,
        attributes=facts("torch module", holds),
    )  # fmt: skip


def _passing(state: dict[str, Any]) -> list[str]:
    """The names of buffers that are not persistent: a set, pickled in one of two ways."""
    value = state.get("_non_persistent_buffers_set")
    if isinstance(value, Made) and isinstance(value.args, tuple) and value.args:
        value = value.args[0]
    return [name for name in value if isinstance(name, str)] if isinstance(value, set | list | tuple | frozenset) else []


def arguments(state: dict[str, Any]) -> dict[str, Any]:
    """What the instance keeps of how it was made: its plain attributes."""
    return {
        name: _plain(value)
        for name, value in state.items()
        if isinstance(name, str) and not name.startswith("_") and name not in _OWN and _is_plain(value)
    }


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return len(value) <= 16 and all(item is None or isinstance(item, bool | int | float | str) for item in value)
    return value is None or isinstance(value, bool | int | float | str)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
