"""Undecided conditions: the reading is run again with each answered the other way, and only what all agree on is claimed.

No value is ever forked: every run is a whole run. A run that ends earlier than the first did shows a condition that
does not occur, and is noted as an assumption; a first run that ends earlier than another gives way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from ..interpreter.machine import CHOICE, ELEMENTS, Decision
from ..ir.architecture import Alternative, Architecture, Assumption, Call, Module
from ..ir.dim import Dim, same
from ..ir.graph import Record, TensorType
from ..ir.span import Span
from ..ir.unknown import Reason, Unknown

#: Two runs whose sequences of calls are longer than this are compared by position only.
_LONGEST = 4000


@dataclass(frozen=True)
class Outcome:
    """One run.

    Attributes:
        architecture: What it found.
        decisions: The conditions it had to answer.
        reached: How far the program went before it raised: 0 the model was not built, 1 it was, 2 the forward came to its end.
        unfinished: Whether it raised, or left out what may matter: with all imports in full it may come to something else.
    """

    architecture: Architecture
    decisions: tuple[Decision, ...]
    reached: int
    unfinished: bool = False


class InFull:
    """Whether runs import in full what they import: from the first on that may come to something else by it.

    Args:
        allowed: Whether any may: that takes time, and what nobody asked for is left as it is.
    """

    def __init__(self, allowed: bool = True) -> None:
        self._wanted, self._allowed = False, allowed

    def run(self, start: Callable[[bool], Outcome]) -> Outcome:
        """A run, and where that may not be all, the run that has it.

        Args:
            start: Runs, with imports in full or only as far as names are asked for.
        """
        outcome = start(self._wanted)
        if outcome.unfinished and self._allowed and not self._wanted:
            further = start(True)
            if further.reached >= outcome.reached:  # what else is imported may come to less: then the program does without it
                self._wanted, outcome = True, further
        return outcome


#: Conditions answered the other way, each met with those before it so answered.
Path = tuple[Decision, ...]


def explore(run: Callable[[Mapping[Any, bool]], Outcome], limit: int) -> Architecture:
    """Read with the likelier answers, then with each answered the other way.

    Args:
        run: Reads with the given answers, by the key of the condition.
        limit: How many runs may be spent.
    """
    first = run({})
    answers: dict[Any, bool] = {}
    others: list[tuple[Path, Outcome]] = []
    assumed: list[Assumption] = []
    asked: set[Any] = set()
    waiting: list[Path] = [(decision,) for decision in _by_place(first.decisions)]
    while waiting and len(asked) < limit - 1:
        path = waiting.pop(0)
        if path[-1].key in asked:
            continue
        asked.add(path[-1].key)
        tried = {**answers, **{decision.key: not decision.answer for decision in path}}
        other = run(tried)
        if first.reached < other.reached:
            answers, first = tried, other
            assumed += [_assumption(decision, not decision.answer) for decision in path]
        elif other.reached < first.reached:
            assumed.append(_assumption(path[-1], path[-1].answer))
            continue
        else:
            others.append((path, other))
        waiting += [(*path, decision) for decision in _by_place(other.decisions)]  # where it went, other questions may have come up
    undone = len({path[-1].key for path in waiting} - asked)
    return _settled(first.architecture, others, assumed, undone)


def _by_place(decisions: Sequence[Decision]) -> list[Decision]:
    return list({decision.key: decision for decision in reversed(decisions)}.values())[::-1]


def _assumption(decision: Decision, answer: bool) -> Assumption:
    condition = decision.condition
    negated = f"not ({condition})" if " " in condition else f"not {condition}"
    return Assumption(condition if answer else negated, decision.span)


def _under(path: Path) -> str:
    """The conditions that hold where these were answered the other way."""
    return " and ".join(_assumption(step, not step.answer).message for step in path)


def _settled(first: Architecture, others: list[tuple[Path, Outcome]], assumed: list[Assumption], undone: int) -> Architecture:
    """The first run reduced to what the others agree on."""
    lost: list[Unknown] = []
    alternatives: list[Alternative] = []
    agreed = first
    for path, other in others:
        decision = path[-1]
        if decision.key[:1] == (CHOICE,):
            assumed.append(_assumption(decision, decision.answer))
            alternatives.append(Alternative(_under(path), decision.span, other.architecture))
            continue
        reduced = _agreed(agreed, other.architecture, decision.span)
        if reduced is not agreed and all(step.key[:1] == (ELEMENTS,) for step in path):
            assumed.append(_assumption(decision, decision.answer))
            alternatives.append(Alternative(_under(path), decision.span, other.architecture))
        elif reduced is not agreed:
            agreed = reduced
            lost.append(Unknown(Reason.UNDECIDED, decision.condition, decision.span))
            alternatives.append(Alternative(_under(path), decision.span, other.architecture))
    if undone > 0:
        lost.append(Unknown(Reason.BUDGET_SPENT, f"{undone} conditions were answered one way only"))
    return replace(
        agreed,
        unknown=(*agreed.unknown, *lost),
        assumptions=(*agreed.assumptions, *assumed),
        alternatives=tuple(alternatives),
    )


def _agreed(first: Architecture, other: Architecture, span: Span) -> Architecture:
    """What both state; the very same object when that is everything."""
    modules = {
        name: _same_module(m, other.modules[name])
        for name, m in first.modules.items()
        if name in other.modules and other.modules[name].type == m.type
    }
    parameters = {n: _known(p, other.parameters[n], span) for n, p in first.parameters.items() if n in other.parameters}
    buffers = {n: _known(b, other.buffers[n], span) for n, b in first.buffers.items() if n in other.buffers}
    calls = _agreed_calls(first.calls, other.calls, span)
    outputs = _agreed_value(first.outputs, other.outputs, span)
    kept = (modules == dict(first.modules), parameters == dict(first.parameters), buffers == dict(first.buffers),
            calls == first.calls, outputs == first.outputs)  # fmt: skip
    if all(kept):
        return first
    return replace(first, modules=modules, parameters=parameters, buffers=buffers, calls=calls, outputs=outputs)


def _same_module(mine: Module, theirs: Module) -> Module:
    """A layer; what feeds it, and what it gives, as far as both say the same."""
    if (mine.output_shapes, mine.inbound) == (theirs.output_shapes, theirs.inbound):
        return mine
    shapes = mine.output_shapes if mine.output_shapes == theirs.output_shapes else None
    return replace(mine, output_shapes=shapes, inbound=mine.inbound if mine.inbound == theirs.inbound else None)


def _known(mine: Any, theirs: Any, span: Span) -> Any:
    """A parameter or buffer; its shape is open where the two differ."""
    return mine if (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype) else replace(mine, shape=None)


def _agreed_calls(first: tuple[Call, ...], other: tuple[Call, ...], span: Span) -> tuple[Call, ...]:
    if [call.module for call in first] == [call.module for call in other]:
        return tuple(_agreed_call(a, b, span) for a, b in zip(first, other, strict=True))
    if max(len(first), len(other)) > _LONGEST:
        pairs = [(i, i) for i, (a, b) in enumerate(zip(first, other, strict=False)) if a.module == b.module]
    else:
        matcher = SequenceMatcher(None, [call.module for call in first], [call.module for call in other], autojunk=False)
        pairs = [(block.a + i, block.b + i) for block in matcher.get_matching_blocks() for i in range(block.size)]
    return tuple(_agreed_call(first[i], other[j], span) for i, j in pairs)


def _agreed_call(a: Call, b: Call, span: Span) -> Call:
    if a.inputs == b.inputs and a.outputs == b.outputs:
        return a
    return replace(a, inputs=_agreed_value(a.inputs, b.inputs, span), outputs=_agreed_value(a.outputs, b.outputs, span))


def _agreed_value(a: Any, b: Any, span: Span) -> Any:
    """A value as far as both state the same."""
    if type(a) is not type(b):
        return Unknown(Reason.UNDECIDED, "", span)
    if isinstance(a, TensorType):
        return _agreed_tensor(a, b, span)
    if isinstance(a, tuple | list):
        if len(a) != len(b):
            return Unknown(Reason.UNDECIDED, "", span)
        return type(a)(_agreed_value(x, y, span) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return {key: _agreed_value(value, b[key], span) for key, value in a.items()} if a.keys() == b.keys() else _open(span)
    if isinstance(a, Record):
        return (
            replace(a, fields=_agreed_value(a.fields, b.fields, span))
            if a.type == b.type and a.fields.keys() == b.fields.keys()
            else _open(span)
        )
    if isinstance(a, Unknown):
        return a
    return a if a == b else _open(span)


def _agreed_tensor(a: TensorType, b: TensorType, span: Span) -> Any:
    if a == b:
        return a
    if len(a.shape) != len(b.shape) or a.dtype != b.dtype:
        return _open(span)
    sizes = tuple(_agreed_size(x, y) for x, y in zip(a.shape, b.shape, strict=True))
    return _open(span) if any(size is False for size in sizes) else TensorType(sizes, a.dtype)  # type: ignore[arg-type]


def _agreed_size(a: int | Dim | None, b: int | Dim | None) -> Any:
    """A size that both state, else False; one that only the data tells covers whatever the other run made of it."""
    if a == b:
        return a
    if a is None or b is None:  # Keras' None is said of a size as much as a number is
        return False
    for size in (a, b):
        if isinstance(size, Dim) and all(atom.origin for atom in size.symbol_atoms()):
            return size
    return a if same(a, b) else False


def _open(span: Span) -> Unknown:
    return Unknown(Reason.UNDECIDED, "", span)
