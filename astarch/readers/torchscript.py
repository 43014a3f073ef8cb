"""TorchScript: the object graph from its pickle, and the forward from its code, which is a small Python that is read, never run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ReadError
from ..ir.architecture import Architecture, Buffer, Module, Parameter
from ..ir.dtype import bits
from ..ir.graph import TensorType
from ..source.script import script
from .archives import Archive, opened_archive, root_of
from .onnx_tensors import MASK, elements
from .opening import refuse
from .pickle_machine import Made
from .pickle_safety import checked_pickle
from .pickled_modules import DEPTH, MODULES, state_of
from .pickled_tensors import StoredTensor, Tensors
from .torchscript_code import Code, Flow
from .tree import facts

#: How much code is read, and how many names and values it may be written with: parsed, each takes a thousand times its own byte.
CODE = 4 << 20
MARKS = 400_000
#: How many bytes of small tensors are read in all.
SMALL = 1 << 20


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
        constants = _constants(path, archive, root)
        for other in archive.ending(".pkl"):
            if other != f"{root}data.pkl" and not other.endswith(".debug_pkl"):
                checked_pickle(path, archive.read(other), what=f"in `{other}` ")
        start = f"{root}code/"
        names = [name for name in archive if name.startswith(start) and name.endswith(".py")]
        if sum(archive.sizes[name] for name in names) > CODE:
            refuse(path, f"holds more than {CODE:,} bytes of code", "it is made to exhaust its reader")
        contents = _small(archive, stored)
        texts = {name[len(start) : -3].replace("/", "."): archive.read(name).decode("utf-8", "replace") for name in names}
    if sum(text.count(mark) for text in texts.values() for mark in "(,=.\n[-+*") > MARKS:
        refuse(path, f"holds code of more than {MARKS:,} names and values", "it is made to exhaust its reader")
    return _Reader(path, pickled.value, Tensors(path, sizes), _parsed(path, texts), contents, constants).architecture()


def _small(archive: Archive, folder: str) -> dict[str, bytes]:
    """The storages of few elements, as far as all of them together are small."""
    found: dict[str, bytes] = {}
    left = SMALL
    for name, size in archive.sizes.items():
        if name.startswith(folder) and size <= 8 * MASK and size <= left:
            found[name[len(folder) :]] = archive.read(name)
            left -= size
    return found


def _elements(tensor: StoredTensor, contents: Mapping[str, bytes]) -> list[Any] | None:
    """What is in a tensor, where it is small and lies as it is."""
    if len(tensor.place) != 4 or tensor.place[1] != 0 or tensor.place[0] not in contents:
        return None
    raw = contents[tensor.place[0]][: math.prod(tensor.shape) * bits(tensor.dtype) // 8]
    return elements(raw, tensor.dtype, list(tensor.shape), list(tensor.place[3]))


def _constants(path: Path, archive: Archive, root: str) -> list[Any]:
    """The constants of the code that are one number each; None for others."""
    made = checked_pickle(path, archive.read(f"{root}constants.pkl"), what="in `constants.pkl` ").value
    folder = f"{root}constants/"
    sizes = {name[len(folder) :]: size for name, size in archive.sizes.items() if name.startswith(folder)}
    tensors, contents, found = Tensors(path, sizes), _small(archive, folder), list[Any]()
    for item in made if isinstance(made, tuple) else ():
        tensor = tensors.of(item)
        values = _elements(tensor, contents) if tensor is not None and not tensor.shape else None
        found.append(values[0] if values else None)
    return found


def _parsed(path: Path, texts: Mapping[str, str]) -> Code:
    try:
        return Code({name: script(text) for name, text in texts.items()})
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ReadError(f"`{path}` holds code that cannot be read: {error}", "it is damaged") from error


class _Reader:
    def __init__(self, path: Path, root: Any, tensors: Tensors, code: Code, contents: Mapping[str, bytes], constants: list[Any]) -> None:
        self.path, self.root, self.tensors, self.code, self.contents, self.constants = path, root, tensors, code, contents, constants
        self.values: dict[str, list[Any]] = {}
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
        flow = Flow(self.path, self.code, self.classes, states, types, self._lists(), self.constants)
        outputs = flow.run()
        return Architecture(
            target=str(self.path), framework="torch", inputs=flow.inputs, modules=self.modules, parameters=self.parameters,
            buffers=self.buffers, graph=flow.wiring.graph(), outputs=outputs,
            attributes=facts(
                "TorchScript", ("names", "shapes", "dtypes", "ties", "kinds", "trained", "modules", "types", "arguments", "operations", "order"),
                given=flow.given, returned=flow.returned, known=self.values,
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

    def _keep(self, name: str, tensor: StoredTensor) -> None:
        """The elements of a small buffer: one that is made when the model is built is not saved by name elsewhere."""
        values = _elements(tensor, self.contents)
        if values is not None:
            self.values[name] = values

    def _lists(self) -> dict[str, list[str]]:
        """The attributes that are lists of a module's own tensors: the names of these."""
        found: dict[str, list[str]] = {}
        for name, made in self.objects.items():
            start = f"{name}." if name else ""
            own = {self._place(value): f"{start}{key}" for key, value in reversed((state_of(made) or {}).items())}
            for key, value in (state_of(made) or {}).items():
                items = value.args[0] if isinstance(value, Made) and len(value.args or ()) == 1 else value  # a list of tensors is built
                if isinstance(items, list) and items and all(self._place(item) in own for item in items):
                    found[f"{start}{key}"] = [own[self._place(item)] for item in items]
        return {name: names for name, names in found.items() if all(one in self.parameters or one in self.buffers for one in names)}

    def _place(self, value: Any) -> Any:
        """Where the elements of a tensor stand in the file."""
        tensor = self.tensors.of(value)
        return (tensor.dtype, *tensor.place) if tensor is not None else None

    def _tensors(self, name: str, state: Mapping[str, Any], buffers: set[str], first: dict[Any, str]) -> None:
        for key, value in state.items():
            tensor = self.tensors.of(value)
            if tensor is None:
                continue
            full = f"{name}.{key}" if name else key
            tied = first.setdefault((tensor.dtype, *tensor.place) if all(tensor.shape) else full, full)
            alias = tied if tied != full else None
            if key in buffers:
                self._keep(full, tensor)
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
