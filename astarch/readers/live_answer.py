"""From the answer of a live model to an `Architecture`."""

from __future__ import annotations

from typing import Any

from ..ir.architecture import Architecture, Assumption, Buffer, Call, Module, Parameter
from ..ir.graph import Record, TensorType

#: What it is called beside the source.
LIVE = "the live model"

#: What a live model shows; the operations between its modules are not recorded.
_TORCH = ("exact", "names", "shapes", "dtypes", "ties", "kinds", "trained", "unsaved", "modules", "types", "arguments")
_KERAS = ("exact", "names", "shapes", "dtypes", "trained", "modules", "types", "layers")


def architecture_of(answer: Any) -> Architecture:
    """What a live model said, as an `Architecture`.

    >>> architecture_of({"framework": "keras", "modules": [], "parameters": [], "buffers": []}).target
    'the live model'
    """
    framework = str(answer["framework"])
    ran = "outputs" in answer
    holds = _TORCH if framework == "torch" else _KERAS
    return Architecture(
        target=LIVE,
        framework=framework,
        inputs={str(name): value_of(value) for name, value in answer.get("inputs", ())},
        modules={str(row["name"]): _module(row) for row in answer["modules"]},
        parameters={
            str(row[0]): Parameter(str(row[0]), _shape(row[1]), str(row[2]), bool(row[3]), _text(row[4])) for row in answer["parameters"]
        },
        buffers={str(row[0]): Buffer(str(row[0]), _shape(row[1]), str(row[2]), bool(row[3]), _text(row[4])) for row in answer["buffers"]},
        calls=tuple(_call(row) for row in answer.get("calls", ())),
        outputs=(value_of(answer["outputs"]),) if ran else None,
        assumptions=_assumptions(answer, ran),
        attributes={
            "format": f"{'torch' if framework == 'torch' else 'Keras'} {answer.get('version', '')}".rstrip(),
            "holds": (*holds, "calls") if framework == "torch" and ran else holds,
        },
    )


def _module(row: Any) -> Module:
    shapes, inbound = row.get("shapes"), row.get("inbound")
    return Module(
        str(row["name"]),
        str(row["type"]),
        {str(name): value_of(value) for name, value in row["arguments"].items()},
        shared_with=_text(row["shared"]),
        output_shapes=None if shapes is None else tuple(tuple(shape) for shape in shapes),
        inbound=None if inbound is None else tuple(map(str, inbound)),
    )


def _call(row: Any) -> Call:
    name, given, keywords, result, depth = row
    return Call(
        str(name),
        tuple(map(value_of, given)),
        {str(key): value_of(value) for key, value in keywords.items()},
        (value_of(result),),
        depth=int(depth),
    )


def _assumptions(answer: Any, ran: bool) -> tuple[Assumption, ...]:
    if not ran:
        return (Assumption("the live model was built, not called: no input was given"),)
    if answer.get("device") == "meta":
        return ()
    return (Assumption("the live model was called once, on the CPU, with arbitrary numbers: what depends on them may differ"),)


def _shape(value: Any) -> tuple[int, ...] | None:
    return None if value is None else tuple(int(side) for side in value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def value_of(value: Any) -> Any:
    """A value that came as JSON.

    >>> str(value_of({"$": "tensor", "shape": [2, 3], "dtype": "float32"}))
    'float32[2, 3]'
    """
    if isinstance(value, list):
        return [value_of(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value["$"]
    if kind == "tensor":
        return TensorType(tuple(value["shape"]), str(value["dtype"]))
    if kind == "tuple":
        return tuple(value_of(item) for item in value["items"])
    if kind == "dict":
        return {str(key): value_of(item) for key, item in value["items"].items()}
    return Record(str(value["type"]), {str(key): value_of(item) for key, item in value["fields"].items()})
