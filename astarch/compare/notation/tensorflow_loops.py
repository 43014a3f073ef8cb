"""The loops of TensorFlow that go through the places of a sequence, in index notation: one step, with what it takes and passes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...ir.graph import Node, TensorType
from .index_notation import Unproven, Value
from .vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Places:
    """A tensor as a list of what it holds along its first axis."""

    value: Value


@dataclass(frozen=True, slots=True)
class Written:
    """A list that is written to: what a step puts into it, and whether every step has a place of its own."""

    item: Value | None = None
    every: bool = False


@dataclass(frozen=True, slots=True)
class Counter:
    """The number of a step."""


#: A slot: a node, and which of its results.
Slot = tuple[int, int]


def loop(
    words: Vocabulary, nodes: list[Node], slots: list[tuple[Slot, ...]], node: Node, known: Mapping[int, Any],
    follow: Callable[[Node, dict[int, Any]], Any],
) -> tuple[Any, ...]:  # fmt: skip
    """What a While gives, by place.

    Args:
        words: The notation.
        nodes: All nodes of the graph.
        slots: What each node takes.
        node: The While; after what it takes stand what its body and its condition give.
        known: What is known of the nodes before it.
        follow: Works out a node, given what is known of those that it takes.
    """
    count = len(node.arguments)
    taken, made = [slots[node.index][place][0] for place in range(count)], slots[node.index][count : 2 * count]
    if len(slots[node.index]) < 2 * count + 1:
        raise Unproven("a loop")
    changed = [place for place in range(count) if made[place][0] != taken[place]]
    inside: dict[int, Any] = dict(known)
    lists = [place for place in range(count) if isinstance(known.get(taken[place]), Places)]
    if len(lists) != 1 or len({taken[place] for place in changed}) != len(changed):
        raise Unproven("a loop")
    places: Value = known[taken[lists[0]]].value
    states: list[int] = []
    for place in changed:
        first = known.get(taken[place])
        if isinstance(first, Written):
            continue
        if first == 0 and type(first) is int:
            inside[taken[place]] = Counter()
            _counts(nodes, slots, made[place][0], taken[place], known)
        elif isinstance(first, Value):
            kind = nodes[taken[place]]
            shape = first.shape if kind.target == "Merge" else _shape(kind, places)
            inside[taken[place]] = words.leaf(("state", len(states)), shape)
            states.append(place)
        else:
            raise Unproven("a loop")
    inside[taken[lists[0]]] = Places(words.leaf(("place",), (1, *places.shape[1:])))
    _ends(nodes, slots, slots[node.index][2 * count][0], known, places.shape[0])
    wanted = [made[place][0] for place in changed if type(known.get(taken[place])) is not int]
    for index in _body(nodes, wanted, set(taken), known, inside):
        inside[index] = follow(nodes[index], inside)
    new = [inside[made[place][0]] for place in states]
    found: dict[int, Any] = {}
    for place in changed:
        value = inside.get(made[place][0])
        if isinstance(known.get(taken[place]), Written) and isinstance(value, Written) and value.item is not None:
            whole, last = words.repeated_step(places, [known[taken[at]] for at in states], new, value.item)
            found[place] = Written(whole if value.every else last, value.every)
    for at, place in enumerate(states):
        found[place] = words.repeated_step(places, [known[taken[one]] for one in states], new, new[at])[1]
    return tuple(found.get(place) for place in range(count))


#: What loops are written with in graphs that jump.
JUMPS = ("Enter", "Merge", "Switch", "NextIteration", "LoopCond", "Exit")


def left(
    words: Vocabulary, nodes: list[Node], slots: list[tuple[Slot, ...]], node: Node, known: Mapping[int, Any],
    follow: Callable[[Node, dict[int, Any]], Any],
) -> Any:  # fmt: skip
    """What leaves a loop that is written as jumps: as a While, of what its merges begin with and what comes around to them."""
    switch = slots[node.index][0][0]
    if nodes[switch].target != "Switch" or len(slots[switch]) != 2 or slots[node.index][0][1] != 0:
        raise Unproven("a loop")
    condition = slots[switch][1][0]
    places = [one.index for one in nodes if one.target == "Switch" and len(slots[one.index]) == 2 and slots[one.index][1][0] == condition]
    merges = [slots[place][0][0] for place in places]
    named = {one.name: one.index for one in nodes}
    around = [_around(nodes, slots, merge, named) for merge in merges]
    bare = [replace(one, inputs=one.inputs[:1]) if one.index in places else one for one in nodes]  # when it ends is looked at apart
    alike = [*bare, Node(len(nodes), "call_function", "While", arguments=tuple((str(n), "") for n in range(len(merges))))]
    back = [(merges[places.index(made[0])], 0) if made[0] in places else made for made in around]
    given = (*((merge, 0) for merge in merges), *back, slots[condition][0])
    found = loop(words, alike, [*slots, tuple(given)], alike[-1], known, follow)
    return found[places.index(switch)]


def _around(nodes: list[Node], slots: list[tuple[Slot, ...]], merge: int, named: Mapping[str, int]) -> Slot:
    """What comes around to the beginning of a loop again."""
    closing = [named[text.partition(":")[0]] for _, text in nodes[merge].arguments if text.partition(":")[0] in named]
    closing = [index for index in closing if nodes[index].target == "NextIteration"]
    if nodes[merge].target != "Merge" or len(closing) != 1 or len(slots[closing[0]]) != 1:
        raise Unproven("a loop")
    return slots[closing[0]][0]


def _shape(node: Node, places: Value) -> tuple[int, ...]:
    """The sizes of a state; one that is left open is the batch."""
    if not isinstance(node.output, TensorType):
        raise Unproven("a state")
    return tuple(side if type(side) is int else places.shape[1] for side in node.output.shape)


def _counts(nodes: list[Node], slots: list[tuple[Slot, ...]], index: int, before: int, known: Mapping[int, Any]) -> None:
    """That a number grows by one with each step."""
    given = [slots[slot[0]][0][0] if nodes[slot[0]].target == "Switch" else slot[0] for slot in slots[index]]
    if nodes[index].target not in ("Add", "AddV2") or before not in given or [known.get(one) for one in given if one != before] != [1]:
        raise Unproven("how a loop counts")


def _ends(nodes: list[Node], slots: list[tuple[Slot, ...]], index: int, known: Mapping[int, Any], count: int) -> None:
    """That a loop ends after so many steps."""
    border, found = [index], list[Any]()
    while border:
        node = nodes[border.pop()]
        if node.target == "LogicalAnd":
            border.extend(slot[0] for slot in slots[node.index])
        elif node.target == "Less":
            found.append(known.get(slots[node.index][1][0]))
        elif node.target not in ("Identity", "Const"):
            raise Unproven("how long a loop goes on")
    limits = [limit for limit in found if type(limit) is int]
    if not limits or min(limits) != count:
        raise Unproven("how long a loop goes on")


def _body(nodes: list[Node], wanted: list[int], taken: set[int], known: Mapping[int, Any], inside: Mapping[int, Any]) -> list[int]:
    """The nodes of the body, each after those it takes: all that depend on what changes from step to step."""
    fresh = {index for index in taken if inside.get(index) is not known.get(index)}
    reached: set[int] = set()
    border = list(wanted)
    while border:
        index = border.pop()
        if index not in reached and index not in taken:
            reached.add(index)
            border.extend(nodes[index].inputs)
    depends = set(fresh)
    for index in sorted(reached):
        if any(one in depends for one in nodes[index].inputs):
            depends.add(index)
    return sorted(depends & reached)
