"""A module of its own to try layer descriptions on, so that they can be tested without the interpreter.

It does what `torch.nn.Module` does when attributes are assigned, and notes in which order modules are called.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import astarch.frameworks.torch.library  # noqa: F401 - registers every description
from astarch.frameworks.describe import REGISTRY, RUN, Run
from astarch.frameworks.torch.tensor import Buffer, Parameter, TorchTensor


class StandIn:
    """An instance of a described layer."""

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter):
            self._drop(name)
            self._parameters[name] = value
        elif isinstance(value, StandIn):
            self._drop(name)
            self._modules[name] = value
        elif isinstance(value, Buffer) or (name in self._buffers and (value is None or isinstance(value, TorchTensor))):
            self._buffers[name] = value
        elif name in self._parameters and value is None:
            self._parameters[name] = None
        elif name in self._modules and value is None:
            self._modules[name] = None
        else:
            self.__dict__[name] = value

    def _drop(self, name: str) -> None:
        self.__dict__.pop(name, None)

    def __getattr__(self, name: str) -> Any:
        for held in ("_parameters", "_buffers", "_modules"):
            if name in self.__dict__.get(held, {}):
                return self.__dict__[held][name]
        raise AttributeError(name)

    def register_parameter(self, name: str, value: Any) -> None:
        self._parameters[name] = value

    def register_buffer(self, name: str, value: Any, persistent: bool = True) -> None:
        self._buffers[name] = value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        RUN.get().calls.append(self)
        if self.__dict__.pop("_lazy", False):
            self.initialize_parameters(*args, **kwargs)
            self.__dict__["__kind"] = self.becomes.described_as
        return self.forward(*args, **kwargs)

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, StandIn]]:
        yield prefix, self
        for name, child in self._modules.items():
            if child is not None:
                yield from child.named_modules(f"{prefix}.{name}" if prefix else name)

    def _get_name(self) -> str:
        return type(self).__name__

    def eval(self) -> StandIn:
        for _, module in self.named_modules():
            module.__dict__["training"] = False
        return self


class _List:
    """The containers, as far as layers use them."""

    def __init__(self, *children: Any) -> None:
        for place, child in enumerate(children[0] if len(children) == 1 and isinstance(children[0], list) else children):
            self._modules[str(place)] = child

    def forward(self, x: Any) -> Any:
        for child in self._modules.values():
            x = child(x)
        return x


def construct(name: Any, *args: Any, **kwargs: Any) -> StandIn:
    """A new instance of the layer described under this name."""
    if name in ("torch.nn.ModuleList", "torch.nn.Sequential"):
        described: Any = _List
    else:
        described = REGISTRY[name] if isinstance(name, str) else name
    instance = type(described.__name__, (StandIn, described), {})
    module = instance.__new__(instance)
    kind = name if isinstance(name, str) else name.described_as
    module.__dict__.update(training=True, _parameters={}, _buffers={}, _modules={}, __kind=kind)
    described.__init__(module, *args, **kwargs)
    if hasattr(described, "becomes"):
        module.__dict__["_lazy"] = True
    return module


@contextmanager
def run() -> Iterator[Run]:
    """A run in which descriptions can make and call modules."""
    current = Run(state={"make": construct, "clone": copy.deepcopy})
    token = RUN.set(current)
    try:
        yield current
    finally:
        RUN.reset(token)
