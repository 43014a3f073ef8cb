"""TFLite: operators with their options, and tensors, from the FlatBuffer."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

from ..ir.architecture import Architecture, Assumption, Module, Parameter
from ..ir.architecture import Buffer as Constant
from ..ir.dtype import is_floating
from ..ir.graph import TensorType
from ..ir.unknown import Reason, Unknown
from .flatbuffer import Buffer, Table
from .onnx_tensors import KEPT, MASK, shortest
from .opening import read_whole, refuse
from .tflite_operators import ACTIVATIONS, OPERATORS, OPTIONS, PADDINGS
from .tree import facts
from .wiring import Output, Wiring

#: TFLite models are made for phones.
LARGEST = 1 << 30

_DTYPES = {
    0: "float32", 1: "float16", 2: "int32", 3: "uint8", 4: "int64", 5: "string", 6: "bool", 7: "int16", 8: "complex64", 9: "int8",
    10: "float64", 11: "complex128", 12: "uint64", 13: "resource", 14: "variant", 15: "uint32", 16: "uint16", 17: "int4", 18: "bfloat16",
}  # fmt: skip


def reads(path: Path, head: bytes) -> bool:
    """Whether it has TFLite's identifier."""
    return head[4:8] == b"TFL3"


def read(path: Path) -> Architecture:
    """The operators of the main graph in order."""
    model = Buffer(path, read_whole(path, LARGEST)).root()
    graphs = model.tables(2)
    if not graphs:
        refuse(path, "holds no graph", "it is no TFLite model")
    codes = [max(code.number(0, "<b"), code.number(3)) for code in model.tables(1)]
    custom = [code.text(1) for code in model.tables(1)]
    stored = model.tables(4)
    full = [buffer.length(0) > 0 or buffer.number(1, "<Q") > 1 for buffer in stored]
    graph = graphs[0]
    wiring = Wiring(path)
    tensors = [_tensor(tensor) for tensor in graph.tables(0)]
    names = _unique([name for name, _, _ in tensors])
    parameters: dict[str, Parameter] = {}
    buffers: dict[str, Constant] = {}
    makers: dict[int, int] = {}
    outside: dict[str, Parameter] = {}
    inputs: dict[str, Any] = {}
    for place in graph.numbers(1):
        makers[place] = wiring.add("placeholder", names[place], output=tensors[place][1])
        inputs[names[place]] = tensors[place][1]
    for place, (_, kind, buffer) in enumerate(tensors):
        if buffer < len(full) and full[buffer] and place not in makers:
            makers[place] = wiring.add("get_attr", names[place], output=kind)
            if is_floating(kind.dtype):
                parameters[names[place]] = Parameter(names[place], tuple(kind.shape), kind.dtype, trainable=False)
            else:
                buffers[names[place]] = Constant(names[place], tuple(kind.shape), kind.dtype)
            wiring.nodes[-1].attributes.update(_known(stored[buffer], kind))
    for operator in graph.tables(3):
        code = operator.number(0, "<I")
        if code >= len(codes):
            refuse(path, "uses an operator it does not list", "it is damaged")
        taken, given = operator.numbers(1), operator.numbers(2)
        kind = custom[code] if codes[code] == 32 else OPERATORS.get(codes[code], f"BUILTIN_{codes[code]}")
        types = tuple(tensors[place][1] for place in given if 0 <= place < len(tensors))
        index = wiring.add(
            "call_function", kind, [makers[place] for place in taken if place in makers], output=types[0] if len(types) == 1 else types,
            attributes=_options(kind, operator), arguments=[(str(n), names[p]) for n, p in enumerate(taken) if 0 <= p < len(names)],
            name=next((names[place] for place in given if 0 <= place < len(names)), ""),
        )  # fmt: skip
        makers.update({made: Output.of(index, number) if number else index for number, made in enumerate(given)})
        if kind == "READ_VARIABLE" and taken and given and 0 <= taken[0] < len(names) and isinstance(types[0], TensorType):
            outside[names[taken[0]]] = Parameter(names[taken[0]], tuple(types[0].shape), types[0].dtype)
    results = [place for place in graph.numbers(2) if 0 <= place < len(tensors)]
    outputs = tuple(tensors[place][1] for place in results)
    wiring.add("output", "output", [makers[p] for p in results if p in makers], output=outputs[0] if len(outputs) == 1 else outputs)
    said = [Assumption("constant tensors of real numbers are listed as parameters; kernels are OHWI, and BatchNorm is folded in")]
    if outside:
        said.append(Assumption(f"{len(outside)} variables are read while it runs: their values are not in this file"))
    return Architecture(
        target=str(path), framework="tflite", inputs=inputs, modules={"": Module("", "TFLite")}, parameters={**parameters, **outside},
        buffers=buffers, graph=wiring.graph(), outputs=outputs, assumptions=tuple(said),
        attributes=facts("TFLite", ("operations", "order"), slots=tuple(wiring.slots)),
    )  # fmt: skip


def _tensor(tensor: Table) -> tuple[str, TensorType, int]:
    """Name, type and buffer; a size of -1 in the signature is open."""
    shape, signature = tensor.numbers(0), tensor.numbers(7)
    open_size = Unknown(Reason.OUTSIDE, "a size the model leaves open")
    sides: list[Any] = [open_size if side < 0 else side for side in (signature or shape)]
    dtype = _DTYPES.get(tensor.number(1, "<b"), f"type{tensor.number(1, '<b')}")
    return tensor.text(3), TensorType(tuple(sides), dtype), tensor.number(2, "<I")


def _known(stored: Table, kind: TensorType) -> dict[str, Any]:
    """The elements of a constant of few whole numbers; a real one, where it is one number everywhere: others are weights."""
    form = {"int32": "i", "int64": "q", "float32": "f", "bool": "?"}.get(kind.dtype)
    sides = [side for side in kind.shape if type(side) is int]
    size = math.prod(sides)
    most = MASK if form == "?" else KEPT
    if form is None or len(sides) < len(kind.shape) or not 0 < size <= most or stored.length(0) != size * struct.calcsize(f"<{form}"):
        return {}
    values: list[Any] = list(struct.unpack(f"<{size}{form}", bytes(stored.numbers(0, "<B"))))
    if form == "f":
        values = [shortest(value) for value in values]
        if any(value != values[0] for value in values) and not any(value < -1e30 for value in values):
            return {}
    return {"value": values if sides else values[0]}


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    found: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found


def _options(kind: str, operator: Table) -> dict[str, Any]:
    """The settings of an operator, where its table of options is known."""
    table = operator.table(4)
    if table is None or kind not in OPTIONS:
        return {}
    found: dict[str, Any] = {}
    for slot, (name, form, default) in enumerate(OPTIONS[kind]):
        value = table.numbers(slot) if form == "[i" else table.text(slot) if form == "s" else table.number(slot, form, default)
        if name == "padding":
            value = PADDINGS.get(value, value)
        elif name == "fused_activation_function":
            value = ACTIVATIONS.get(value, value)
        found[name] = value
    return found
