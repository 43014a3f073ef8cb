"""An Architecture as JSON: the contract with other programs, versioned, described by ``schema.json`` beside this file.

Sizes are numbers, or formulas as text. What is not known is null, and an entry under ``unknown`` names the reason and, in
``fields``, points at every such null (JSON Pointer). Values of calls: a tensor is the list of its sizes; other values are
``{"list": []}``, ``{"tuple": []}``, ``{"dict": {}}``, ``{"obj": class, "fields": {}}``, and scalars texts such as ``"int=3"``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from ..ir.architecture import Architecture, Buffer, Call, Module, Parameter
from ..ir.diagnostic import Diagnostic
from ..ir.dim import Dim
from ..ir.graph import Node, Record, TensorType
from ..ir.inference import Inference
from ..ir.span import Span
from ..ir.tensor import Tensor
from ..ir.unknown import Unknown
from .notation import plain_text

#: Grows when a key changes its meaning or goes.
SCHEMA = 1


def to_json(architecture: Architecture, *, version: str = "", indent: bool = True) -> str:
    """The report as text: one line per module, parameter, call ... so that two of them can be diffed; or all on one line."""
    data = to_data(architecture, version=version)
    return (_lined(data) if indent else json.dumps(data, ensure_ascii=False, separators=(",", ":"))) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of the report."""
    return json.loads(resources.files(__name__.rpartition(".")[0]).joinpath("schema.json").read_text(encoding="utf-8"))


def to_data(architecture: Architecture, *, version: str = "") -> dict[str, Any]:
    """The report as dicts, lists, texts, numbers, booleans and None.

    >>> to_data(Architecture("net.py:Net"))["parameter_count"]
    0
    """
    write = _Writer()
    keras = architecture.framework == "keras"
    saved = "format" in architecture.attributes
    uncounted = architecture.attributes.get("uncounted")
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "astarch": version,
        "target": architecture.target,
        "framework": architecture.framework,
        "inputs": {name: write.input(value, f"/inputs/{_escaped(name)}") for name, value in architecture.inputs.items()},
        "modules": [write.module(module, place, keras) for place, module in enumerate(architecture.modules.values())],
        "parameters": [write.parameter(item, place) for place, item in enumerate(architecture.parameters.values())],
        "buffers": [write.buffer(item, place) for place, item in enumerate(architecture.buffers.values())],
        "calls": [write.call(call, place) for place, call in enumerate(architecture.calls)],
        "graph": {"nodes": [write.node(node, place, saved) for place, node in enumerate(architecture.graph)]},
        "outputs": write.values(architecture.outputs, "/outputs") if architecture.outputs is not None else None,
        "output_dtypes": dtypes(architecture.outputs),
        "parameter_count": size_data(architecture.parameter_count),
        "listed_parameter_count": size_data(architecture.listed_parameter_count),
        "trainable_count": size_data(architecture.trainable_count),
        "bytes": {dtype: size_data(count) for dtype, count in architecture.bytes.items()},
        "macs": size_data(architecture.macs) if uncounted is None else write.argument(uncounted, "/macs"),
        "activation_bytes": size_data(architecture.activation_bytes),
        "flops": size_data(2 * architecture.macs) if uncounted is None else write.argument(uncounted, "/flops"),
    }
    if saved:
        data["artifact"] = artifact_data(architecture.attributes)
    data["unknown"] = write.unknown(architecture.unknown)
    data["assumptions"] = [{"message": item.message, "at": place_data(item.span)} for item in architecture.assumptions]
    data["requirements"] = [{"fact": str(item.fact), "at": place_data(item.span)} for item in architecture.requirements]
    if architecture.inference is not None:
        data["inference"] = inference_data(architecture.inference)
    data["diagnostics"] = [diagnostic_data(finding) for finding in architecture.diagnostics]
    data["alternatives"] = [
        {"condition": other.condition, "at": place_data(other.span), "architecture": to_data(other.architecture, version=version)}
        for other in architecture.alternatives
    ]
    return data


def size_data(size: Any) -> int | str | None:
    """A number as it is, a formula as text."""
    if size is None or isinstance(size, Unknown):
        return None
    return size if isinstance(size, int) else str(size)


def place_data(span: Span) -> dict[str, Any] | None:
    """A place; null when no source says it."""
    return dict(span._asdict()) if span.line else None


def diagnostic_data(finding: Diagnostic) -> dict[str, Any]:
    """A finding."""
    fix = finding.fix
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message,
        "module": finding.module,
        "at": place_data(finding.span),
        "notes": [{"message": note.message, "at": place_data(note.span)} for note in finding.notes],
        "help": finding.help,
        "fix": fix and {"title": fix.title, "safe": fix.safe, "edits": [{"at": place_data(e.span), "text": e.text} for e in fix.edits]},
        "assumptions": list(finding.assumptions),
    }


