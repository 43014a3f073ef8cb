"""The tensors that a saved graph works with, as tensors of the source: by their names, else by the layer that uses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ...ir.architecture import Architecture
from ..align import aligned
from .index_notation import Unproven, Value
from .vocabulary import Vocabulary

_AGAIN = re.compile(r"(.+)_\d+")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A tensor that a saved graph holds, not yet known as one of the source's."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    passed: bool = False
    value: tuple[float, ...] = ()
    scope: str = ""


#: How it is said that a tensor is not known.
UNKNOWN = "which tensor of the source"


class UnknownLeaf(Unproven):
    """Neither by its name nor by its layer is a tensor known."""

    def __init__(self, leaf: Leaf) -> None:
        super().__init__(f"{UNKNOWN} `{leaf.name}` is")
        self.leaf = leaf


@dataclass(slots=True)
class Leaves:
    """Which tensor of the source each of an artifact's is.

    Attributes:
        bound: By the source's names: the artifact's tensor, and whether it is turned about or reshaped.
        unnamed: Those of the source that are known by their place in a layer alone.
        merged: Those that the artifact lets share the elements of another, for their values are equal.
        places: By the source's names: all of the artifact's tensors that stand for one.
        found: Those that are known by what is computed with them.
        guesses: By the artifact's names: the source's name, empty where it is computed of several, and the value.
    """

    source: Architecture
    artifact: Architecture
    words: Vocabulary
    bound: dict[str, tuple[str, bool]] = field(default_factory=dict[str, tuple[str, bool]])
    unnamed: set[str] = field(default_factory=set[str])
    merged: set[str] = field(default_factory=set[str])
    tensors: dict[str, Any] = field(default_factory=dict[str, Any])
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    owned: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    homes: Callable[[str], str] | None = None
    sign: str = "."
    found: set[str] = field(default_factory=set[str])
    places: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    guesses: dict[str, tuple[str, Value]] = field(default_factory=dict[str, tuple[str, Value]])

    def __post_init__(self) -> None:
        self.tensors = {**self.source.parameters, **self.source.buffers}
        listed = [*self.artifact.parameters, *self.artifact.buffers]
        names, _ = aligned(list(self.tensors), listed)
        self.names = {name: names.get(name, name) for name in listed}
        held = self.source.attributes.get("holders", {})
        for name in self.tensors:
            self.owned.setdefault(held.get(name, name.rpartition(self.sign)[0]), []).append(name)
        self.scopes, _ = aligned(list(self.source.modules), [name for name in self.artifact.modules if name])
        self.listed = {self.names[name] for name in listed}

    scopes: Mapping[str, str] = field(default_factory=dict[str, str])
    listed: set[str] = field(default_factory=set[str])

    def module(self, scope: str) -> str:
        """The source's module of a scope; a second call of one may carry a number."""
        if self.homes is not None:
            return self.homes(scope)
        scope = self.scopes.get(scope, scope)
        if scope in self.source.modules:
            return scope
        again = _AGAIN.fullmatch(scope)
        if again and again[1] in self.source.modules:
            return again[1]
        return ""

    def value(self, leaf: Leaf, scope: str, *roles: str, turned: bool = False) -> Value:
        """A tensor as the source's: by its name, else by the layer that uses it, as the one of these roles that fits.

        `turned` says that the user of it takes it the other way round than the layer keeps it.
        """
        if leaf.name in self.guesses:
            return self.guesses[leaf.name][1]
        module = self.module(scope)
        name = self.names.get(leaf.name, leaf.name)
        item = self.tensors.get(name)
        own = name.rpartition(self.sign)[0]
        if item is not None and item.shape == leaf.shape and not (leaf.passed and own != module):
            if leaf.passed:
                self.merged.add(name)
            return self._bind(name, leaf, leaf.shape, False)
        candidates = [
            key
            for role in roles
            for key in self.owned.get(module, ())
            if (key == f"{module}{self.sign}{role}".lstrip(self.sign) or (self.sign == "/" and key.endswith(f"/{role}")))
            and (key not in self.listed or leaf.passed)
        ]
        fitting = [key for key in dict.fromkeys(candidates) if self._fits(key, leaf, turned)]
        if not fitting and not leaf.value and self.sign == ".":  # of a module of one's own: what no other name fits
            others = [key for key in self.owned.get(module, ()) if key not in self.listed and key not in self.bound]
            fitting = [key for key in others if self.tensors[key].shape == leaf.shape]
        if len(fitting) > 1:
            raise UnknownLeaf(leaf)
        if fitting:
            self.unnamed.add(fitting[0])
            if leaf.passed:
                self.merged.add(fitting[0])
            return self._bind(fitting[0], leaf, self.tensors[fitting[0]].shape, turned)
        raise UnknownLeaf(leaf)

    def anew(self) -> Leaves:
        """The same, with nothing found yet."""
        return Leaves(self.source, self.artifact, self.words, homes=self.homes, sign=self.sign)

    @contextmanager
    def assuming(self, guesses: Mapping[str, tuple[str, Value]]) -> Generator[None]:
        """While it is tried out what tensors may be."""
        before = self.guesses, dict(self.bound), set(self.unnamed), set(self.merged)
        places = {name: set(others) for name, others in self.places.items()}
        self.guesses = {**self.guesses, **guesses}
        try:
            yield
        finally:
            self.guesses, self.bound, self.unnamed, self.merged = before
            self.places = places

    def guess(self, name: str, key: str, value: Value) -> None:
        """Take a tensor of the artifact for this."""
        self.guesses[name] = key, value
        if key:
            self.found.add(key)
            self.unnamed.add(key)
            self.places.setdefault(self.tensors[key].tied_to or key, set()).add(name.rstrip("'"))
            self.bound.setdefault(key, (name.rstrip("'"), value.shape != self.tensors[key].shape))

    def _fits(self, key: str, leaf: Leaf, turned: bool) -> bool:
        shape = self.tensors[key].shape
        wanted = shape[::-1] if turned and shape is not None else shape
        return wanted is not None and [side for side in wanted if side != 1] == [side for side in leaf.shape if side != 1]

    def _bind(self, name: str, leaf: Leaf, shape: tuple[int, ...], turned: bool) -> Value:
        item = self.tensors[name]
        if item.dtype != leaf.dtype:
            raise Unproven(f"the element type of `{leaf.name}`")
        self.bound.setdefault(name, (leaf.name, turned or shape != leaf.shape))
        if not leaf.passed:
            self.places.setdefault(item.tied_to or name, set()).add(leaf.name)
        whole = self.words.leaf(("parameter", item.tied_to or name), shape)
        return (whole.turned(tuple(reversed(range(len(shape))))) if turned else whole).shaped(leaf.shape)
