"""ONNX: the graph with functions put in place, initializers by name, and the modules that exporters leave in names."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..ir.architecture import Architecture, Assumption, Buffer, Module, Parameter
from ..ir.dtype import is_floating
from ..ir.graph import TensorType
from .onnx_tensors import KEPT, MASK, attribute_value, tensor_type, tensor_value, value_type
from .opening import refuse, size_of
from .tree import facts, parents
from .wire import Message, Source, varint
from .wiring import Output, Wiring

#: How deep functions call one another and subgraphs nest.
DEPTH = 40

#: How many bytes of a tensor are looked at: those that begin otherwise do not share their elements.
START = 64

_LISTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_SCOPES, _CLASSES, _TRACE = "pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy", "pkg.torch.onnx.stack_trace"

#: What an exporter leaves out because it is the operator's default.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "Conv": {"auto_pad": "NOTSET", "group": 1},
    "ConvTranspose": {"auto_pad": "NOTSET", "group": 1},
    "MaxPool": {"auto_pad": "NOTSET", "ceil_mode": 0, "storage_order": 0},
    "AveragePool": {"auto_pad": "NOTSET", "ceil_mode": 0, "count_include_pad": 0},
    "Gemm": {"alpha": 1.0, "beta": 1.0, "transA": 0, "transB": 0},
    "BatchNormalization": {"epsilon": 1e-05, "momentum": 0.9, "training_mode": 0},
    "LayerNormalization": {"axis": -1, "epsilon": 1e-05, "stash_type": 1},
    "LeakyRelu": {"alpha": 0.01},
    "Elu": {"alpha": 1.0},
    "Gelu": {"approximate": "none"},
    "Softmax": {"axis": -1},
    "LogSoftmax": {"axis": -1},
    "LSTM": {"direction": "forward", "layout": 0},
    "GRU": {"direction": "forward", "layout": 0, "linear_before_reset": 0},
    "RNN": {"direction": "forward", "layout": 0},
    "Flatten": {"axis": 1},
}


def reads(path: Path, head: bytes) -> bool:
    """Whether it begins as a ModelProto does: with the version of the format, or with its producer; it has no magic number."""
    if path.suffix == ".onnx":
        return True
    if head[:1] != b"\x08":
        return False
    try:
        version, at = varint(head, 1)
        return 1 <= version <= 100 and head[at : at + 1] in (b"\x12", b"\x1a", b"\x42", b"\x3a")
    except IndexError:
        return False


def read(path: Path) -> Architecture:
    """The graph, with initializers as parameters."""
    with path.open("rb") as file:
        source = Source(path, file)
        model = Message(source, None, 0, size_of(path))
        if not model.has(7):
            refuse(path, "holds no graph", "it is no ONNX model, or only a part of one")
        return _Reader(path, model).architecture()


class _Scope:
    """Values of one graph or function body: their names mean what they mean here, else what they mean outside."""

    def __init__(self, prefix: str, given: dict[str, int | None], attributes: Mapping[str, Any], module: str = "") -> None:
        self.prefix, self.values, self.attributes, self.module = prefix, given, attributes, module


class _Reader:
    def __init__(self, path: Path, model: Message) -> None:
        self.path, self.model = path, model
        self.graph = model.message(7)
        self.wiring = Wiring(path)
        self.types: dict[str, Any] = {}
        self.modules: dict[str, Module] = {}
        self.functions = {(item.text(10), item.text(1)): item for item in model.messages(25)}
        self.unplaced = 0
        self.starts: dict[str, bytes] = {}

    def architecture(self) -> Architecture:
        graph = self.graph
        producer = self.model.text(2)
        self.modules[""] = Module("", "onnx")
        parameters, buffers = self._initializers(graph)
        inputs = {
            info.text(1): value_type(info) for info in graph.messages(11) if info.text(1) not in parameters and info.text(1) not in buffers
        }
        scope = _Scope("", {}, {})
        self._body(graph, scope, 0)
        outputs = [info.text(1) for info in graph.messages(12)]
        stated = tuple(value_type(info) for info in graph.messages(12))
        self.wiring.add("output", "output", self._sources(outputs, scope), output=stated[0] if len(stated) == 1 else stated)
        opset = {entry.text(1) or "ai.onnx": entry.number(2) for entry in self.model.messages(8)}
        said = [Assumption("initializers of real numbers are listed as parameters, others as buffers: ONNX does not tell them apart")]
        if self.unplaced:
            said.append(Assumption(f"{self.unplaced} tensors have their data in other files, which are not opened"))
        return Architecture(
            target=str(self.path), framework="onnx", inputs=inputs, modules=self.modules, parameters=parameters, buffers=buffers,
            graph=self.wiring.graph(), outputs=stated, assumptions=tuple(said),
            attributes=facts("ONNX", ("operations", "order"), producer=f"{producer} {self.model.text(3)}".strip(), opset=opset,
                             slots=tuple(self.wiring.slots), starts=self.starts),
        )  # fmt: skip

    def _initializers(self, graph: Message) -> tuple[dict[str, Parameter], dict[str, Buffer]]:
        parameters: dict[str, Parameter] = {}
        buffers: dict[str, Buffer] = {}
        for tensor in graph.messages(5):
            name, kind = tensor.text(8), tensor_type(tensor)
            if name in parameters or name in buffers:
                refuse(self.path, f"has two initializers named `{name[:80]}`", "readers disagree about which one counts")
            self.unplaced += tensor.number(14) == 1
            if tensor.has(9):
                self.starts[name] = tensor.message(9).begin(START)
            if is_floating(kind.dtype):
                parameters[name] = Parameter(name, kind.shape, kind.dtype)
            else:
                buffers[name] = Buffer(name, kind.shape, kind.dtype)
        for sparse in graph.messages(15):
            tensor = sparse.message(1)
            parameters[tensor.text(8)] = Parameter(tensor.text(8), tuple(sparse.numbers(3)), tensor_type(tensor).dtype)
        return parameters, buffers

    # --- bodies -----------------------------------------------------------------------------------------------------

    def _body(self, graph: Message, scope: _Scope, depth: int) -> list[int]:
        """Everything a graph holds; the makers of its outputs."""
        if depth > DEPTH:
            refuse(self.path, f"nests its graphs or functions more than {DEPTH} deep", "it is made to exhaust its reader")
        for info in (*graph.messages(13), *graph.messages(12), *graph.messages(11)):
            self.types[scope.prefix + info.text(1)] = value_type(info)
        weights = {tensor.text(8): tensor for tensor in graph.messages(5)}
        for name, tensor in weights.items():
            kind = tensor_type(tensor)
            square = is_floating(kind.dtype) and kind.shape[-1:] * 2 == kind.shape[-2:] and kind.shape[-1:] > (1,)
            most = MASK if square else KEPT
            value = tensor_value(tensor, most) if not is_floating(kind.dtype) or math.prod(kind.shape) <= most else kind
            mask = isinstance(value, list) and any(item < -1e30 for item in value if isinstance(item, float))
            if is_floating(kind.dtype) and isinstance(value, list) and not mask and any(item != value[0] for item in value):
                value = kind if "." in name or len(value) > 8 else value  # weights are not settings; the same number everywhere may be one
            known = {} if value is kind or isinstance(value, TensorType) else {"value": value}
            scope.values[name] = self.wiring.add("get_attr", name, output=kind, module=scope.module, attributes=known)
        for info in graph.messages(11):
            name = info.text(1)
            if name not in weights:
                scope.values[name] = self.wiring.add("placeholder", name, output=self.types[scope.prefix + name], module=scope.module)
        for node in graph.messages(1):
            self._node(node, scope, depth)
        return self._sources([info.text(1) for info in graph.messages(12)], scope)

    def _sources(self, names: list[str], scope: _Scope) -> list[int]:
        return [index for name in names if name and (index := scope.values.get(name)) is not None]

    def _node(self, node: Message, scope: _Scope, depth: int) -> None:
        function = self.functions.get((node.text(7), node.text(4)))
        properties = {entry.text(1): entry.text(2) for entry in node.messages(9)}
        module = self._module(node, properties) or scope.module
        inputs, outputs = node.texts(1), node.texts(2)
        attributes: dict[str, Any] = {}
        bodies: list[int] = []
        for attribute in node.messages(5):
            name, given = attribute.text(1), attribute.text(21)
            if given:
                if given in scope.attributes:
                    attributes[name] = scope.attributes[given]
            elif attribute.number(20) in (5, 10):
                for graph in (*attribute.messages(6), *attribute.messages(11)):
                    inner = _Scope(f"{scope.prefix}{node.text(3) or outputs[:1]}/", dict(scope.values), scope.attributes, module)
                    before = len(self.wiring.nodes)
                    bodies += self._body(graph, inner, depth + 1)
                    attributes[name] = f"nodes {before} to {len(self.wiring.nodes) - 1}"
            else:
                attributes[name] = attribute_value(attribute)
        if function is not None:
            self._call(function, node, _Scope(f"{scope.prefix}{node.text(3)}/", {}, attributes, module), scope, depth)
            return
        domain, kind = node.text(7), node.text(4)
        if domain in ("", "ai.onnx"):
            attributes = {**attributes, **{name: value for name, value in DEFAULTS.get(kind, {}).items() if name not in attributes}}
        if kind == "Constant" and outputs and self.types.get(scope.prefix + outputs[0]) is None:
            value = next((item.message(5) for item in node.messages(5) if item.text(1) == "value"), None)
            if value is not None:
                self.types[scope.prefix + outputs[0]] = tensor_type(value)
        stated = [self.types.get(scope.prefix + name) for name in outputs if name]
        index = self.wiring.add(
            "call_function", kind if domain in ("", "ai.onnx") else f"{domain}.{kind}", [*self._sources(inputs, scope), *bodies],
            output=stated[0] if len(stated) == 1 else tuple(stated), attributes=attributes, module=module,
            arguments=[(str(place), name) for place, name in enumerate(inputs) if name],
            name=node.text(3) or next(filter(None, outputs), ""),
        )  # fmt: skip
        for place, name in enumerate(outputs):
            scope.values[name] = Output.of(index, place) if place else index

    def _call(self, function: Message, node: Message, inner: _Scope, outer: _Scope, depth: int) -> None:
        """A function's body in place of its call."""
        if depth > DEPTH:
            refuse(self.path, f"has functions that call one another more than {DEPTH} deep", "it is made to exhaust its reader")
        for parameter, name in zip(function.texts(4), node.texts(1), strict=False):
            inner.values[parameter] = outer.values.get(name)
        for attribute in function.messages(11):
            inner.attributes = {attribute.text(1): attribute_value(attribute), **inner.attributes}
        for info in function.messages(12):
            self.types[inner.prefix + info.text(1)] = value_type(info)
        for step in function.messages(7):
            self._node(step, inner, depth + 1)
        for result, name in zip(function.texts(5), node.texts(2), strict=False):
            outer.values[name] = inner.values.get(result)

    # --- modules ----------------------------------------------------------------------------------------------------

    def _module(self, node: Message, properties: dict[str, str]) -> str:
        """The module a node ran in, as its exporter wrote it: properties (dynamo) or the path in its name (legacy)."""
        if _SCOPES in properties:
            names = _list(properties[_SCOPES])[:-1]
            types = _list(properties.get(_CLASSES, ""))[:-1]
            for name, kind in zip(names, types or [""] * len(names), strict=False):
                if name not in self.modules or (not self.modules[name].type) or (not name and self.modules[name].type == "onnx"):
                    self._keep(name, kind)
            return names[-1] if names else ""
        name = node.text(3)
        if not name.startswith("/") or "pytorch" not in self.model.text(2):
            return ""
        path: list[str] = []
        for part in name.split("/")[1:-1]:
            if path and part.startswith(f"{path[-1]}."):
                path[-1] = part
            else:
                path.append(part)
        found = ".".join(path)
        if found and found not in self.modules:
            self._keep(found, "")
        return found

    def _keep(self, name: str, kind: str) -> None:
        if len(name) > 1_000 or len(self.modules) > 50_000:
            refuse(self.path, "names more modules, or longer ones, than any model has", "it is made to exhaust its reader")
        for parent in parents(f"{name}.x"):
            self.modules.setdefault(parent, Module(parent, ""))
        self.modules[name] = Module(name, kind)


def _list(text: str) -> list[str]:
    """The texts of a Python list of them.

    >>> _list("['', 'block1', 'block1.0']")
    ['', 'block1', 'block1.0']
    """
    return [one or other for one, other in _LISTED.findall(text[:20_000])]
