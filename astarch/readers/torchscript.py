"""TorchScript: the object graph from its pickle, and the forward from its code, which is a small Python that is read, never run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ReadError
from ..ir.architecture import Architecture, Buffer, Module, Parameter
from ..ir.graph import TensorType
from ..source.script import script
from .archives import opened_archive, root_of
from .opening import refuse
from .pickle_machine import Made
from .pickle_safety import checked_pickle
from .pickled_modules import DEPTH, MODULES, state_of
from .pickled_tensors import Tensors
from .torchscript_code import Code, Flow
from .tree import facts

#: How much code is read, and how many names and values it may be written with: parsed, each takes a thousand times its own byte.
CODE = 4 << 20
MARKS = 400_000


def reads(path: Path, head: bytes) -> bool:
    """Whether it is a zip with code beside its pickle."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    with opened_archive(path) as archive:
        root = root_of(archive, "constants.pkl")
        return root is not None and any(name.startswith(f"{root}code/") for name in archive)


def read(path: Path) -> Architecture:
    """Modules with their classes, parameters, buffers, and the operations of the forward in order."""
    with opened_archive(path) as archive:
        root = root_of(archive, "constants.pkl")
        assert root is not None
        stored = f"{root}data/"
        sizes = {name[len(stored) :]: size for name, size in archive.sizes.items() if name.startswith(stored)}
        pickled = checked_pickle(path, archive.read(f"{root}data.pkl"))
        for other in archive.ending(".pkl"):
            if other != f"{root}data.pkl" and not other.endswith(".debug_pkl"):
                checked_pickle(path, archive.read(other), what=f"in `{other}` ")
        start = f"{root}code/"
        names = [name for name in archive if name.startswith(start) and name.endswith(".py")]
        if sum(archive.sizes[name] for name in names) > CODE:
            refuse(path, f"holds more than {CODE:,} bytes of code", "it is made to exhaust its reader")
        texts = {name[len(start) : -3].replace("/", "."): archive.read(name).decode("utf-8", "replace") for name in names}
    if sum(text.count(mark) for text in texts.values() for mark in "(,=.\n[-+*") > MARKS:
        refuse(path, f"holds code of more than {MARKS:,} names and values", "it is made to exhaust its reader")
    return _Reader(path, pickled.value, Tensors(path, sizes), _parsed(path, texts)).architecture()


def _parsed(path: Path, texts: Mapping[str, str]) -> Code:
    try:
        return Code({name: script(text) for name, text in texts.items()})
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ReadError(f"`{path}` holds code that cannot be read: {error}", "it is damaged") from error


class _Reader:
    def __init__(self, path: Path, root: Any, tensors: Tensors, code: Code) -> None:
        self.path, self.root, self.tensors, self.code = path, root, tensors, code
        self.modules: dict[str, Module] = {}
        self.parameters: dict[str, Parameter] = {}
        self.buffers: dict[str, Buffer] = {}
        self.objects: dict[str, Made] = {}
        self.classes: dict[str, str] = {}

    def architecture(self) -> Architecture:
        if not isinstance(self.root, Made) or state_of(self.root) is None:
            refuse(self.path, "holds no TorchScript module", "it is damaged")
        self._walk()
        states = {name: _plain_state(made) for name, made in self.objects.items()}
        types = {name: TensorType(item.shape or (), item.dtype) for name, item in (*self.parameters.items(), *self.buffers.items())}
        flow = Flow(self.path, self.code, self.classes, states, types)
        outputs = flow.run()
        return Architecture(
            target=str(self.path), framework="torch", inputs=flow.inputs, modules=self.modules, parameters=self.parameters,
            buffers=self.buffers, graph=flow.wiring.graph(), outputs=outputs,
            attributes=facts(
                "TorchScript", ("names", "shapes", "dtypes", "ties", "kinds", "trained", "modules", "types", "arguments", "operations", "order"),
            ),
        )  # fmt: skip

    def _walk(self) -> None:
        stack: list[tuple[str, Made, int]] = [("", self.root, 0)]
        first: dict[int, str] = {}
        first_tensor: dict[Any, str] = {}
        while stack:
            name, made, depth = stack.pop()
            if depth > DEPTH or len(self.modules) > MODULES:
                refuse(
                    self.path, f"nests its modules more than {DEPTH} deep, or has more than {MODULES:,}", "it is made to exhaust its reader"
                )
            state = state_of(made) or {}
            kind = str(made.of)
            known = first.setdefault(id(made), name)
            self.classes[name], self.objects[name] = kind, made
            arguments = self.code.constants(kind)
            self.modules[name] = Module(name, plain_class(kind), arguments, shared_with=known if known != name else None)
            self._tensors(name, state, self.code.buffers(kind), first_tensor)
            inner = [(f"{name}.{key}" if name else key, value, depth + 1) for key, value in state.items() if _is_object(value)]
            stack.extend(reversed(inner))

    def _tensors(self, name: str, state: Mapping[str, Any], buffers: set[str], first: dict[Any, str]) -> None:
        for key, value in state.items():
            tensor = self.tensors.of(value)
            if tensor is None:
                continue
            full = f"{name}.{key}" if name else key
            tied = first.setdefault((tensor.dtype, *tensor.place) if all(tensor.shape) else full, full)
            alias = tied if tied != full else None
            if key in buffers:
                self.buffers[full] = Buffer(full, tensor.shape, tensor.dtype, True, alias if alias in self.buffers else None)
            else:
                known = alias if alias in self.parameters else None
                self.parameters[full] = Parameter(full, tensor.shape, tensor.dtype, tensor.requires_grad, known)


def _is_object(value: Any) -> bool:
    return isinstance(value, Made) and str(value.of).startswith("__torch__.") and state_of(value) is not None


def _plain_state(made: Made) -> dict[str, Any]:
    """The attributes of a module that are plain values, and so decide the branches of its code."""
    return {key: value for key, value in (state_of(made) or {}).items() if isinstance(value, bool | int | float | str | list | type(None))}


def plain_class(kind: str) -> str:
    """The class as it was called in Python.

    >>> plain_class("__torch__.torch.nn.modules.linear.___torch_mangle_6.Linear")
    'torch.nn.modules.linear.Linear'
    """
    return ".".join(part for part in kind.split(".") if part != "__torch__" and not part.startswith("___torch_mangle"))
