"""The data flow of a finished run, exactly: what every step was given, by parameter name, and whose results those were.

A tensor that is changed in place is the same object before and after, so the steps are gone through in order and each
object stands for the latest step that wrote to it; what looks at the same memory is, from then on, what it was ``after`` that.
What a step was given is stated as nested tuples of plain data:
``("node", 3, ())``, ``("tensor", "head.weight")``, ``("input", "x")``, ``("values", dtype, shape, data)``,
``("made", number, part)`` (a step of `Dataflow.made`), ``("after", writing, what it was)``, ``("list", ...)``,
``("unknown", reason)``, or a plain number or text.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ..frameworks.describe import REGISTRY, Op
from ..frameworks.describe import Node as Step
from ..frameworks.scalars import Float64
from ..frameworks.torch.instance import ModuleInstance, walk
from ..interpreter.values import BoundMethod, Builtin, Class, Function, Instance
from ..ir.dim import Dim
from ..ir.graph import TensorType
from ..ir.tensor import Tensor
from ..ir.unknown import Unknown

#: Operations whose result looks at the same memory: writing to it writes to what it was taken from.
_VIEWS = frozenset(
    word
    for line in (
        "view reshape flatten transpose permute getitem __getitem__ select narrow chunk split unbind squeeze unsqueeze expand t T mT",
        "movedim swapaxes unflatten detach contiguous view_as expand_as diagonal unfold",
    )
    for word in line.split()
)
_PLAIN = frozenset((bool, int, float, Float64, complex, str, bytes, Dim))


class Dataflow:
    """Follows the steps of a run.

    Args:
        construction: The steps that building the model took.
        steps: Those of its forward.
        inputs: What the forward was given, by name.
        held: The names of parameters and persistent buffers, by identity.
    """

    def __init__(self, construction: list[Step], steps: list[Step], inputs: Mapping[str, Any], held: Mapping[int, str]) -> None:
        self._held = held
        self._now: dict[int, tuple[Any, ...]] = {}
        self._base: dict[int, int] = {}
        self._writes: dict[int, tuple[int, tuple[Any, ...]]] = {}
        self._seen: dict[int, int] = {}
        self._made: list[tuple[str, dict[str, Any], Any]] = []
        self.made: dict[int, tuple[str, dict[str, Any], Any]] = {}
        self.sources: list[tuple[int, ...]] = []
        self.attributes: list[dict[str, Any]] = []
        for number, step in enumerate(construction):
            self._made.append((step.op, self._arguments(step), _types(step.result)))
            self._written(step, ("made", number))
        for name, value in inputs.items():
            self._name_tensors(value, ("input", name))
        for number, step in enumerate(steps):
            given = self._attributes(step)
            self.attributes.append(given)
            self.sources.append(tuple(dict.fromkeys(_nodes(tuple(given["arguments"].items())))))
            self._written(step, ("node", number))

    def stated(self, value: Any, depth: int = 0) -> Any:
        """A value of the program as plain data that says where its tensors come from."""
        if depth > 12:
            return ("deep",)
        if value is None or type(value) in _PLAIN:
            return value
        if isinstance(value, Tensor):
            return self._tensor(value)
        if isinstance(value, (tuple, list)):
            if _PLAIN.issuperset(map(type, value)):
                return ("list", *value)
            return ("list", *(self.stated(item, depth + 1) for item in value))
        if isinstance(value, Mapping):
            return ("dict", *((str(key), self.stated(item, depth + 1)) for key, item in value.items()))
        if isinstance(value, Unknown):
            return ("unknown", value.reason.id)
        if isinstance(value, slice):
            return ("slice", *(self.stated(item, depth + 1) for item in (value.start, value.stop, value.step)))
        if value is Ellipsis:
            return ("...",)
        if isinstance(value, (int, float, str)):  # a number known only nearly, a member of an enumeration
            return ("about", f"{float(value):.9g}") if isinstance(value, float) else str(value)
        if isinstance(value, Instance) and not isinstance(value, ModuleInstance):
            inside = value.payload if value.payload is not None else dict(value.__dict__)
            return ("object", value.py_class.name, self.stated(inside, depth + 1))
        return ("object", _name(value))

    # --- a step ---------------------------------------------------------------------------------------------------

    def _attributes(self, step: Step) -> dict[str, Any]:
        if step.op != "call_module":
            return {"arguments": self._arguments(step)}
        module = step.module
        tensors: dict[str, Any] = {}
        settings: dict[str, Any] = {}
        for path, part in walk(module, "", set(), False):
            start = f"{path}." if path else ""
            if not isinstance(part, ModuleInstance):
                settings[f"{start}?"] = ("unknown", "part")
                continue
            for key in ("_parameters", "_buffers"):
                tensors.update(
                    {start + name: self.stated(value) for name, value in part.__dict__.get(key, {}).items() if value is not None}
                )
            settings.update({start + name: self.stated(value) for name, value in part.__dict__.items() if not name.startswith("_")})
        kind = next((str(cls.namespace["described_as"]) for cls in module.py_class.mro if "described_as" in cls.namespace), "")
        return {"kind": kind, "settings": settings, "tensors": tensors, "arguments": self._bound(_forward(module), step, skip=1)}

    def _arguments(self, step: Step) -> dict[str, Any]:
        return self._bound(_function(step.op), step)

    def _bound(self, function: Any, step: Step, skip: int = 0) -> dict[str, Any]:
        """What was given, by parameter name, without what equals the default."""
        args = step.args
        signature = _signature(function) if function is not None else None
        if signature is not None:
            try:
                bound = signature.bind(*args, **step.kwargs).arguments
            except TypeError:
                bound = None
            if bound is not None:
                names = list(bound)[skip:]
                return {
                    name: self.stated(bound[name]) for name in names if not _is_default(signature.parameters[name].default, bound[name])
                }
        found = {f"*{i}": self.stated(value) for i, value in enumerate(args[skip:])}
        return found | {name: self.stated(value) for name, value in step.kwargs.items()}

    def _written(self, step: Step, origin: tuple[Any, ...]) -> None:
        """Remember which step each tensor that came out of this one stands for; those changed in place too."""
        self._name_tensors(step.result, origin)
        base = step.op.rpartition(".")[2]
        first = next((arg for arg in step.args if isinstance(arg, Tensor)), None)
        if first is None:
            return
        root = self._base.get(id(first), id(first))
        if base in _VIEWS:
            for tensor in _tensors(step.result):
                if tensor is not first:
                    self._base[id(tensor)] = root
                    self._seen[id(tensor)] = self._writes.get(root, (0,))[0]
        in_place = base == "__setitem__" or step.result is first or (base.endswith("_") and not base.endswith("__"))
        if in_place:
            place = self._now.get(id(first)) if step.result is first else (*origin, ())
            self._now[id(first)] = place or (*origin, ())
        if in_place and _writes(step, base):
            count = self._writes.get(root, (0,))[0] + 1
            self._writes[root] = count, (*origin, ())
            self._seen[id(first)] = count

    def _name_tensors(self, value: Any, origin: tuple[Any, ...], path: tuple[Any, ...] = (), depth: int = 0) -> None:
        if isinstance(value, Tensor):
            if id(value) not in self._held or path or origin[0] != "made":
                self._now[id(value)] = (*origin, path)
        elif depth < 8:
            for key, item in _parts(value):
                self._name_tensors(item, origin, (*path, key), depth + 1)

    def _tensor(self, value: Tensor) -> tuple[Any, ...]:
        name = self._held.get(id(value))
        now = self._now.get(id(value))
        count, write = self._writes.get(self._base.get(id(value), id(value)), (0, ()))
        stale = self._seen.get(id(value), 0) < count  # it was written to through another that shares its memory
        if stale and (write[0] != "made" or name is None):
            return ("after", self._kept(write), self._kept(now) if now is not None else ("tensor", name) if name else self._values(value))
        if now is not None and now[0] != "made":
            return now
        if name is not None:
            return ("tensor", name)
        if value.data is not None:
            return self._values(value)
        return self._kept(now) if now is not None else ("unknown", "tensor")

    def _values(self, value: Tensor) -> tuple[Any, ...]:
        """A constant by what is in it."""
        if value.data is None:
            return ("unknown", "tensor")
        return ("values", value.dtype, ("list", *value.shape), ("list", *map(self.stated, value.data)))

    def _kept(self, origin: tuple[Any, ...]) -> tuple[Any, ...]:
        """The origin; a step that made a constant is kept."""
        if origin[0] == "made":
            self.made[origin[1]] = self._made[origin[1]]
        return origin


def _name(value: Any) -> str:
    if isinstance(value, Class):
        return value.qualname
    if isinstance(value, (Function, Builtin)):
        return value.name
    if isinstance(value, BoundMethod):
        return _name(value.function)
    if isinstance(value, ModuleInstance):
        return "module"
    return str(getattr(value, "name", None) or type(value).__name__)


def _parts(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, (tuple, list)):
        yield from enumerate(value)
    elif isinstance(value, Mapping):
        yield from ((str(key), item) for key, item in value.items())
    elif isinstance(value, Instance) and not isinstance(value, ModuleInstance):
        yield from _parts(value.payload if value.payload is not None else dict(value.__dict__))


def _writes(step: Step, base: str) -> bool:
    """Whether a step that gives back what it was given changed it: one that does nothing gives it back as well."""
    if base == "call_module":
        return bool(step.module.__dict__.get("inplace"))
    name = base.startswith("__i") and base not in ("__invert__", "__index__")
    told = bool(step.kwargs.get("inplace")) or any(argument is True for argument in step.args)
    return name or base == "__setitem__" or (base.endswith("_") and not base.endswith("__")) or told


def _types(value: Any) -> Any:
    """The type of a tensor, or of each of several."""
    if isinstance(value, Tensor):
        return TensorType(tuple(value.shape), value.dtype)
    return tuple(map(_types, value)) if isinstance(value, (tuple, list)) else None


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)


def _nodes(value: Any) -> Iterator[int]:
    """The steps that a stated value comes from, in order."""
    if isinstance(value, tuple):
        if len(value) == 3 and value[0] == "node":
            yield value[1]
        else:
            for item in value:
                yield from _nodes(item)


def _is_default(default: Any, value: Any) -> bool:
    return (
        default is not inspect.Parameter.empty and type(default) is type(value) and not isinstance(value, Tensor) and bool(default == value)
    )


def _function(name: str) -> Any:
    described = REGISTRY.get(name)
    return described.function if isinstance(described, Op) else None


def _forward(module: ModuleInstance) -> Any:
    forward = module.py_class.find("forward")
    return forward.function if isinstance(forward, Builtin) else None


@cache
def _signature(function: Any) -> inspect.Signature | None:
    try:
        return inspect.signature(inspect.unwrap(function))
    except (TypeError, ValueError):
        return None
