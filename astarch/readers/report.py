"""A JSON report of `astarch show` back into the Architecture it was made from."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..errors import ReadError
from ..ir.architecture import Alternative, Architecture, Assumption, Buffer, Call, Module, Parameter
from ..ir.diagnostic import Diagnostic, Edit, Fix, Note
from ..ir.dim import Dim, maximum, minimum
from ..ir.graph import Graph, Node, Record, TensorType
from ..ir.span import NOWHERE, Span
from ..ir.unknown import Reason, Unknown

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


def read_report(data: Mapping[str, Any]) -> Architecture:
    """The Architecture that a report (schema 1) states; what the report leaves out stays empty."""
    if data.get("schema") != 1:
        raise ReadError(f"this is no report of schema 1, but of {data.get('schema')!r}")
    unknown = [Unknown(Reason[entry["reason"].upper().replace("-", "_")], entry["detail"], _span(entry["at"])) for entry in data["unknown"]]
    lost = {path: reason for reason, entry in zip(unknown, data["unknown"], strict=True) for path in entry["fields"]}
    read = _Reader(lost)
    return Architecture(
        target=data["target"],
        framework=data["framework"],
        inputs={name: read.input(value, f"/inputs/{name}") for name, value in data["inputs"].items()},
        modules={entry["name"]: read.module(entry, f"/modules/{place}") for place, entry in enumerate(data["modules"])},
        parameters={entry["name"]: read.parameter(entry, f"/parameters/{place}/shape") for place, entry in enumerate(data["parameters"])},
        buffers={entry["name"]: read.buffer(entry, f"/buffers/{place}/shape") for place, entry in enumerate(data["buffers"])},
        calls=tuple(read.call(entry, f"/calls/{place}") for place, entry in enumerate(data["calls"])),
        graph=Graph(tuple(read.node(entry, f"/graph/nodes/{place}") for place, entry in enumerate(data["graph"]["nodes"]))),
        outputs=None if data["outputs"] is None else read.values(data["outputs"], "/outputs", iter(data.get("output_dtypes", ()))),
        unknown=tuple(unknown),
        assumptions=tuple(Assumption(entry["message"], _span(entry["at"])) for entry in data["assumptions"]),
        diagnostics=tuple(_diagnostic(entry) for entry in data["diagnostics"]),
        alternatives=tuple(Alternative(e["condition"], _span(e["at"]), read_report(e["architecture"])) for e in data["alternatives"]),
    )


def formula(text: int | str) -> int | Dim:
    """A size from its formula.

    >>> formula("8*dim**2 + (h - 1)//32")
    8*dim**2 + (h - 1)//32
    """
    if isinstance(text, int):
        return text
    try:
        return _size(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise ReadError(f"`{text}` is no formula of sizes") from error


def _size(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return Dim.symbol(ast.unparse(node))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_size(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_size(node.left), _size(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
        return (minimum if node.func.id == "min" else maximum)(*map(_size, node.args))
    raise ValueError(ast.dump(node))


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "int": formula,
    "float": float,
    "bool": "True".__eq__,
    "str": str,
}


class _Reader:
    """Reads values, and puts back what is not known where the report points at a null."""

    def __init__(self, lost: Mapping[str, Unknown]) -> None:
        self.lost = lost

    def shape(self, sizes: Any, path: str) -> Any:
        if sizes is None:
            return None
        return tuple(self.lost.get(f"{path}/{place}") if size is None else formula(size) for place, size in enumerate(sizes))

    def value(self, value: Any, path: str, kinds: Iterator[str]) -> Any:
        if value is None:
            return self.lost.get(path)
        if isinstance(value, list):
            return TensorType(self.shape(value, path), next(kinds, "float32"))
        if isinstance(value, str):
            kind, sign, text = value.partition("=")
            return _SCALARS[kind](text) if sign and kind in _SCALARS else value
        if "obj" in value:
            return Record(value["obj"], self.items(value["fields"], f"{path}/fields", kinds))
        if "dict" in value:
            return self.items(value["dict"], f"{path}/dict", kinds)
        if "tuple" in value:
            return self.values(value["tuple"], f"{path}/tuple", kinds)
        return list(self.values(value["list"], f"{path}/list", kinds))

    def values(self, values: list[Any], path: str, kinds: Iterator[str]) -> tuple[Any, ...]:
        return tuple(self.value(value, f"{path}/{place}", kinds) for place, value in enumerate(values))

    def items(self, values: Mapping[str, Any], path: str, kinds: Iterator[str]) -> dict[str, Any]:
        return {key: self.value(value, f"{path}/{key.replace('~', '~0').replace('/', '~1')}", kinds) for key, value in values.items()}

    def input(self, entry: Mapping[str, Any], path: str) -> Any:
        if "dtype" in entry:
            return TensorType(self.shape(entry["shape"], f"{path}/shape"), entry["dtype"])
        return self.value(entry["value"], f"{path}/value", iter(entry["dtypes"]))

    def module(self, entry: Mapping[str, Any], path: str) -> Module:
        shapes = entry.get("output_shapes")
        return Module(
            name=entry["name"],
            type=entry["type"],
            arguments={name: self.lost.get(f"{path}/arguments/{name}", value) for name, value in entry["arguments"].items()},
            defined_at=_span(entry["defined_at"]),
            class_at=_span(entry["class_at"]),
            shared_with=entry.get("shared_with"),
            output_shapes=None if shapes is None else tuple(self.shape(s, f"{path}/output_shapes/{n}") for n, s in enumerate(shapes)),
            inbound=None if "inbound" not in entry else tuple(entry["inbound"]),
            trainable=entry.get("trainable", True),
        )

    def parameter(self, entry: Mapping[str, Any], path: str) -> Parameter:
        shape, at = self.shape(entry["shape"], path), _span(entry.get("at"))
        return Parameter(entry["name"], shape, entry["dtype"], entry["trainable"], entry.get("tied_to"), at)

    def buffer(self, entry: Mapping[str, Any], path: str) -> Buffer:
        shape, at = self.shape(entry["shape"], path), _span(entry.get("at"))
        return Buffer(entry["name"], shape, entry["dtype"], entry["persistent"], entry.get("tied_to"), at)

    def call(self, entry: Mapping[str, Any], path: str) -> Call:
        kinds = entry["dtypes"]
        return Call(
            module=entry["module"],
            inputs=self.values(entry["inputs"], f"{path}/inputs", iter(kinds["inputs"])),
            keywords=self.items(entry.get("keywords", {}), f"{path}/keywords", iter(kinds.get("keywords", ()))),
            outputs=self.values(entry["outputs"], f"{path}/outputs", iter(kinds["outputs"])),
            at=_span(entry["at"]),
            macs=formula(entry["macs"]),
            depth=entry["depth"],
        )

    def node(self, entry: Mapping[str, Any], path: str) -> Node:
        return Node(
            index=entry["index"],
            op=entry["op"],
            target=entry["target"],
            inputs=tuple(entry["inputs"]),
            arguments=tuple((name, text) for name, text in entry["arguments"]),
            output=self.value(entry["output"], f"{path}/output", iter(entry["dtypes"])),
            module=entry["module"],
            at=_span(entry["at"]),
            macs=formula(entry["macs"]),
        )


def _diagnostic(entry: Mapping[str, Any]) -> Diagnostic:
    fix = entry["fix"]
    return Diagnostic(
        code=entry["code"],
        name=entry["name"],
        severity=entry["severity"],
        message=entry["message"],
        span=_span(entry["at"]),
        notes=tuple(Note(_span(note["at"]), note["message"]) for note in entry["notes"]),
        help=entry["help"],
        fix=fix and Fix(fix["title"], tuple(Edit(_span(edit["at"]), edit["text"]) for edit in fix["edits"]), fix["safe"]),
        module=entry["module"],
        assumptions=tuple(entry["assumptions"]),
    )


def _span(entry: Mapping[str, Any] | None) -> Span:
    return Span(**entry) if entry else NOWHERE
