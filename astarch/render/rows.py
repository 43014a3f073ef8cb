"""The rows of a report's table: the module tree with its shapes and counts, repeats folded, as data for every form of table."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ..ir.architecture import Architecture, Buffer, Call, Module, Parameter
from ..ir.dim import Dim
from ..ir.dim_polynomial import exact_quotient
from ..ir.graph import Node, TensorType
from ..ir.span import NOWHERE, Span
from .holding import holder
from .notation import arguments_text

_NUMBERED = re.compile(r"(.*?)(\d{1,9})")

#: Modules nested deeper than any real network are not followed.
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A module, a loose parameter or an operation, with the rows below it.

    Args:
        name: Dotted name; of the first one, when it stands for several.
        kind: ``module``, ``parameter`` or ``operation``.
        type: Short class name.
        arguments: What its constructor was given.
        place: Where it is constructed, or called.
        inputs: What each of its calls was given, in order, when that was asked for.
        outputs: What each of its calls gave, in order; None when nothing is known of calls.
        parameters: Elements of its parameters, those tied to parameters elsewhere left out.
        tied: Elements of its parameters that are tied to parameters elsewhere.
        trainable: Elements of both that are trained.
        macs: Multiply-accumulate operations; None when it is not called.
        same_as: The name under which the same module stands already.
        failed: Whether a finding of severity error names it.
        times: For how many consecutive equal modules it stands.
        last: The name of the last of them.
        rounds: How many modules its name stands for: ``h.{i}.norm`` for as many as there are rounds; counts are of all of them.
        repeats: How many of these there are in each module above it.
        inbound: Names of the layers that feed it; None when that is not told.
    """

    name: str
    kind: str
    type: str
    arguments: tuple[tuple[str, Any], ...] = ()
    place: Span = NOWHERE
    inputs: tuple[tuple[Any, ...], ...] | None = None
    outputs: tuple[tuple[Any, ...], ...] | None = None
    parameters: int | Dim = 0
    tied: int | Dim = 0
    trainable: int | Dim = 0
    macs: int | Dim | None = None
    same_as: str | None = None
    failed: bool = False
    times: int = 1
    last: str = ""
    rounds: int | Dim = 1
    repeats: int | Dim = 1
    inbound: tuple[str, ...] | None = None
    rows: tuple[Row, ...] = field(default=(), repr=False)


class _Counts(NamedTuple):
    """Elements of the parameters in and below a module."""

    counted: int | Dim = 0
    tied: int | Dim = 0  # to parameters that stand elsewhere first
    trainable: int | Dim = 0

    def plus(self, other: _Counts) -> _Counts:
        return _Counts(*(one + more for one, more in zip(self, other, strict=True)))


@dataclass(slots=True)
class _Facts:
    """What an Architecture says, sorted by the module it concerns."""

    architecture: Architecture
    separator: str
    children: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    own: dict[str, list[Parameter]] = field(default_factory=dict[str, list[Parameter]])
    calls: dict[str, list[Call]] = field(default_factory=dict[str, list[Call]])
    operations: dict[str, list[tuple[str, Node]]] = field(default_factory=dict[str, list[tuple[str, Node]]])
    failed: frozenset[str] = frozenset()
    totals: dict[str, _Counts] = field(default_factory=dict[str, "_Counts"])
    tensors: bool = False
    inputs: bool = False
    buffers: dict[str, list[Buffer]] = field(default_factory=dict[str, list[Buffer]])
    wired: bool = False


def rows(
    architecture: Architecture, *, fold: bool = True, operations: bool = False, tensors: bool = False, inputs: bool = False
) -> tuple[Row, ...]:
    """The rows below the root; the root itself when it has none.

    Args:
        architecture: What to show.
        fold: Whether consecutive equal modules become one row.
        operations: Whether functions and methods of the forward get rows.
        tensors: Whether every parameter and buffer gets a row, with its shape; modules that say nothing get none.
        inputs: Whether the rows say what modules are given; those given other sizes are then not equal.
    """
    facts = _gather(architecture, operations, tensors)
    facts.inputs = inputs
    found = _below("", facts, fold)
    if not found and "" in architecture.modules:
        return (_module_row(architecture.modules[""], facts, fold),)
    return found


def flat(tree: tuple[Row, ...], depth: int | None = None, level: int = 1) -> Iterator[tuple[int, Row]]:
    """The rows in order with their level, down to a depth."""
    for row in tree:
        yield level, row
        if depth is None or level < depth:
            yield from flat(row.rows, depth, level + 1)


def readable_depth(architecture: Architecture, most: int = 60) -> int | None:
    """The most levels that fit on a page; None when all do."""
    levels = [level for level, _ in flat(rows(architecture))]
    fitting = [depth for depth in range(1, max(levels, default=1) + 1) if sum(level <= depth for level in levels) <= most]
    return max(fitting, default=1) if len(levels) > most else None


