"""Which keys of an old state dict stand under another name in the new one: found by structure and shape, said with confidence.

Only keys that do not load as they are take part. They are paired in three passes, the surest first: whole parts of the
module tree that are equal inside, then runs of keys in the order of their use, then what is left and fits only one place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from ..ir.architecture import Architecture, Buffer, Parameter
from ..ir.change import Rename

Held = Parameter | Buffer

#: More pairs than this are not tried by likeness of names.
_MOST_PAIRS = 40_000


def state(model: Architecture) -> dict[str, Held]:
    """What a state dict of the model holds, in its order as far as names go.

    >>> list(state(Architecture("n", buffers={"b": Buffer("b", (1,)), "c": Buffer("c", (1,), persistent=False)})))
    ['b']
    """
    kept = {name: buffer for name, buffer in model.buffers.items() if buffer.persistent}
    return {**model.parameters, **kept}


def renames(old: Architecture, new: Architecture, old_used: Sequence[str] = (), new_used: Sequence[str] = ()) -> list[Rename]:
    """The renamed keys.

    Args:
        old: The model before.
        new: The model after.
        old_used: Its keys in the order in which the forward uses them, where that is known.
        new_used: Likewise.
    """
    before, after = state(old), state(new)
    gone = {name: item for name, item in before.items() if name not in after or not fits(item, after[name])}
    come = {name: item for name, item in after.items() if name not in before or not fits(before[name], item)}
    search = _Search(old, new, gone, come)
    search.parts()
    search.runs(_ordered(gone, old_used), _ordered(come, new_used), exact=True)
    for _ in range(3):  # what was exchanged is found one run at a time
        search.runs(_ordered(gone, old_used), _ordered(come, new_used), exact=False)
    search.rest()
    order = {name: place for place, name in enumerate(after)}
    return sorted(search.found.values(), key=lambda rename: order[rename.new])


def fits(old: Held, new: Held) -> bool:
    """Whether ``load_state_dict`` takes one for the other."""
    if old.shape is None or new.shape is None:
        return True
    return tuple(map(str, old.shape)) == tuple(map(str, new.shape)) or (len(new.shape) == 0 and str(tuple(old.shape)) == "(1,)")


def _ordered(items: Mapping[str, Held], used: Sequence[str]) -> list[str]:
    """The names in order of use; what is never used stands after what it was registered after."""
    place = {name: number for number, name in enumerate(used)}
    last, keyed = -1, []
    for number, name in enumerate(items):
        last = place.get(name, last)
        keyed.append((last, number, name))
    return [name for _, _, name in sorted(keyed)]


class _Search:
    def __init__(self, old: Architecture, new: Architecture, gone: Mapping[str, Held], come: Mapping[str, Held]) -> None:
        self.old, self.new = old, new
        self.gone, self.come = dict(gone), dict(come)
        self.found: dict[str, Rename] = {}

    def _take(self, old: str, new: str, confidence: float, why: str) -> None:
        self.found[old] = Rename(old, new, round(confidence, 2), why)
        del self.gone[old], self.come[new]

    # --- whole parts ----------------------------------------------------------------------------------------------

    def parts(self) -> None:
        """Pair modules whose keys are all gone with modules whose keys are all new, where the insides are equal."""
        before, after = _insides(self.gone, _sizes(state(self.old))), _insides(self.come, _sizes(state(self.new)))
        by_inside: dict[Any, list[str]] = defaultdict(list)
        for path, inside in after.items():
            by_inside[inside].append(path)
        for path in sorted(before, key=lambda path: (path.count("."), -len(before[path]))):
            inside = before[path]
            if any(f"{path}.{name}" not in self.gone for name, *_ in inside):
                continue
            places = [other for other in by_inside[inside] if all(f"{other}.{name}" in self.come for name, *_ in inside)]
            rivals = [
                other for other, same in before.items() if same == inside and all(f"{other}.{name}" in self.gone for name, *_ in inside)
            ]
            if not places:
                continue
            best, confidence, why = self._best(path, places, rivals)
            if best is not None:
                for name, *_ in inside:
                    self._take(f"{path}.{name}", f"{best}.{name}", confidence, why)

    def _best(self, path: str, places: list[str], rivals: list[str]) -> tuple[str | None, float, str]:
        """The likeliest new place of a part."""
        if len(places) == 1 and len(rivals) == 1:
            same = self._class(self.old, path) == self._class(self.new, places[0])
            return places[0], 0.97 if same else 0.9, "the only part with these keys and shapes"
        if len(rivals) == len(places):  # the same number of equal parts: they keep their order
            return places[rivals.index(path)], 0.85, f"one of {len(places)} equal parts, in their order"
        scored = sorted(((_likeness(path, other), other) for other in places), reverse=True)
        clear = len(scored) == 1 or scored[0][0] - scored[1][0] > 0.15
        taken = any(_likeness(rival, scored[0][1]) > scored[0][0] for rival in rivals if rival != path)
        return (scored[0][1], 0.6, "equal inside, and the name is the likest") if clear and not taken else (None, 0.0, "")

    @staticmethod
    def _class(model: Architecture, path: str) -> str:
        module = model.modules.get(path)
        return module.class_name if module else ""

    # --- runs of keys ---------------------------------------------------------------------------------------------

    def runs(self, old: Iterable[str], new: Iterable[str], *, exact: bool) -> None:
        """Pair keys in the longest common sequences of shapes (and, when exact, of their last names)."""
        before, after = [name for name in old if name in self.gone], [name for name in new if name in self.come]
        if not before or not after:
            return
        tokens = [[_token(name, items[name], exact) for name in names] for names, items in ((before, self.gone), (after, self.come))]
        counts = [_count(side) for side in tokens]
        for block in SequenceMatcher(None, tokens[0], tokens[1], autojunk=False).get_matching_blocks():
            for step in range(block.size):
                first, second = before[block.a + step], after[block.b + step]
                token = tokens[0][block.a + step]
                alone = counts[0][token] == counts[1][token] == 1
                likely = _likeness(first, second)
                whole = counts[0][token] == counts[1][token]
                confidence = (0.92 if alone else 0.8 if whole else 0.55) - (0 if exact else 0.2) + 0.05 * likely
                if confidence >= 0.5 or likely > 0.6:
                    why = "the only key of this shape" if alone else "same shape, same place in the order"
                    self._take(first, second, min(confidence, 0.97), why)

    def rest(self) -> None:
        """Pair what is left where a shape has exactly one place on both sides."""
        places: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for side, items in enumerate((self.gone, self.come)):
            for name, item in items.items():
                places[_token(name, item, exact=False)][side].append(name)
        for before, after in places.values():
            if len(before) == len(after) == 1 and before[0].rpartition(".")[2] == after[0].rpartition(".")[2]:
                self._take(before[0], after[0], 0.7, "the only key of this shape and last name")


def _insides(moving: Mapping[str, Held], whole: Mapping[str, int]) -> dict[str, frozenset[Any]]:
    """For every module all of whose keys are moving: the keys inside with shape and kind."""
    inside: dict[str, set[Any]] = defaultdict(set)
    for name, item in moving.items():
        for path in _above(name):
            inside[path].add((name[len(path) + 1 :], str(item.shape), isinstance(item, Parameter)))
    return {path: frozenset(keys) for path, keys in inside.items() if len(keys) == whole[path]}


def _sizes(items: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for name in items:
        for path in _above(name):
            found[path] += 1
    return found


def _above(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _token(name: str, item: Held, exact: bool) -> str:
    return f"{name.rpartition('.')[2] if exact else isinstance(item, Parameter)} {item.shape}"


def _count(tokens: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for token in tokens:
        found[token] += 1
    return found


def _likeness(first: str, second: str) -> float:
    return SequenceMatcher(None, first, second, autojunk=False).ratio()
