"""What a layer finds when something is assigned to it: variables, layers, seed generators, alone or in containers."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from ...describe import refuse
from ..state import state
from ..tensor import Variable

_LOCKED = (
    "You cannot add new elements of state (variables or sub-layers) to a layer that is already built. All state must be created in the "
    "`__init__()` method or in the `build()` method."
)


class Tracker:
    """The lists of one layer: trainable and other variables, metrics, layers, seed generators."""

    described = True

    def __init__(self, kind_of: Any) -> None:
        self.kind_of = kind_of
        self.stores: dict[str, list[Any]] = {
            "trainable_variables": [], "non_trainable_variables": [], "metrics": [], "layers": [], "seed_generators": [],
        }  # fmt: skip
        self.ids: dict[str, set[int]] = {name: set() for name in self.stores}
        self.locked = False

    def track(self, value: Any) -> Any:
        """Note what is assigned; containers come back as ones that note what is put into them."""
        kind = type(value)
        if value is None or kind is int or kind is str or kind is bool or kind is float or not state().tracking:
            return value
        store = self._store_of(value)
        if store is not None:
            if store == "non_trainable_variables" and id(value) in self.ids["trainable_variables"]:
                return value
            if id(value) not in self.ids[store]:
                self.add_to_store(store, value)
            return value
        if isinstance(value, tuple):
            items = [self.track(item) for item in value]
            if hasattr(value, "_fields"):
                return kind(*items)
            return kind(items) if kind is tuple else value
        if isinstance(value, list):
            return TrackedList(value, self)
        if isinstance(value, OrderedDict):
            return value
        if isinstance(value, dict):
            return TrackedDict(value, self)
        if isinstance(value, set):
            for item in value:
                self.track(item)
        return value

    def _store_of(self, value: Any) -> str | None:
        if isinstance(value, Variable):
            if not value.promotes:  # a `tf.Variable` is none of the weights Keras knows
                return None
            return "trainable_variables" if value.trainable else "non_trainable_variables"
        return self.kind_of(value)

    def add_to_store(self, store: str, value: Any) -> None:
        """Put a value into one of the lists."""
        if self.locked:
            refuse("ValueError", _LOCKED)
        self.stores[store].append(value)
        self.ids[store].add(id(value))

    def untrack(self, value: Any) -> None:
        """Take a value out of all lists."""
        for store, ids in self.ids.items():
            if id(value) in ids:
                ids.discard(id(value))
                held = self.stores[store]
                held[:] = [other for other in held if other is not value]

    def lock(self, msg: Any = None) -> None:
        self.locked = True

    def unlock(self) -> None:
        self.locked = False


class TrackedList(list[Any]):
    """A list assigned to a layer."""

    def __init__(self, values: Any = (), tracker: Tracker | None = None) -> None:
        self.tracker = tracker
        super().__init__([tracker.track(value) for value in values] if tracker is not None else values)

    def _note(self, value: Any) -> Any:
        return self.tracker.track(value) if self.tracker is not None else value

    def append(self, value: Any) -> None:
        self._note(value)
        super().append(value)

    def insert(self, index: Any, value: Any) -> None:
        self._note(value)
        super().insert(index, value)

    def extend(self, values: Any) -> None:
        super().extend([self._note(value) for value in values])

    def __iadd__(self, values: Any) -> Any:
        super().extend(values)
        return self

    def remove(self, value: Any) -> None:
        if self.tracker is not None:
            self.tracker.untrack(value)
        for place, other in enumerate(self):
            if other is value:
                super().__delitem__(place)
                return
        super().remove(value)

    def pop(self, index: Any = -1) -> Any:
        value = super().pop(index)
        if self.tracker is not None:
            self.tracker.untrack(value)
        return value

    def clear(self) -> None:
        for value in self:
            if self.tracker is not None:
                self.tracker.untrack(value)
        super().clear()

    def __delitem__(self, index: Any) -> None:
        value = self[index]
        super().__delitem__(index)
        if self.tracker is not None:
            self.tracker.untrack(value)


class TrackedDict(dict[Any, Any]):
    """A dict assigned to a layer."""

    def __init__(self, values: Any = (), tracker: Tracker | None = None) -> None:
        self.tracker = tracker
        items = dict(values)
        super().__init__({key: tracker.track(value) for key, value in items.items()} if tracker is not None else items)

    def __setitem__(self, key: Any, value: Any) -> None:
        if self.tracker is not None:
            self.tracker.track(value)
        super().__setitem__(key, value)

    def update(self, *others: Any, **named: Any) -> None:
        for key, value in dict(*others, **named).items():
            super().__setitem__(key, self.tracker.track(value) if self.tracker is not None else value)

    def pop(self, key: Any, *default: Any) -> Any:
        if key not in self:
            return super().pop(key, *default)
        value = super().pop(key)
        if self.tracker is not None:
            self.tracker.untrack(value)
        return value

    def clear(self) -> None:
        for value in self.values():
            if self.tracker is not None:
                self.tracker.untrack(value)
        super().clear()
