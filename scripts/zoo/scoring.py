"""What exact, partial and wrong mean: an `Architecture` against the record of the live library.

Modules (names, order, the last part of the class), parameters, buffers, tied groups and, where the library could run
its forward, calls (order), shapes (positional inputs and outputs of every call) and outputs. Everything stated and
equal is *exact*; right as far as stated is *partial*; anything stated that differs is *wrong*. Shapes of keyword
arguments are not scored. A symbolic size where the truth has a number is partial, except where the library itself
could not run without data (its forward is recorded on the cpu): there a size that data decides agrees with any number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from astarch.ir.architecture import Architecture, Call

from .aligning import Alignment, align
from .notation import Unstated, Verdict, agree, last_part, notation, show, sizes
from .records import Record

ASPECTS = ("modules", "parameters", "buffers", "tied", "calls", "shapes", "outputs")


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference.

    Args:
        aspect: One of `ASPECTS`.
        verdict: Whether something is open or differs.
        kind: What differs, without what is particular to this model: findings are counted by it.
        place: Where: the name of the module, parameter ...
        index: Its position in the truth's list, where there is one.
        ours: Our statement.
        theirs: The truth's.
    """

    aspect: str
    verdict: Verdict
    kind: str
    place: str = ""
    index: int | None = None
    ours: str = ""
    theirs: str = ""