def _gather(architecture: Architecture, operations: bool, tensors: bool = False) -> _Facts:
    scoped = architecture.framework == "keras" or (architecture.framework != "torch" and any("/" in name for name in architecture.modules))
    separator = "/" if scoped else "."
    facts = _Facts(architecture, separator, tensors=tensors)
    for name in architecture.modules:
        if name:
            facts.children.setdefault(_parent(name, facts), []).append(name)
    for parameter in architecture.parameters.values():
        facts.own.setdefault(holder(parameter.name, architecture, separator), []).append(parameter)
    for buffer in architecture.buffers.values() if tensors else ():
        facts.buffers.setdefault(_parent(buffer.name, facts), []).append(buffer)
    for call in architecture.calls:
        facts.calls.setdefault(call.module, []).append(call)
    facts.failed = frozenset(finding.module for finding in architecture.diagnostics if finding.severity == "error" and finding.module)
    facts.totals = _totals(facts)
    facts.wired = any(_is_open(value) for call in architecture.calls[:1] for value in call.outputs)
    if operations:
        _gather_operations(facts)
    return facts


def _is_open(value: Any) -> bool:
    """Whether a size in a value is left open, as Keras leaves that of the batch."""
    if isinstance(value, TensorType):
        return None in value.shape
    below = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else ()
    return any(map(_is_open, below))


def _parent(name: str, facts: _Facts) -> str:
    """The nearest module above; Keras layer names may hold a slash without one."""
    parent = name.rpartition(facts.separator)[0]
    while parent and parent not in facts.architecture.modules:
        parent = parent.rpartition(facts.separator)[0]
    return parent


def _gather_operations(facts: _Facts) -> None:
    """Each function or method under the module it runs in, after the child that ran last before it."""
    latest: dict[str, str] = {}
    for node in facts.architecture.graph:
        if node.op in ("call_function", "call_method"):
            facts.operations.setdefault(node.module, []).append((latest.get(node.module, ""), node))
        name = node.target if node.op == "call_module" else node.module
        while name:
            parent = _parent(name, facts)
            latest[parent] = name
            name = parent


def _below(name: str, facts: _Facts, fold: bool, level: int = 0) -> tuple[Row, ...]:
    if level == _DEEPEST:
        return ()
    modules = facts.architecture.modules
    loose = facts.own.get(name, []) if name in facts.children or facts.tensors else []
    found = [_parameter_row(parameter, facts) for parameter in loose]
    found += [_buffer_row(buffer) for buffer in facts.buffers.get(name, ())]
    wired = facts.architecture.attributes.get("operations", {}).get(name, ())
    running = [] if wired else facts.operations.get(name, [])
    found += [_operation_row(node) for after, node in running if not after] + [_wired_row(one) for one in wired if not one[0]]
    for child in facts.children.get(name, []):
        row = _module_row(modules[child], facts, fold, level + 1)
        if row.rows or row.type or not facts.tensors:
            found.append(row)
        found += [_operation_row(node) for after, node in running if after == child] + [_wired_row(one) for one in wired if one[0] == child]
    return tuple(_folded(found, facts) if fold else found)


def _module_row(module: Module, facts: _Facts, fold: bool, level: int = 0) -> Row:
    calls = facts.calls.get(module.shared_with if module.shared_with is not None else module.name, [])
    below = _below(module.name, facts, fold, level) if module.shared_with is None else ()
    counts = facts.totals[module.name]
    short = module.name.rpartition(facts.separator)[2]
    return Row(
        name=module.name,
        kind="module",
        type=module.class_name,
        arguments=tuple(item for item in module.arguments.items() if item != ("name", short)),  # a name is not said twice
        place=module.defined_at,
        inputs=tuple(call.inputs for call in calls) if facts.inputs else None,
        outputs=_outputs(module, calls, facts),
        parameters=counts.counted,
        tied=counts.tied,
        trainable=counts.trainable,
        macs=sum(call.macs for call in calls) if calls else None,
        same_as=module.shared_with,
        failed=module.name in facts.failed,
        last=module.name,
        rounds=module.times,
        repeats=_repeats(module, facts),
        inbound=facts.architecture.attributes.get("wired", {}).get(module.name, module.inbound),
        rows=below,
    )


def _repeats(module: Module, facts: _Facts) -> int | Dim:
    """How many a module stands for in each module above it."""
    if isinstance(module.times, int):
        return module.times
    above = facts.architecture.modules.get(_parent(module.name, facts))
    each = None if above is None else exact_quotient(module.times, above.times)
    return module.times if each is None else each


