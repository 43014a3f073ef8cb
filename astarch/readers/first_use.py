"""What a forward takes, told by the layer that uses it first: the shapes worth trying, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from ..frameworks.torch.instance import ModuleInstance, walk
from ..inputs import InputSpec
from ..interpreter.machine import Machine
from ..interpreter.natives.signatures import signature_of
from ..interpreter.values import BoundMethod, Builtin, Function, GenericAlias, Lost, Raised
from ..ir.dim import Dim
from ..ir.unknown import Unknown

Shape = tuple["int | str | Dim", ...]

_SPACE = {"1d": ("L",), "2d": ("H", "W"), "3d": ("D", "H", "W")}

#: So many combinations of shapes are tried.
MOST_TRIES = 6


@dataclass(frozen=True)
class Wanted:
    """One argument of a forward: its name, whether it is a list of tensors, and whether it is given by its name."""

    name: str
    is_list: bool = False
    by_name: bool = False


def wanted(machine: Machine, root: Any) -> list[Wanted]:
    """The arguments a forward must be given; where all have defaults, the first."""
    forward = root.__dict__.get("forward", root.py_class.find("forward"))
    function = getattr(forward, "function", forward) if isinstance(forward, BoundMethod) else forward
    if isinstance(function, Builtin):
        return [Wanted("input")]
    if not isinstance(function, Function):
        return []
    try:
        parameters = list(signature_of(machine, function).parameters.values())
    except (Raised, Lost, TypeError, ValueError):
        return []
    own = [
        p for p in (parameters if isinstance(forward, BoundMethod) else parameters[1:]) if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    required = [p for p in own if p.default is p.empty] or own[:1]
    return [Wanted(p.name, _is_list(p.annotation), p.name != other.name) for p, other in zip(required, own)]


def _is_list(annotation: Any) -> bool:
    origin = getattr(annotation, "origin", None) if isinstance(annotation, GenericAlias) else annotation
    name = getattr(origin, "name", None) or getattr(origin, "typing_name", None) or (annotation if isinstance(annotation, str) else "")
    return isinstance(name, str) and name.partition("[")[0].rpartition(".")[2] in ("list", "List")


def taking_layers(root: Any) -> Iterator[tuple[str, Any]]:
    """The described layers with weights of their own, in the order of the tree."""
    for path, module in walk(root, "", set(), True):
        if isinstance(module, ModuleInstance) and _is_described(module) and module.__dict__.get("_parameters") and shapes_for(module):
            yield path, module


def _is_described(module: Any) -> bool:
    return "described_as" in module.py_class.namespace or type(module.py_class.find("forward")) is Builtin


def shapes_for(module: Any, place: int = 0) -> list[tuple[Shape, str]]:
    """The shapes a layer takes as its first argument, or a later one, the likeliest first, with the element type."""
    name, own = module.described_as.rpartition(".")[2], module.__dict__
    if place:  # keys and values have widths of their own; other layers take states and masks there
        width = own.get(("kdim", "vdim")[place - 1]) if name == "MultiheadAttention" and place < 3 else None
        return [] if width is None else [(("B", "T", width) if own.get("batch_first") else ("T", "B", width), "float32")]
    width = next(
        (own[key] for key in ("in_channels", "in_features", "num_features", "input_size", "embed_dim", "d_model") if key in own), None
    )
    if name in ("Embedding", "EmbeddingBag"):
        return [(("B", "T"), "int64"), (("B",), "int64"), (("B", "H", "W"), "int64")]
    if name == "LayerNorm":
        return [(("B", "T", *_sizes(own.get("normalized_shape", ()))), "float32")]
    if not isinstance(width, (int, Dim)) or isinstance(width, bool):
        return []
    if name.startswith(("Conv", "BatchNorm", "InstanceNorm")) and name[-2:] in _SPACE:
        first = [(("B", width, *_SPACE[name[-2:]]), "float32")]
        return [*first, (("B", width), "float32")] if name == "BatchNorm1d" else first
    if name in ("LSTM", "GRU", "RNN"):
        return [(("B", "T", width) if own.get("batch_first") else ("T", "B", width), "float32")]
    if name in ("Linear", "LazyLinear"):
        return [(("B", width), "float32"), (("B", "T", width), "float32"), (("B", "H", "W", width), "float32")]
    if name == "MultiheadAttention":
        return [(("B", "T", width) if own.get("batch_first") else ("T", "B", width), "float32")]
    return []


def _sizes(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def combinations(arguments: list[Wanted], shapes: dict[str, list[tuple[Shape, str]]]) -> Iterator[list[InputSpec]]:
    """The inputs worth trying; an argument of which nothing is known is tried as another one."""
    some = next(iter(shapes.values()), [])
    kinds = [[(argument, *shape) for shape in shapes.get(argument.name, some)] for argument in arguments]
    if len(arguments) == 1 and not arguments[0].is_list:  # lists are seldom annotated as such
        kinds[0] += [(replace(arguments[0], is_list=True), shape, dtype) for shape, dtype in some if len(shape) > 3]
    for number, chosen in enumerate(product(*kinds)):
        if number == MOST_TRIES:
            return
        yield [_spec(*one) for one in chosen]


def _spec(argument: Wanted, shape: Shape, dtype: str) -> InputSpec:
    name = argument.name if argument.by_name else None
    return InputSpec(name, (), dtype, (InputSpec(None, shape[1:], dtype),)) if argument.is_list else InputSpec(name, shape, dtype)


def first_users(arguments: list[Wanted], calls: list[Any]) -> dict[str, tuple[Any, int]]:
    """Of a run in which no argument was known: the layer with weights that met each first, and as which of its arguments."""
    found: dict[str, tuple[Any, int]] = {}
    for call in calls:
        if not (_is_described(call.module) and shapes_for(call.module)):
            continue
        for place, value in enumerate(call.args):
            if type(value) is Unknown:
                for argument in arguments:
                    if value.detail == argument.name:
                        found.setdefault(argument.name, (call.module, place))
    return found