@dataclass(slots=True)
class Score:
    """How one model was read: a verdict for each aspect that the truth tells of, and every difference."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """The worst of the aspects."""
        return max(self.verdicts.values(), default=Verdict.EXACT)

    @property
    def first(self) -> Finding | None:
        """The difference to look at first: the first of the worst verdict, in the order of the aspects."""
        return next((finding for finding in self.findings if finding.verdict is self.verdict), None)

    def note(self, aspect: str, findings: Iterable[Finding]) -> None:
        """Add an aspect with its differences."""
        found = list(findings)
        self.verdicts[aspect] = max((finding.verdict for finding in found), default=Verdict.EXACT)
        self.findings.extend(found)


def score(architecture: Architecture, record: Record, aspects: Sequence[str] = ASPECTS) -> Score:
    """Compare an Architecture with a record.

    Args:
        architecture: What was read.
        record: What the live library said.
        aspects: The aspects to compare.
    """
    if "layers" in record:
        from .keras_scoring import score_keras

        return score_keras(architecture, record)
    result = Score()
    checks: dict[str, Callable[[Architecture, Record], Iterator[Finding]]] = {
        "modules": _modules,
        "parameters": _parameters,
        "buffers": _buffers,
        "tied": _tied,
    }
    if not record.get("forward_error") and not record.get("calls_partial"):
        checks |= {"calls": _calls, "shapes": _shapes, "outputs": _outputs}
    for aspect, check in checks.items():
        if aspect in aspects:
            result.note(aspect, check(architecture, record))
    return result


@dataclass(frozen=True, slots=True)
class _Row:
    """A named statement: facts by what they are called."""

    name: str
    facts: dict[str, Any]


def _modules(architecture: Architecture, record: Record) -> Iterator[Finding]:
    ours = [_Row(name, {"class": _stated(last_part(module.type))}) for name, module in architecture.modules.items()]
    theirs = [_Row(name, {"class": last_part(kind)}) for name, kind in record["modules"]]
    return _rows("modules", ours, theirs)


def _parameters(architecture: Architecture, record: Record) -> Iterator[Finding]:
    ours = [
        _Row(name, {"shape": _shape(p.shape), "dtype": _stated(p.dtype), "requires_grad": p.trainable})
        for name, p in architecture.parameters.items()
    ]
    theirs = [_Row(n, {"shape": shape, "dtype": dtype, "requires_grad": grad}) for n, shape, dtype, grad in record["params"]]
    found = list(_rows("parameters", ours, theirs))
    yield from found
    count, theirs_count = architecture.parameter_count, record.get("n_params")
    if not found and theirs_count is not None and count != theirs_count and not _tie_differs(architecture, record):
        verdict = Verdict.WRONG if type(count) is int else Verdict.PARTIAL
        yield Finding("parameters", verdict, "parameter count", "", None, str(count), str(theirs_count))


def _buffers(architecture: Architecture, record: Record) -> Iterator[Finding]:
    ours = [
        _Row(name, {"shape": _shape(b.shape), "dtype": _stated(b.dtype), "persistent": b.persistent})
        for name, b in architecture.buffers.items()
    ]
    theirs = [_Row(n, {"shape": shape, "dtype": dtype, "persistent": kept}) for n, shape, dtype, kept in record["buffers"]]
    return _rows("buffers", ours, theirs)


def _shape(shape: Any) -> Any:
    """A shape, or nothing said of it; a lazy parameter has none in the truth either (see `_fact`)."""
    return Unstated("shape") if shape is None else sizes(shape)


def _stated(text: Any) -> Any:
    return text if isinstance(text, str) and text and not text.startswith("?") else Unstated("not known")


def _fact(ours: Any, theirs: Any) -> Verdict:
    if theirs is None and isinstance(ours, Unstated):
        return Verdict.EXACT
    return agree(ours, theirs)


def _rows(aspect: str, ours: list[_Row], theirs: list[_Row]) -> Iterator[Finding]:
    """Differences of two lists of named statements: names and their order, then facts."""
    alignment = align([row.name for row in ours], [row.name for row in theirs])
    facts = {row.name: row.facts for row in theirs} | {row.name: row.facts for row in ours if row.name in alignment.extra_names}
    yield from _order(aspect, alignment, lambda name: _kind_of(facts.get(name, {}), name))
    for mine, other in alignment.pairs:
        a, b = ours[mine], theirs[other]
        for what, value in b.facts.items():
            if (verdict := _fact(a.facts[what], value)) is not Verdict.EXACT:
                kind = f"{what} of {leaf(b.name) or 'the root'}" if what != "class" else f"class of {value}"
                yield Finding(aspect, verdict, kind, b.name, other, show(a.facts[what]), show(value))


def _kind_of(facts: dict[str, Any], name: str) -> str:
    return str(facts.get("class") or f"*.{leaf(name)}")


def leaf(name: str) -> str:
    """The last part of a dotted name, numbers as ``N``: what rows of the same sort have in common.

    >>> leaf("layer1.0.conv1"), leaf("blocks.11")
    ('conv1', 'blocks.N')
    """
    parts = name.split(".")
    return f"{parts[-2]}.N" if parts[-1].isdigit() and len(parts) > 1 else parts[-1]


def _order(aspect: str, alignment: Alignment, kind_of: Callable[[str], str]) -> Iterator[Finding]:
    """What one side has and the other has not, and the first place where the order parts.

    A list of ours that lacks entries but is in order otherwise is partial; an entry of ours too many, or out of order, is wrong.
    """
    if alignment.missing and not alignment.pairs and not alignment.extra:
        yield Finding(aspect, Verdict.PARTIAL, "none at all", "", None, "0", str(len(alignment.theirs)))
        return
    if alignment.first_out_of_order is not None:
        mine, index = alignment.first_out_of_order
        name = alignment.theirs[index]
        kind = f"order at {kind_of(name)}"
        yield Finding(aspect, Verdict.WRONG, kind, name, index, alignment.around_ours(mine), alignment.around(index))
    for index, name in alignment.extra:
        yield Finding(aspect, Verdict.WRONG, f"too many: {kind_of(name)}", name, index, alignment.around_ours(index), "")
    for index, name in alignment.missing:
        yield Finding(aspect, Verdict.PARTIAL, f"missing: {kind_of(name)}", name, index, "", alignment.around(index))


def _tied(architecture: Architecture, record: Record) -> Iterator[Finding]:
    names = frozenset(architecture.parameters)
    ours, theirs = _our_groups(architecture), {frozenset(group) for group in record["tied"]}
    for group in sorted(theirs - ours, key=sorted):
        known = group & names
        if known == group or (len(known) > 1 and known not in ours):
            yield Finding("tied", Verdict.WRONG, f"not tied: {leaf(min(group))}", min(group), None, "", ", ".join(sorted(group)))
        else:
            yield Finding("tied", Verdict.PARTIAL, "tied parameters missing", min(group), None, "", ", ".join(sorted(group)))
    for group in sorted(ours - theirs - {group & names for group in theirs}, key=sorted):
        yield Finding("tied", Verdict.WRONG, f"tied: {leaf(min(group))}", min(group), None, ", ".join(sorted(group)), "")


def _our_groups(architecture: Architecture) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for name, parameter in architecture.parameters.items():
        groups.setdefault(parameter.tied_to or name, {parameter.tied_to or name}).add(name)
    return {frozenset(group) for group in groups.values() if len(group) > 1}


def _tie_differs(architecture: Architecture, record: Record) -> bool:
    return _our_groups(architecture) != {frozenset(group) for group in record["tied"]}


def _calls(architecture: Architecture, record: Record) -> Iterator[Finding]:
    classes = {name: last_part(kind) for name, kind in record["modules"]}
    return _order("calls", _align_calls(architecture.calls, record), lambda name: classes.get(name, leaf(name)))


def _align_calls(calls: Sequence[Call], record: Record) -> Alignment:
    return align([call.module for call in calls], [row[0] for row in record["calls"]])


def _shapes(architecture: Architecture, record: Record) -> Iterator[Finding]:
    """Inputs and outputs of the calls both sides have; the one that went wrong first comes first."""
    classes = {name: last_part(kind) for name, kind in record["modules"]}
    free, found, alignment = _data_decides(record), [], _align_calls(architecture.calls, record)
    for mine, other in alignment.pairs:
        call, row = architecture.calls[mine], record["calls"][other]
        checks = (("input", list(call.inputs), row[1] or []), ("output", _spread_best(call.outputs, row[2], free), row[2]))
        for what, ours, theirs in checks:
            verdict, mine_said = _values(ours, theirs, free)
            if verdict is not Verdict.EXACT:
                kind = f"{what} of {classes.get(call.module, call.module)}"
                found.append(Finding("shapes", verdict, kind, call.module, other, show(mine_said), show(theirs)))
    yield from _root_cause_first(found)
    if alignment.missing:
        yield Finding("shapes", Verdict.PARTIAL, "calls missing", "", None, str(len(alignment.pairs)), str(len(record["calls"])))


def _values(ours: Sequence[Any], theirs: Sequence[Any] | None, free: bool) -> tuple[Verdict, list[Any]]:
    mine = [notation(value) for value in ours]
    if theirs is None:
        return Verdict.EXACT, mine
    if len(mine) == 1 and isinstance(mine[0], Unstated):
        return Verdict.PARTIAL, mine
    return agree(mine, list(theirs), free), mine


def _spread_best(outputs: tuple[Any, ...] | None, theirs: Sequence[Any] | None, free: bool) -> list[Any]:
    """Outputs as the truth spreads them: a returned tuple or list is its elements, anything else a list of one."""
    values = list(outputs or ())
    if len(values) == 1 and type(values[0]) in (tuple, list):
        spread = list(values[0])
        return min(values, spread, key=lambda choice: _values(choice, theirs, free)[0])
    return values


def _root_cause_first(found: list[Finding]) -> list[Finding]:
    """In front the difference that came first in time: calls are listed by entry, but their outputs are known at exit."""
    entered = next((i for i, finding in enumerate(found) if finding.kind.startswith("input")), len(found))
    if entered > 0 and found:
        found.insert(0, found.pop(entered - 1))
    return found


def _outputs(architecture: Architecture, record: Record) -> Iterator[Finding]:
    theirs, free = record["output"], _data_decides(record)
    spread = theirs.get("tuple", theirs.get("list")) if isinstance(theirs, dict) else None
    expected = [theirs] if spread is None else spread
    if architecture.outputs is None:
        yield Finding("outputs", Verdict.PARTIAL, "no outputs", "", None, "", show(theirs))
        return
    verdict, mine = _values(_spread_best(architecture.outputs, expected, free), expected, free)
    if verdict is not Verdict.EXACT:
        yield Finding("outputs", verdict, "output of the model", "", None, show(mine), show(expected))


def _data_decides(record: Record) -> bool:
    """Whether sizes may depend on data: never where the library itself ran without any, on the meta device."""
    return record.get("forward_device") not in (None, "meta")