def _outputs(module: Module, calls: list[Call], facts: _Facts) -> tuple[tuple[Any, ...], ...] | None:
    if (calls or facts.architecture.calls) and (module.output_shapes is None or not facts.wired):
        return tuple(call.outputs for call in calls)
    return (tuple(map(_shaped, module.output_shapes)),) if module.output_shapes is not None else None


def _shaped(shape: Any) -> Any:
    """A shape that stands alone, as that of a tensor."""
    plain = isinstance(shape, tuple | list) and all(size is None or isinstance(size, int | Dim) for size in shape)
    return TensorType(tuple(shape)) if plain else shape


def _totals(facts: _Facts) -> dict[str, _Counts]:
    """The counts of each module."""
    totals: dict[str, _Counts] = {}
    for name in reversed(("", *filter(None, facts.architecture.modules))):  # children come after their parents
        counts = totals.get(name, _Counts())
        for parameter in facts.own.get(name, ()):
            counts = counts.plus(_counts_of(parameter))
        totals[name] = counts
        if name:
            parent = _parent(name, facts)
            totals[parent] = totals.get(parent, _Counts()).plus(counts)
    return totals


def _counts_of(parameter: Parameter) -> _Counts:
    counted, tied = (parameter.count, 0) if parameter.tied_to is None else (0, parameter.count)
    return _Counts(counted, tied, parameter.count if parameter.trainable else 0)


def _parameter_row(parameter: Parameter, facts: _Facts) -> Row:
    counts = _counts_of(parameter)
    kind = parameter.dtype if facts.tensors else "Parameter"
    return Row(
        name=parameter.name,
        kind="parameter",
        type=kind if parameter.trainable else f"{kind} (frozen)",
        place=parameter.at,
        outputs=((TensorType(parameter.shape, parameter.dtype) if parameter.shape is not None else None,),),
        parameters=counts.counted,
        tied=counts.tied,
        trainable=counts.trainable,
        same_as=parameter.tied_to,
        last=parameter.name,
    )


def _buffer_row(buffer: Buffer) -> Row:
    return Row(
        name=buffer.name,
        kind="buffer",
        type=f"{buffer.dtype} (buffer)" if buffer.persistent else f"{buffer.dtype} (buffer, not saved)",
        place=buffer.at,
        outputs=((TensorType(buffer.shape, buffer.dtype) if buffer.shape is not None else None,),),
        same_as=buffer.tied_to,
        last=buffer.name,
    )


def _operation_row(node: Node) -> Row:
    return Row(
        name="",
        kind="operation",
        type=node.target.rpartition(".")[2],
        arguments=node.arguments,
        place=node.at,
        outputs=((node.output,),),
        macs=node.macs,
    )


def _wired_row(one: Any) -> Row:
    """An operation between the layers of a wired model: it has a name, and what feeds it, as they do."""
    _, name, kind, shapes, inbound, place = one
    return Row(name=name, kind="operation", type=kind, place=place, outputs=(tuple(map(_shaped, shapes)),), inbound=inbound)


def _folded(found: list[Row], facts: _Facts) -> list[Row]:
    """Consecutive equal rows as one, when their names count up: ``layer1.1``, ``layer1.2``."""
    result: list[Row] = []
    signatures: list[Hashable] = []
    for row in found:
        signature = _signature(row, len(row.name), facts)
        if result and signatures[-1] == signature and _follows(result[-1].last, row.name):
            result[-1] = replace(result[-1], times=result[-1].times + 1, last=row.name)
        else:
            result.append(row)
            signatures.append(signature)
    return result


def _follows(first: str, second: str) -> bool:
    """Whether the second name is the first counted up by one."""
    one, two = _NUMBERED.fullmatch(first), _NUMBERED.fullmatch(second)
    return bool(one and two and one[1] == two[1] and int(two[2]) == int(one[2]) + 1)


def _signature(row: Row, prefix: int, facts: _Facts) -> Hashable:
    """What makes two rows equal: all they show but the name above them. What failed is never equal to anything."""
    if row.failed:
        return object()
    shown = (
        row.kind,
        row.type,
        arguments_text(dict(row.arguments)),
        row.place,
        row.same_as,
        repr(row.inputs),
        repr(row.outputs),
        str(row.macs),
    )
    told = "holders" in facts.architecture.attributes  # names then say where a weight was built, not where it is
    own = tuple(
        (
            parameter.name.rpartition("/")[2] if told else parameter.name[prefix:],
            *(str(parameter.shape), parameter.dtype, parameter.trainable, parameter.tied_to),
        )
        for parameter in (facts.own.get(row.name, ()) if row.kind == "module" else ())
    )
    below = tuple((child.name[prefix:], child.times, _signature(child, prefix, facts)) for child in row.rows)
    return (*shown, own, below)
