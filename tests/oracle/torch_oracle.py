"""Ask torch itself, on the meta device, what an op gives, and demand the same of the description.

A call is written once, with `T` standing for tensors: ``agree("torch.flatten", T(2, 3, 4), 1)``.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import torch

import astarch.frameworks.torch.library  # noqa: F401 - registers every description
from astarch.frameworks.describe import REGISTRY, Op, Property
from astarch.frameworks.torch.tensor import TorchTensor
from astarch.ir.refusal import Refusal


@dataclass(frozen=True)
class T:
    """A tensor to be: its shape, and the values when they matter (then torch runs on the CPU)."""

    shape: tuple[int, ...]
    dtype: str = "float32"
    data: tuple[Any, ...] | None = None

    def __init__(self, *shape: int, dtype: str = "float32", data: Any = None) -> None:
        object.__setattr__(self, "shape", tuple(shape))
        object.__setattr__(self, "dtype", dtype)
        object.__setattr__(self, "data", None if data is None else tuple(data))


@dataclass(frozen=True)
class D:
    """A dtype argument, by name."""

    name: str


def _map(value: Any, leaf: Any) -> Any:
    if isinstance(value, (T, D)):
        return leaf(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_map(item, leaf) for item in value)
    if isinstance(value, dict):
        return {key: _map(item, leaf) for key, item in value.items()}
    return value


def _real(spec: Any, device: str) -> Any:
    if isinstance(spec, D):
        return getattr(torch, spec.name)
    dtype = getattr(torch, spec.dtype)
    if spec.data is not None:
        return torch.tensor(spec.data, dtype=dtype).reshape(spec.shape).to(device)
    # Never what memory happens to hold: not-a-numbers make decompositions fail now and then.
    return torch.zeros(spec.shape, dtype=dtype, device=device)


def _ours(spec: Any) -> Any:
    if isinstance(spec, D):
        return REGISTRY[f"torch.{spec.name}"]
    return TorchTensor(spec.shape, spec.dtype, None if spec.data is None else list(spec.data))


def summary(value: Any) -> Any:
    """A result as both sides can state it: shapes and element types, containers as tuples."""
    if isinstance(value, (torch.Tensor, TorchTensor)):
        return (list(value.shape), str(value.dtype).removeprefix("torch."))
    if isinstance(value, (list, tuple)):
        return tuple(summary(item) for item in value)
    if isinstance(value, dict):
        return {key: summary(item) for key, item in value.items()}
    if isinstance(value, torch.dtype):
        return str(value).removeprefix("torch.")
    return getattr(value, "name", value) if getattr(type(value), "described", False) else value


def _resolve(name: str) -> Any:
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise LookupError(name)


def ask_torch(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], device: str = "meta") -> Any:
    """What torch gives, as a `summary`, or the string ``"refused"``."""
    if "device" in kwargs:
        device = "cpu"
    function = _resolve(name)
    try:
        with torch.no_grad(), torch.device(device):
            return summary(function(*_map(args, lambda s: _real(s, device)), **_map(kwargs, lambda s: _real(s, device))))
    except NotImplementedError:
        if device == "meta":
            return ask_torch(name, args, kwargs, "cpu")
        return "refused"
    except (RuntimeError, ValueError, TypeError, IndexError, AssertionError):
        return "refused"


def ask_ours(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What the description gives, as a `summary`, or the string ``"refused"``."""
    described = REGISTRY[name]
    args, kwargs = _map(args, _ours), _map(kwargs, _ours)
    try:
        if isinstance(described, Property):
            return summary(described.read(*args))
        assert isinstance(described, Op)
        return summary(described(*args, **kwargs))
    except Refusal:
        return "refused"
    except TypeError:  # a call that does not fit the signature is torch's TypeError too
        import inspect

        try:
            inspect.signature(described.function).bind(*args, **kwargs)
        except TypeError:
            return "refused"
        raise


def agree(name: str, *args: Any, device: str | None = None, **kwargs: Any) -> None:
    """Both give the same shapes and element types, or both refuse."""
    wanted = ask_torch(name, args, kwargs, device or "meta")
    found = ask_ours(name, args, kwargs)
    assert found == wanted, f"{name}{args}{kwargs}: torch says {wanted}, the description {found}"