@dataclass(slots=True)
class _Writer:
    """Writes values and remembers where it wrote null for what is not known."""

    lost: list[tuple[str, Unknown]] = field(default_factory=list["tuple[str, Unknown]"])

    def shape(self, shape: Any, path: str) -> list[Any] | None:
        if shape is None:
            return None
        for place, size in enumerate(shape):
            if isinstance(size, Unknown):
                self.lost.append((f"{path}/{place}", size))
        return [size_data(size) for size in shape]

    def value(self, value: Any, path: str) -> Any:
        """A value of a call."""
        if isinstance(value, TensorType | Tensor):
            return self.shape(value.shape, path)
        if isinstance(value, Unknown):
            self.lost.append((path, value))
            return None
        if isinstance(value, Record):
            return {"obj": value.type, "fields": self.items(value.fields, f"{path}/fields")}
        if isinstance(value, Mapping):
            return {"dict": self.items(value, f"{path}/dict")}
        if isinstance(value, tuple):
            return {"tuple": self.values(value, f"{path}/tuple")}
        if isinstance(value, list):
            return {"list": self.values(value, f"{path}/list")}
        return scalar_data(value)

    def values(self, values: Any, path: str) -> list[Any]:
        return [self.value(value, f"{path}/{place}") for place, value in enumerate(values)]

    def items(self, values: Mapping[Any, Any], path: str) -> dict[str, Any]:
        return {str(key): self.value(value, f"{path}/{_escaped(str(key))}") for key, value in values.items()}

    def input(self, value: Any, path: str) -> Any:
        """What the forward was given: a tensor with its element type, anything else as in a call."""
        if isinstance(value, TensorType | Tensor):
            return {"shape": self.shape(value.shape, f"{path}/shape"), "dtype": value.dtype}
        return {"value": self.value(value, f"{path}/value"), "dtypes": dtypes(value)}

    def argument(self, value: Any, path: str) -> Any:
        """What a constructor was given: JSON's own values as they are, anything else by its name."""
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, float):
            return value if value - value == 0 else str(value)
        if isinstance(value, Unknown):
            self.lost.append((path, value))
            return None
        if isinstance(value, tuple | list):
            return [self.argument(item, f"{path}/{place}") for place, item in enumerate(value)]
        if isinstance(value, Mapping):
            return {str(key): self.argument(item, f"{path}/{_escaped(str(key))}") for key, item in value.items()}
        return str(value) if isinstance(value, Dim) else plain_text(value)

    def module(self, module: Module, place: int, keras: bool) -> dict[str, Any]:
        path = f"/modules/{place}"
        data: dict[str, Any] = {
            "name": module.name,
            "type": module.type,
            "arguments": {name: self.argument(value, f"{path}/arguments/{_escaped(name)}") for name, value in module.arguments.items()},
            "defined_at": place_data(module.defined_at),
            "class_at": place_data(module.class_at),
        }
        if module.shared_with is not None:
            data["shared_with"] = module.shared_with
        if module.output_shapes is not None:
            shapes = enumerate(module.output_shapes)
            data["output_shapes"] = [self.shape(shape, f"{path}/output_shapes/{number}") for number, shape in shapes]
        if module.inbound is not None:
            data["inbound"] = list(module.inbound)
        if keras:
            data["trainable"] = module.trainable
        return {**data, **_times(module)}

    def parameter(self, parameter: Parameter, place: int) -> dict[str, Any]:
        return self.held(parameter, f"/parameters/{place}/shape", "trainable", parameter.trainable)

    def buffer(self, buffer: Buffer, place: int) -> dict[str, Any]:
        return self.held(buffer, f"/buffers/{place}/shape", "persistent", buffer.persistent)

    def held(self, item: Parameter | Buffer, path: str, word: str, answer: bool) -> dict[str, Any]:
        data: dict[str, Any] = {"name": item.name, "shape": self.shape(item.shape, path), "dtype": item.dtype, word: answer}
        if item.tied_to is not None:
            data["tied_to"] = item.tied_to
        if item.at.line:
            data["at"] = place_data(item.at)
        return {**data, **_times(item)}

    def call(self, call: Call, place: int) -> dict[str, Any]:
        path = f"/calls/{place}"
        data: dict[str, Any] = {"module": call.module, "inputs": self.values(call.inputs, f"{path}/inputs")}
        if call.keywords:
            data["keywords"] = self.items(call.keywords, f"{path}/keywords")
        data["outputs"] = self.values(call.outputs, f"{path}/outputs")
        data["dtypes"] = {
            "inputs": dtypes(call.inputs),
            **({"keywords": dtypes(call.keywords)} if call.keywords else {}),
            "outputs": dtypes(call.outputs),
        }
        return {**data, "at": place_data(call.at), "macs": size_data(call.macs), "depth": call.depth, **_times(call)}

    def node(self, node: Node, place: int, saved: bool) -> dict[str, Any]:
        data = {
            "index": node.index,
            "op": node.op,
            "target": node.target,
            "inputs": list(node.inputs),
            "arguments": [list(pair) for pair in node.arguments],
            "output": self.value(node.output, f"/graph/nodes/{place}/output"),
            "dtypes": dtypes(node.output),
            "module": node.module,
            "at": place_data(node.at),
            "macs": size_data(node.macs),
            **_times(node),
        }
        if saved and node.name:
            data["name"] = node.name
        if saved and node.attributes:
            path = f"/graph/nodes/{place}/attributes"
            data["attributes"] = {name: self.argument(value, f"{path}/{_escaped(name)}") for name, value in node.attributes.items()}
        return data

    def unknown(self, stated: tuple[Unknown, ...]) -> list[dict[str, Any]]:
        """What is not known, stated or met, each once, with the nulls it explains."""
        entries: dict[tuple[Any, str, Span], dict[str, Any]] = {}
        for path, item in [*(("", item) for item in stated), *self.lost]:
            entry = entries.setdefault(
                (item.reason, item.detail, item.span),
                {
                    "reason": item.reason.id,
                    "explanation": item.reason.explanation,
                    "hint": item.reason.hint,
                    "detail": item.detail,
                    "at": place_data(item.span),
                    "fields": [],
                },
            )
            if path:
                entry["fields"].append(path)
        return list(entries.values())


