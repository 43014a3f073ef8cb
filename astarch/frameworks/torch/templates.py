"""Layers that are made alike: what the constructor of a described layer left behind is there for the next with the same arguments.

Models are made of thousands of layers of some dozens of kinds. Whatever else a constructor might depend on (a class of the program that
overrides what it uses, attributes that are there already, arguments that are not plain) keeps it from being used.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from ...interpreter.values import Class
from ..describe import Run
from .module import described_by
from .tensor import Buffer, Parameter, TorchTensor, default_dtype

#: What so many constructors left behind is kept.
_MOST = 10_000
_PLAIN = frozenset({int, float, str, bool, type(None)})
_TENSORS = frozenset({Parameter, TorchTensor, Buffer})
#: What a module has from the start.
_EMPTY = frozenset({"training", "_parameters", "_buffers", "_non_persistent_buffers_set", "_modules"})

_kept: dict[Any, _Template] = {}
_new: Any = object.__new__


def key_of(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a call of a constructor is told from others by; None when not all it is given is plain."""
    values = (*args, *kwargs.values()) if kwargs else args
    kinds = tuple(map(type, values))
    for value, kind in zip(values, kinds):
        if kind not in _PLAIN and not (kind is tuple and {int}.issuperset(map(type, value))):
            return None
    return function, values, kinds, tuple(kwargs), default_dtype()


def is_plain(module: Any, fitting: dict[Class, bool]) -> bool:
    """Whether nothing but its arguments decides what a constructor makes of a module.

    Args:
        module: It has just been made.
        fitting: What was found of classes so far.
    """
    cls = module.py_class
    found = fitting.get(cls)
    if found is None:
        found = fitting[cls] = _fits(cls)
    return found and module.__dict__.keys() == _EMPTY


def _fits(cls: Class) -> bool:
    """Whether no class of the program overrides anything that the constructor of the layer uses."""
    place = next(i for i, one in enumerate(cls.mro) if "described_as" in one.namespace)
    own = {name for one in cls.mro[:place] for name in one.namespace} - {"__init__"}
    described: dict[str, Any] = {}
    for one in reversed(cls.mro[place:]):
        described.update(one.namespace)
    used, waiting = set[str](), ["__init__"]
    while waiting:
        name = waiting.pop()
        for one in cls.mro[place:]:
            for asked in _names_in(one.namespace.get(name)):
                if asked not in used:
                    used.add(asked)
                    waiting.append(asked)
    return own.isdisjoint(used | {"__setattr__", "__getattr__", "__getattribute__"})


def _names_in(method: Any) -> tuple[str, ...]:
    function = described_by(method)
    return function.__code__.co_names if isinstance(function, FunctionType) else ()


class _Template:
    """What a constructor left behind, to be made again: plain attributes, and the tensors that are registered."""

    __slots__ = ("buffers", "not_persistent", "parameters", "plain")

    def __init__(self, attributes: dict[str, Any]) -> None:
        self.plain = {name: value for name, value in attributes.items() if type(value) is not dict and type(value) is not set}
        self.parameters = [(name, _twin(value)) for name, value in attributes["_parameters"].items()]
        self.buffers = [(name, _twin(value)) for name, value in attributes["_buffers"].items()]
        self.not_persistent = frozenset(attributes["_non_persistent_buffers_set"])

    def fill(self, attributes: dict[str, Any]) -> None:
        """Put it into a module that has just been made, sharing nothing that can be changed."""
        attributes.update(self.plain)
        for name, value in self.parameters:
            attributes["_parameters"][name] = _twin(value)
        for name, value in self.buffers:
            attributes["_buffers"][name] = _twin(value)
        attributes["_non_persistent_buffers_set"].update(self.not_persistent)


def restore(key: Any, attributes: dict[str, Any]) -> bool:
    """Put in place what a constructor left behind with the same arguments, when that is known."""
    found = _kept.get(key)
    if found is None:
        return False
    found.fill(attributes)
    return True


def keep(key: Any, attributes: dict[str, Any]) -> None:
    """Keep what a constructor left behind, when it is plain enough to be made again."""
    if attributes["_modules"] or not all(_is_repeatable(name, value) for name, value in attributes.items()):
        return
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[key] = _Template(attributes)


def _is_repeatable(name: str, value: Any) -> bool:
    kind = type(value)
    if name in ("_parameters", "_buffers"):
        return all(item is None or type(item) in _TENSORS for item in value.values())
    return kind in _PLAIN or name in _EMPTY or (kind is tuple and _PLAIN.issuperset(map(type, value)))


def _twin(tensor: Any) -> Any:
    if tensor is None:
        return None
    made = _new(tensor.__class__)
    made.__dict__.update(tensor.__dict__)
    if made.data is not None:
        made.data = list(made.data)
    return made


def noted(run: Run) -> tuple[int, ...]:
    """How much a run has noted: a constructor that adds to it has more to say than what it leaves behind."""
    return len(run.diagnostics), len(run.unknowns), len(run.assumptions), len(run.open), len(run.nodes)
