"""One canonical text of an Architecture: a fact per line, in order, without places, so that two of them can be diffed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .architecture import Architecture, Module
from .graph import Record, TensorType
from .tensor import Tensor
from .unknown import Unknown


def to_text(architecture: Architecture) -> str:
    """The facts, one per line: inputs, modules, parameters, buffers, calls, outputs, and what is not known of them.

    >>> to_text(Architecture("net.py:Net", inputs={"x": TensorType((1, 3))}))
    'framework torch\\ninput x float32[1, 3]\\n'
    """
    return "".join(f"{line}\n" for line in lines(architecture))


def lines(architecture: Architecture) -> Iterator[str]:
    """The lines of `to_text`."""
    yield f"framework {architecture.framework}"
    for name, value in architecture.inputs.items():
        yield f"input {name} {value_text(value)}"
    for module in architecture.modules.values():
        yield _module(module)
    for parameter in architecture.parameters.values():
        frozen = "" if parameter.trainable else " frozen"
        yield f"parameter {parameter.name} {parameter.dtype}{_shape(parameter.shape)}{frozen}{_tied(parameter.tied_to)}"
    for buffer in architecture.buffers.values():
        transient = "" if buffer.persistent else " transient"
        yield f"buffer {buffer.name} {buffer.dtype}{_shape(buffer.shape)}{transient}{_tied(buffer.tied_to)}"
    for call in architecture.calls:
        arguments = [*map(value_text, call.inputs), *(f"{key}={value_text(value)}" for key, value in call.keywords.items())]
        yield f"call {call.module or '.'} ({', '.join(arguments)}) -> ({', '.join(map(value_text, call.outputs))})"
    if architecture.outputs is not None:
        yield f"output ({', '.join(map(value_text, architecture.outputs))})"
    yield from _remarks(architecture)


def value_text(value: Any) -> str:
    """A value exactly: tensors as ``float32[1, 3]``, containers as Python writes them, the unknown with its reason.

    >>> value_text({"out": TensorType((1, 21)), "aux": None})
    "{'out': float32[1, 21], 'aux': None}"
    """
    if isinstance(value, Unknown):
        return f"?{value.reason.id}"
    if isinstance(value, Tensor):
        return f"{value.dtype}{_shape(tuple(value.shape))}"
    if isinstance(value, TensorType):
        return f"{value.dtype}{_shape(value.shape)}"
    if isinstance(value, Record):
        return f"{value.type}({', '.join(f'{key}={value_text(item)}' for key, item in value.fields.items())})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key!r}: {value_text(item)}' for key, item in value.items())}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(value_text, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    return repr(value)


def _module(module: Module) -> str:
    arguments = ", ".join(f"{key}={value_text(value)}" for key, value in module.arguments.items())
    inbound = f" after ({', '.join(module.inbound)})" if module.inbound is not None else ""
    shapes = f" -> {value_text(module.output_shapes)}" if module.output_shapes is not None else ""
    frozen = "" if module.trainable else " frozen"
    shared = f" = {module.shared_with or '.'}" if module.shared_with is not None else ""
    return f"module {module.name or '.'} {module.type}({arguments}){shapes}{inbound}{frozen}{shared}"


def _remarks(architecture: Architecture) -> Iterator[str]:
    for unknown in architecture.unknown:
        yield f"unknown {unknown.reason.id} {unknown.detail}".rstrip()
    for assumption in architecture.assumptions:
        yield f"assumed {assumption.message}"
    for diagnostic in architecture.diagnostics:
        yield f"{diagnostic.severity} {diagnostic.code} {diagnostic.message}"
    for alternative in architecture.alternatives:
        yield f"alternative {alternative.condition}"
        yield from (f"  {line}" for line in lines(alternative.architecture))


def _shape(shape: tuple[Any, ...] | None) -> str:
    return "[?]" if shape is None else f"[{', '.join('?' if isinstance(size, Unknown) else str(size) for size in shape)}]"


def _tied(name: str | None) -> str:
    return f" = {name}" if name is not None else ""
