"""Calling a module: the forward, the hooks around it, and the record of both."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from ...interpreter.attributes import bind
from ...interpreter.values import MISSING, BoundMethod, Builtin, Function, Instance
from ...ir.unknown import Unknown
from ..describe import Run, leave_node
from .tensor import TorchTensor


class Call:
    """One entry into a module, as it happened; the outputs stay `MISSING` when it never came back."""

    __slots__ = ("args", "depth", "kwargs", "macs", "module", "nodes", "outputs", "span", "stack", "times")

    def __init__(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any], run: Run) -> None:
        self.module, self.args = module, tuple([kept(value) for value in args])
        self.kwargs = {name: kept(value) for name, value in kwargs.items()} if kwargs else {}
        self.outputs: Any = MISSING
        self.span = run.where()
        self.depth = len(run.modules)
        self.nodes = (len(run.nodes), len(run.nodes))
        self.times: Any = 1


def kept(value: Any) -> Any:
    """A value as it is now: the program may change lists and in-place tensors later."""
    kind = type(value)
    if kind is TorchTensor:
        return value.snapshot()
    if kind is tuple or kind is list:
        return kind([kept(item) for item in value])
    if isinstance(value, dict):
        copy = kind() if kind in (dict, OrderedDict) else {}
        copy.update((key, kept(item)) for key, item in value.items())
        return copy
    if isinstance(value, TorchTensor):
        return value.snapshot()
    if isinstance(value, Instance) and isinstance(value.payload, (dict, list)):
        return _kept_instance(value)
    return value


def _kept_instance(value: Instance) -> Instance:
    """An output object (a dict with attributes) as it is now; its parts are what counts."""
    copy = Instance.__new__(Instance)
    copy.py_class, copy.span, copy.given, copy.payload = value.py_class, value.span, None, kept(value.payload)
    copy.__dict__.update(value.__dict__)
    return copy


class HookHandle:
    """What registering a hook gives back."""

    described = True

    def __init__(self, hooks: dict[int, Any], hook: Any) -> None:
        self._hooks = hooks
        self._key = id(hook)
        self.id = self._key

    def remove(self) -> None:
        """Take the hook away again."""
        self._hooks.pop(self._key, None)


def run_forward(run: Run, machine: Any, self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if "_lazy" in self.__dict__:
        _initialize(machine, self, args, kwargs)
    forward = self.__dict__.get("forward")
    if forward is None:
        forward = self.py_class.find("forward")
        receiver: tuple[Any, ...] = (self,)
    else:
        receiver = ()
    if type(forward) is not Function and type(forward) is not BoundMethod and type(forward) is not Builtin:
        forward, receiver = bind(machine, forward, self, self.py_class), ()
    if type(forward) is Builtin and self.py_class.find("is_container") is MISSING:
        return _leaf(run, machine, self, forward, (*receiver, *args), kwargs)
    run.modules.append(self)
    try:
        return machine.call(forward, (*receiver, *args), kwargs)
    finally:
        run.modules.pop()


def _leaf(run: Run, machine: Any, self: Any, forward: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A described layer is one step of the data flow; the operations inside are its own business."""
    around, run.macs = run.macs, 0
    run.modules.append(self)
    try:
        result = machine.call(forward, args, kwargs)
    finally:
        run.modules.pop()
        macs, run.macs = run.macs, around
    leave_node(run, "call_module", args, kwargs, result, macs)
    run.nodes[-1].module = self
    return result


def _initialize(machine: Any, self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """The first call of a lazy module: its parameters take their shapes, and it becomes the plain layer."""
    machine.call(machine.get(self, "initialize_parameters"), args, kwargs)
    del self.__dict__["_lazy"]
    becomes = self.py_class.find("becomes")
    if becomes is not MISSING:
        self.py_class = becomes


def add_hook(self: Any, key: str, hook: Any, with_kwargs: Any, prepend: Any) -> HookHandle:
    hooks: dict[int, Any] = self.__dict__.setdefault(key, {})
    if prepend:
        rest = dict(hooks)
        hooks.clear()
        hooks[id(hook)] = (hook, bool(with_kwargs))
        hooks.update(rest)
    else:
        hooks[id(hook)] = (hook, bool(with_kwargs))
    return HookHandle(hooks, hook)


def run_pre_hooks(machine: Any, self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    for hook, with_kwargs in list(self.__dict__["_forward_pre_hooks"].values()):
        result = machine.call(hook, (self, args, kwargs) if with_kwargs else (self, args), {})
        if result is None or type(result) is Unknown:
            continue
        if with_kwargs:
            args, kwargs = result
        else:
            args = result if isinstance(result, tuple) else (result,)
    return args, kwargs


def run_hooks(machine: Any, self: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
    for hook, with_kwargs in list(self.__dict__["_forward_hooks"].values()):
        changed = machine.call(hook, (self, args, kwargs, result) if with_kwargs else (self, args, result), {})
        if changed is not None:
            result = changed
    return result