def artifact_data(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What a saved model is: its format, what wrote it, and what it can confirm."""
    write = _Writer()
    kept = {name: attributes[name] for name in ("format", "producer", "opset", "signature", "version", "under") if attributes.get(name)}
    return {**{name: write.argument(value, "") for name, value in kept.items()}, "holds": list(attributes.get("holds", ()))}


def _times(item: Module | Parameter | Buffer | Call | Node) -> dict[str, Any]:
    """For how many it stands, when that is a formula or was one."""
    return {} if isinstance(item.times, int) and item.times == 1 else {"times": size_data(item.times)}


def inference_data(inference: Inference) -> dict[str, Any]:
    """How an input was worked out."""
    return {
        "inputs": dict(inference.inputs),
        "told_by": inference.told_by,
        "equations": [{"fact": str(one.fact), "module": one.module, "at": place_data(one.span)} for one in inference.equations],
        "answers": [dict(answer) for answer in inference.answers],
        "steps": [{"module": step.module, "shape": [size_data(size) for size in step.shape]} for step in inference.steps],
    }


def scalar_data(value: Any) -> Any:
    """A scalar as ``"int=3"``; None is null; any other object is its class."""
    if value is None:
        return None
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return f"{kind.__name__}={value}"
    return f"int={value}" if isinstance(value, Dim) else plain_text(value)


def dtypes(value: Any) -> list[str]:
    """The element types of the tensors in a value, in order.

    >>> dtypes([TensorType((1, 3)), {"ids": TensorType((1, 7), "int64")}])
    ['float32', 'int64']
    """
    return list(_dtypes(value))


def _dtypes(value: Any) -> Iterator[str]:
    if isinstance(value, TensorType | Tensor):
        yield value.dtype
    elif isinstance(value, Record):
        yield from _dtypes(value.fields)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _dtypes(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _dtypes(item)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _lined(data: dict[str, Any], margin: str = "") -> str:
    """Indented where it helps: a line per key, and a line per entry of a list."""
    lines: list[str] = []
    for key, value in data.items():
        nested = key == "graph" or (key == "alternatives" and value)
        lines.append(f"{margin}  {json.dumps(key)}: {_entries(value, margin + '  ') if not nested else _nested(key, value, margin + '  ')}")
    return "{\n" + ",\n".join(lines) + f"\n{margin}}}"


def _nested(key: str, value: Any, margin: str) -> str:
    if key == "graph":
        return f'{{"nodes": {_entries(value["nodes"], margin)}}}'
    return "[" + ", ".join(_lined(other, margin) for other in value) + "]"


def _entries(value: Any, margin: str) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict) and "architecture" not in value[0]:
        return "[\n" + ",\n".join(f"{margin}  {json.dumps(item, ensure_ascii=False)}" for item in value) + f"\n{margin}]"
    return _lined(value, margin) if isinstance(value, dict) and "schema" in value else json.dumps(value, ensure_ascii=False)
