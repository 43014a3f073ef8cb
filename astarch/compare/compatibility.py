"""What ``load_state_dict(strict=True)`` would say to an old checkpoint, and what would mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..ir.architecture import Architecture, Buffer
from ..ir.change import Rename, Verdict
from .renames import Held, fits, state

#: Below this a suggested name is a guess, and no mapping is promised.
SURE = 0.5


@dataclass(frozen=True, slots=True)
class Loading:
    """How an old state dict meets the new model.

    Attributes:
        missing: Keys that the new model wants and the old one has not.
        unexpected: Keys that the old one has and the new model does not know.
        mismatched: Keys of another shape.
        unsure: Keys whose shape is not known on one side.
    """

    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    mismatched: tuple[str, ...]
    unsure: tuple[str, ...]

    @property
    def strict(self) -> bool:
        """Whether it loads as it is."""
        return not (self.missing or self.unexpected or self.mismatched)


def loading(old: Mapping[str, Held], new: Mapping[str, Held]) -> Loading:
    """What a strict load says."""
    both = [name for name in new if name in old]
    return Loading(
        missing=tuple(name for name in new if name not in old),
        unexpected=tuple(name for name in old if name not in new),
        mismatched=tuple(name for name in both if not fits(old[name], new[name])),
        unsure=tuple(name for name in both if _known(old[name]) != _known(new[name]) or not (_known(old[name]) or _known(new[name]))),
    )


def _known(item: Held) -> bool:
    return item.shape is not None


def renamed(old: Mapping[str, Held], found: list[Rename]) -> dict[str, Held]:
    """The old state dict with its keys renamed: those that gave up their name to another are gone."""
    names = {rename.old: rename.new for rename in found}
    return {names.get(name, name): item for name, item in old.items()}


def droppable(old: Architecture, new: Architecture, loading: Loading, names: Mapping[str, str]) -> tuple[str, ...]:
    """Unexpected keys that are buffers which the new model makes itself.

    Args:
        old: The model before.
        new: The model after.
        loading: What is left when the keys have their new names.
        names: These names, by the old ones.
    """
    there, saved = moved(names), state(old)
    return tuple(name for name in loading.unexpected if isinstance(saved.get(name), Buffer) and _same_buffer(old, new, name, there(name)))


def fillable(old: Architecture, new: Architecture, loading: Loading, names: Mapping[str, str]) -> tuple[str, ...]:
    """Missing keys that are buffers which the old model made itself and did not save."""
    here, saved = moved({after: before for before, after in names.items()}), state(new)
    return tuple(name for name in loading.missing if isinstance(saved.get(name), Buffer) and _same_buffer(old, new, here(name), name))


def moved(names: Mapping[str, str]) -> Callable[[str], str]:
    """Where a key that is not among the renamed stands now: beside those of its module, where all of them went to the same.

    >>> moved({"a.weight": "b.weight"})("a.mask")
    'b.mask'
    """
    homes: dict[str, set[str]] = {}
    for before, after in names.items():
        homes.setdefault(before.rpartition(".")[0], set()).add(after.rpartition(".")[0])

    def there(name: str) -> str:
        home, _, last = name.rpartition(".")
        found = homes.get(home, {home})
        return ".".join(filter(None, (next(iter(found)) if len(found) == 1 else home, last)))

    return there


def _same_buffer(old: Architecture, new: Architecture, before: str, after: str) -> bool:
    """A buffer of both models, saved by one of them only."""
    first, second = old.buffers.get(before), new.buffers.get(after)
    return first is not None and second is not None and first.persistent != second.persistent and fits(first, second)


def verdict(before: Loading, after: Loading, mended: bool, behaviour: bool | None, changed: bool, doubts: Any) -> Verdict:
    """What all of it means.

    Args:
        before: The load of the old state dict as it is.
        after: The load of it with renamed keys, without what can be left out or filled in.
        mended: Whether any of this was needed.
        behaviour: Whether the forward computes something else.
        changed: Whether there is any change at all.
        doubts: What is not known.
    """
    if not before.strict:
        return Verdict.MAPPING if mended and after.strict else Verdict.BREAKING
    if behaviour:
        return Verdict.BEHAVIOUR
    if doubts or behaviour is None:
        return Verdict.UNDECIDED if changed or doubts else Verdict.NONE
    return Verdict.COMPATIBLE if changed else Verdict.NONE
