"""Drawing equal neighbours once: the blocks of a transformer, and what a loop does between one block and the next.

Two modules are equal when their numbers follow each other and they look the same inside and out: class, arguments, shapes,
parameters, and the arrows between their parts. What comes from one to the next is then said by the count alone.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace

from .flow import Flow
from .items import Arrow, Edge, Item
from .spanning import merged, spanned

_NUMBERED = re.compile(r"(.*?)(\d{1,9})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Run:
    """Equal neighbours."""

    members: tuple[Item, ...]


@dataclass(slots=True)
class _Folding:
    """What is known while folding: where each node stands, what it becomes, and which of several it was."""

    flow: Flow
    place: dict[str, int] = field(default_factory=dict[str, int])
    inner: dict[str, list[tuple[int, int]]] = field(default_factory=dict[str, list[tuple[int, int]]])
    known: dict[Hashable, int] = field(default_factory=dict[Hashable, int])
    looks: dict[str, int] = field(default_factory=dict[str, int])
    becomes: dict[str, str] = field(default_factory=dict[str, str])
    member: dict[str, tuple[str, int, int]] = field(default_factory=dict[str, tuple[str, int, int]])
    runs: list[_Run] = field(default_factory=list[_Run])
    times: dict[str, int] = field(default_factory=dict[str, int])
    loosely: bool = False
    counted: frozenset[str] = frozenset()

    def final(self, key: str) -> str:
        """The node that stands for a node."""
        while key in self.becomes:
            key = self.becomes[key]
        return key


def folded(items: tuple[Item, ...], flow: Flow, fold: bool, loosely: bool = False) -> tuple[tuple[Item, ...], tuple[Edge, ...]]:
    """The items with equal neighbours drawn once, and the arrows between what is left.

    Args:
        items: What is to be drawn.
        flow: Where it comes from.
        fold: Whether anything is drawn once for several.
        loosely: Whether neighbours that are built alike count as equal though their sizes differ.
    """
    again = frozenset(key.partition("#")[0] for key in flow.steps if "#" in key)  # keys that come again with a number
    folding = _Folding(flow, loosely=loosely, counted=again)
    if fold:
        root = Item("", "module", children=items)
        _number(root, folding)
        _look(root, folding)
        items = tuple(_fold(items, folding))
        for run in folding.runs:
            _fold_between(run, folding)
        items = tuple(_without(items, folding))
    items = tuple(map(_unwrapped, items))
    return tuple(_dissolved(items, items, flow)), tuple(_edges(folding))


# --- what looks the same ----------------------------------------------------------------------------------------------


def _number(root: Item, folding: _Folding) -> None:
    """Number the nodes; give each arrow to the innermost box that holds both its ends."""
    around: dict[str, tuple[str, ...]] = {}

    def visit(item: Item, boxes: tuple[str, ...]) -> None:
        if not item.children:
            folding.place[item.key] = len(folding.place)
            around[item.key] = boxes
        for child in item.children:
            visit(child, (*boxes, item.key))

    visit(root, ())
    for source, target in folding.flow.arrows:
        if source in around and target in around:
            shared = [one for one, other in zip(around[source], around[target], strict=False) if one == other]
            folding.inner.setdefault(shared[-1], []).append((folding.place[source], folding.place[target]))


def _look(item: Item, folding: _Folding) -> int:
    """A number that two items share when they look the same."""
    inside = tuple(_look(child, folding) for child in item.children)
    start = folding.place[next(item.leaves()).key] if item.children else 0
    arrows = tuple(sorted((source - start, target - start) for source, target in folding.inner.get(item.key, ()))) if item.children else ()
    size = ("" if folding.loosely else str(item.parameters), item.calls, item.times)
    arguments = "" if item.family == "dropout" or folding.loosely else item.arguments  # rates that grow with the depth change nothing
    output = "" if folding.loosely else item.output
    shown = (item.kind, item.type, arguments, output, item.family, *size, inside, arrows, item.key if item.failed else "")
    found = folding.known.setdefault(shown, len(folding.known))
    folding.looks[item.key] = found
    return found


# --- equal neighbours -------------------------------------------------------------------------------------------------


def _fold(items: Iterable[Item], folding: _Folding) -> list[Item]:
    found: list[Item] = []
    run: list[Item] = []
    for item in items:
        if run and _follows(run[-1], item, folding):
            run.append(item)
            continue
        if item.kind != "module":
            found.append(item)  # an operation between two blocks does not part them
            continue
        run = [item]
        found.append(item)
        folding.runs.append(_Run((item,)))
        _grow(run, folding)
    return [_once(item, folding) for item in found]


def _grow(run: list[Item], folding: _Folding) -> None:
    folding.runs[-1] = _Run(tuple(run))


def _follows(first: Item, second: Item, folding: _Folding) -> bool:
    """Whether the second is the next of equal neighbours."""
    if second.kind != "module" or folding.looks[first.key] != folding.looks[second.key]:
        return False
    one, two = _split(first, folding.flow), _split(second, folding.flow)
    if one is None or two is None or one[0] != two[0] or two[1] != one[1] + 1:
        return False
    run = folding.runs[-1]
    folding.runs[-1] = _Run((*run.members, second))
    return True


def _split(item: Item, flow: Flow) -> tuple[str, int] | None:
    """A name without its last number, and the number; of a framework's own layer, only a name that is a number counts.

    Keras calls the first of its kind ``block`` and the next one ``block_1``.
    """
    found = _NUMBERED.fullmatch(item.name)
    if found is None:
        return (f"{item.name}_", 0) if item.name in flow.own else None
    if not (item.children or item.name in flow.own or found[1].endswith((".", "/"))):
        return None
    return found[1], int(found[2])


def _once(item: Item, folding: _Folding) -> Item:
    """The item for all of its run, and its inside folded likewise."""
    run = next((run for run in reversed(folding.runs) if run.members[0] is item), None)
    if run is not None and len(run.members) > 1:
        leaves = [leaf.key for leaf in item.leaves()]
        for number, member in enumerate(run.members):
            for mine, other in zip(leaves, member.leaves(), strict=True):
                folding.member[other.key] = (item.key, number, len(run.members))
                if number:
                    folding.becomes[other.key] = mine
        alike = merged(run.members) if folding.loosely else item
        item = replace(alike, times=len(run.members), last=run.members[-1].name)
    if item.children:
        item = replace(item, children=tuple(_fold(item.children, folding)))
    return item


# --- what a loop does between them ------------------------------------------------------------------------------------


def _fold_between(run: _Run, folding: _Folding) -> None:
    """Operations that come once for each of the run, in the modules around it, are drawn once as well."""
    if len(run.members) < 2:
        return
    steps = folding.flow.steps
    starts = [min(steps[leaf.key].first for leaf in member.leaves()) for member in run.members]
    inside = {leaf.key for member in run.members for leaf in member.leaves()}
    groups: dict[tuple[str, ...], list[str]] = {}
    for key, step in steps.items():
        item = step.item
        if key in inside or key in folding.becomes or not (item.kind == "operation" or "#" in key or key in folding.counted):
            continue
        if item.kind in ("operation", "module") and _around(step.owner, run.members[0].name, item.kind):
            place = str(item.place) if item.kind == "operation" else ""
            groups.setdefault((step.owner, item.type, place), []).append(key)
    for keys in groups.values():
        _merge(keys, starts, folding)


def _around(owner: str, name: str, kind: str) -> bool:
    box = owner.rpartition(".")[0] if kind == "module" else owner
    return box == "" or name.startswith(f"{box}.")


def _merge(keys: list[str], starts: list[int], folding: _Folding) -> None:
    """Merge what comes equally often in each round."""
    rounds: dict[int, list[str]] = {}
    for key in keys:
        first = folding.flow.steps[key].first
        rounds.setdefault(sum(start <= first for start in starts), []).append(key)
    numbers = sorted(rounds)
    if len(numbers) < max(2, len(starts) - 1) or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return
    first, *others = (rounds[number] for number in numbers)
    if any(len(other) != len(first) for other in others):
        return
    for number, other in enumerate(others, 1):
        for mine, theirs in zip(first, other, strict=True):
            if folding.looks.get(mine) != folding.looks.get(theirs):
                return
            folding.becomes[theirs] = mine
            folding.member[theirs] = (mine, number, len(numbers))
    for mine in first:
        folding.times[mine] = len(numbers)
        folding.member[mine] = (mine, 0, len(numbers))


def _without(items: Iterable[Item], folding: _Folding) -> Iterable[Item]:
    """The items that still stand for themselves."""
    for item in items:
        if item.children:
            inside = tuple(_without(item.children, folding))
            if inside:
                yield replace(item, children=inside)
        elif item.key not in folding.becomes:
            times = folding.times.get(item.key, item.times)
            yield replace(item, times=times) if times != item.times else item


def _unwrapped(item: Item) -> Item:
    """A container of nothing but one folded run is that run."""
    item = replace(item, children=tuple(map(_unwrapped, item.children))) if item.children else item
    if item.family == "container" and len(item.children) == 1:
        only = item.children[0]
        if only.times > 1 and only.kind == "module":
            return replace(only, shown=f"{item.label}.{only.label}")
    return item


def _dissolved(items: tuple[Item, ...], everything: tuple[Item, ...], flow: Flow) -> Iterable[Item]:
    """The items without the lists of modules whose members run far from each other: a box around them would be in the way."""
    for item in items:
        if not item.children:
            yield item
            continue
        inside = tuple(_dissolved(item.children, everything, flow))
        row = flow.facts.get(item.name)
        if row is not None and not row.outputs and item.family == "container" and _parted(item, everything, flow):
            yield from (replace(child, shown=f"{item.label}.{child.label}") if child.kind == "module" else child for child in inside)
        else:
            yield replace(item, children=inside)


def _parted(item: Item, everything: tuple[Item, ...], flow: Flow) -> bool:
    """Whether something else runs between the first and the last of what is inside."""
    own = {leaf.key for leaf in item.leaves()}
    times = [flow.steps[key].first for key in own]
    others = (leaf for one in everything for leaf in one.leaves() if leaf.key not in own and leaf.kind in ("module", "operation"))
    return any(min(times) < flow.steps[leaf.key].first < max(times) for leaf in others)


# --- the arrows that are left -----------------------------------------------------------------------------------------


def _edges(folding: _Folding) -> Iterable[Edge]:
    """The arrows between what is left; one that only leads from a round to the next goes."""
    steps = folding.flow.steps
    found: dict[tuple[str, str], Arrow] = {}
    members: dict[tuple[str, str], dict[str, set[int]]] = {}
    for (source, target), arrow in folding.flow.arrows.items():
        ends = folding.final(source), folding.final(target)
        moved = ends != (source, target)
        if ends[0] == ends[1] or (moved and steps[ends[0]].first > steps[ends[1]].first):
            continue
        if ends in found:
            old = found[ends]
            label = old.label if arrow.label in old.label else f"{old.label} · {arrow.label}"
            label = (folding.loosely and spanned(old.label, arrow.label)) or label
            found[ends] = Arrow(label, old.skip and arrow.skip, old.again and arrow.again)
        else:
            found[ends] = arrow
        _note_members(source, target, members.setdefault(ends, {}), folding)
    for (source, target), arrow in found.items():
        yield Edge(source, target, arrow.label, arrow.skip, arrow.again, _members(members[source, target], folding))


def _note_members(source: str, target: str, noted: dict[str, set[int]], folding: _Folding) -> None:
    leaving, entering = folding.member.get(source), folding.member.get(target)
    if leaving and (not entering or leaving[0] != entering[0]):
        noted.setdefault(f"{leaving[2]} from", set()).add(leaving[1])
    if entering and (not leaving or leaving[0] != entering[0]):
        noted.setdefault(f"{entering[2]} to", set()).add(entering[1])


def _members(noted: dict[str, set[int]], folding: _Folding) -> str:
    """Which of several an arrow concerns: nothing when all, when it leaves the last, or when it enters the first."""
    texts: list[str] = []
    for label, numbers in noted.items():
        count, _, way = label.partition(" ")
        whole = int(count)
        usual = {whole - 1} if way == "from" else {0}
        if numbers != usual and len(numbers) < whole - 1:
            texts.append(f"{way} {', '.join(map(str, sorted(numbers)))}")
    return "; ".join(texts)
