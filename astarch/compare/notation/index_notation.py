"""What a computation does, element by element: the same for any layout its tensors are kept in.

A value is a *head*, which is what was computed, and a *layout*, which says how its elements lie in the tensor. Reshapes and
transpositions change the layout alone; an operation that goes through the elements one by one, or along axes, or sums products
over some, names the axes of the heads that it works on. So a product of transposed matrices is the product of the matrices,
and a network in NHWC is the network in NCHW. Heads are interned: equal numbers mean that the same is computed of the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

#: A part of an axis of a head: the axis, how many elements of it one step is, and how many steps there are.
Atom = tuple[int, int, int]
Dims = tuple[tuple[Atom, ...], ...]


class Unproven(Exception):
    """What an operation does is not known here, or is not sure."""


#: How many sizes a list of sizes may have, and how large a size may be: files may be made to exhaust their reader.
SIZES, SIZE = 10_000, 1 << 62


def bounded(value: Any) -> Any:
    """A number or a list of numbers that is no longer and no larger than any sizes are."""
    items = value if isinstance(value, list) else [value]
    if len(items) > SIZES or any(isinstance(item, int) and abs(item) > SIZE for item in items):
        raise Unproven("sizes beyond any tensor's")
    return value


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor: what was computed, how it lies, and a number that everything is multiplied with."""

    head: int
    dims: Dims = ()
    factor: float = 1.0

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of its axes."""
        return tuple(math.prod(atom[2] for atom in dim) for dim in self.dims)

    def turned(self, order: Sequence[int]) -> Value:
        """With its axes in another order."""
        if sorted(order) != list(range(len(self.dims))):
            raise Unproven("axes")
        return Value(self.head, tuple(self.dims[place] for place in order), self.factor)

    def shaped(self, shape: Sequence[int]) -> Value:
        """The same elements under another shape."""
        left = [atom for dim in reversed(self.dims) for atom in reversed(dim)]
        dims: list[tuple[Atom, ...]] = []
        for size in shape:
            taken: list[Atom] = []
            while size > 1:
                if not left:
                    raise Unproven("shape")
                axis, stride, steps = left.pop()
                if size % steps == 0:
                    taken.append((axis, stride, steps))
                    size //= steps
                elif steps % size == 0:
                    taken.append((axis, stride * (steps // size), size))
                    left.append((axis, stride, steps // size))
                    size = 1
                else:
                    raise Unproven("shape")
            dims.append(_merged(taken))
        if left:
            raise Unproven("shape")
        return Value(self.head, tuple(dims), self.factor)

    def times(self, factor: float) -> Value:
        """Everything multiplied with a number."""
        return Value(self.head, self.dims, self.factor * factor)


def rounded(number: float) -> float:
    """A number as far as float32 and the ways of writing it let it be the same."""
    return float(f"{number:.5g}") if math.isfinite(number) else number


def _within(one: Value, other: Value) -> bool:
    """Whether the one, broadcast with the other, is no larger than that."""
    sizes, wide = one.shape, other.shape
    return len(sizes) <= len(wide) and all(size in (1, side) for size, side in zip(reversed(sizes), reversed(wide), strict=False))


def _merged(atoms: Sequence[Atom]) -> tuple[Atom, ...]:
    found: list[Atom] = []
    for axis, stride, steps in atoms:
        if found and found[-1][0] == axis and found[-1][1] == stride * steps:
            found[-1] = (axis, stride, found[-1][2] * steps)
        else:
            found.append((axis, stride, steps))
    return tuple(found)


#: The parts of axes, one of each operand, that an axis of a result runs along; None where an operand has no such axis.
Run = tuple[Atom | None, ...]


def _runs(groups: Sequence[tuple[Atom, ...]]) -> list[Run]:
    """The axes of several operands that run along one another, cut so that each has the same cuts."""
    stacks = [list(reversed(group)) for group in groups]
    wide = [place for place, stack in enumerate(stacks) if stack]
    found: list[Run] = []
    while any(stacks[place] for place in wide):
        if not all(stacks[place] for place in wide):
            raise Unproven("sizes")
        size = min(stacks[place][-1][2] for place in wide)
        run: list[Atom | None] = [None] * len(groups)
        for place in wide:
            axis, stride, steps = stacks[place].pop()
            if steps % size:
                raise Unproven("sizes")
            run[place] = (axis, stride * (steps // size), size)
            if steps > size:
                stacks[place].append((axis, stride, steps // size))
        found.append(tuple(run))
    return found


def _key(run: Run) -> tuple[Any, ...]:
    return tuple((1, 0, 0) if atom is None else (0, atom[0], -atom[1]) for atom in run)


@dataclass(slots=True)
class _Axes:
    """The axes of a new head: runs in one order for all layouts, those that lie side by side as one."""

    runs: list[Run] = field(default_factory=list[Run])
    places: dict[Run, Atom] = field(default_factory=dict[Run, Atom])

    def sizes(self) -> tuple[int, ...]:
        return tuple(next(atom[2] for atom in run if atom is not None) for run in self.runs)


def _axes(runs: Sequence[Run], start: int = 0) -> _Axes:
    groups: list[list[Run]] = []
    for run in sorted(runs, key=_key):
        if groups and all(
            (one is None and other is None)
            or (one is not None and other is not None and one[0] == other[0] and one[1] == other[1] * other[2])
            for one, other in zip(groups[-1][-1], run, strict=True)
        ):
            groups[-1].append(run)
        else:
            groups.append([run])
    found = _Axes()
    for axis, group in enumerate(groups, start):
        sizes = [next(atom[2] for atom in run if atom is not None) for run in group]
        for place, run in enumerate(group):
            found.places[run] = (axis, math.prod(sizes[place + 1 :]), sizes[place])
        found.runs.append(
            tuple(
                None if group[0][n] is None else (group[0][n][0], group[-1][n][1], math.prod(sizes))  # type: ignore[index]
                for n in range(len(group[0]))
            )
        )
    return found


class Notation:
    """The heads of all computations that are to be compared, by number."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._forms: list[Any] = []
        self._sizes: list[tuple[int, ...]] = []
        self._given: list[bool] = []

    def head(self, form: Any, sizes: Sequence[int]) -> int:
        """The number of what is computed; its axes have these sizes."""
        found = self._numbers.setdefault(form, len(self._numbers))
        if found == len(self._forms):
            self._forms.append(form)
            self._sizes.append(tuple(sizes))
        return found

    def count(self) -> int:
        """How many heads there are."""
        return len(self._forms)

    def given(self, head: int) -> bool:
        """Whether what is computed depends on what the whole is given."""
        while len(self._given) <= head:  # what a head is of was there before it
            form = self._forms[len(self._given)]
            self._given.append(form[0] in ("input", "place", "state") or any(self._given[item] for item in operands(form)))
        return self._given[head]

    def sizes(self, head: int) -> tuple[int, ...]:
        """The sizes of the axes of a head."""
        return self._sizes[head]

    def form(self, head: int) -> Any:
        """What a head computes."""
        return self._forms[head]

    def leaf(self, form: Any, shape: Sequence[int]) -> Value:
        """Something that is given: an input, a parameter."""
        return self._plain(form, shape)

    def _plain(self, form: Any, shape: Sequence[int], factor: float = 1.0) -> Value:
        head = self.head(form, shape)
        return Value(head, tuple(((axis, 1, size),) if size != 1 else () for axis, size in enumerate(shape)), factor)

    def number(self, value: float) -> Value:
        """A number."""
        return Value(self.head(("one",), ()), (), float(value))

    def filled(self, value: float, shape: Sequence[int]) -> Value:
        """The same number everywhere."""
        return self._plain(("ones", *shape), shape, float(value)) if math.prod(shape) != 1 else Value(
            self.head(("one",), ()), ((),) * len(shape), float(value)
        )  # fmt: skip

    def constant(self, value: Value) -> float | None:
        """The number that a value is, everywhere; None where it is none."""
        return value.factor if self._forms[value.head][0] in ("one", "ones") else None

    def number_beside(self, value: Value, other: Value) -> float | None:
        """The number that a value is, where it makes the other no larger."""
        return self.constant(value) if _within(value, other) else None

    # --- element by element -------------------------------------------------------------------------------------------

    def each(self, name: str, value: Value, *settings: Any) -> Value:
        """One function of every element."""
        known = self.constant(value)
        if known is not None and name in _OF_NUMBERS:
            return Value(value.head, value.dims, _OF_NUMBERS[name](known))
        own = tuple(rounded(setting) if isinstance(setting, float) else setting for setting in settings)
        head = self.head(("each", name, own, value.head, rounded(value.factor)), self._sizes[value.head])
        return Value(head, value.dims)

    def add(self, one: Value, other: Value) -> Value:
        """The sum, broadcast."""
        numbers = self.constant(one), self.constant(other)
        for number, value in ((one, other), (other, one)):
            if not _within(number, value):
                continue
            if numbers[0] is not None and numbers[1] is not None:
                return Value(value.head, value.dims, numbers[0] + numbers[1])
            if self.constant(number) == 0.0:
                return value
        return self.together("add", one, other, swaps=True)

    def multiply(self, one: Value, other: Value) -> Value:
        """The product of elements, broadcast; a number goes before the whole."""
        for number, value in ((one, other), (other, one)):
            if self.constant(number) is not None and _within(number, value):
                return value.times(number.factor)
        factor = one.factor * other.factor
        return self.together("mul", Value(one.head, one.dims), Value(other.head, other.dims), swaps=True).times(factor)

    def divide(self, one: Value, other: Value) -> Value:
        """The quotient of elements, broadcast."""
        number = self.constant(other)
        if number and _within(other, one):
            return one.times(1 / number)
        return self.together("div", one, other)

    def together(self, name: str, *values: Value, swaps: bool = False, settings: tuple[Any, ...] = ()) -> Value:
        """A function of elements of several tensors, broadcast."""
        values = self._unspread(values)
        rank = max(len(value.dims) for value in values)
        dims = [((),) * (rank - len(value.dims)) + value.dims for value in values]
        orders = [tuple(range(len(values))), tuple(reversed(range(len(values))))] if swaps else [tuple(range(len(values)))]
        best: tuple[Any, list[list[Run]], _Axes] | None = None
        for order in orders:
            runs = [_runs([dims[n][place] for n in order]) for place in range(rank)]
            axes = _axes([run for group in runs for run in group])
            form = ("together", name, settings, tuple((values[n].head, rounded(values[n].factor)) for n in order), tuple(axes.runs))
            if best is None or _order(form) < _order(best[0]):
                best = form, runs, axes
        assert best is not None
        form, runs, axes = best
        return Value(self.head(form, axes.sizes()), tuple(_merged([axes.places[run] for run in group]) for group in runs))

    def _unspread(self, values: Sequence[Value]) -> tuple[Value, ...]:
        """Without repetitions along axes that another operand is as wide in: they are what broadcasting does anyway."""
        found = list(values)
        for n, value in enumerate(found):
            form = self._forms[value.head]
            while form[0] == "spread":
                place = next((at for at, atoms in enumerate(value.dims) if atoms == ((0, 1, form[2]),)), None)
                back = None if place is None else place - len(value.dims)
                others = [other for at, other in enumerate(found) if at != n and back is not None and len(other.dims) >= -back]
                if back is None or not any(other.shape[back] == form[2] for other in others):
                    break
                dims = [tuple((axis - 1, stride, steps) for axis, stride, steps in atoms) for atoms in value.dims]
                dims[back] = ()
                value = found[n] = Value(form[1], tuple(dims), value.factor)
                form = self._forms[value.head]
        return tuple(found)

    # --- along axes ---------------------------------------------------------------------------------------------------

    def along(self, name: str, value: Value, dims: Sequence[int], *settings: Any) -> Value:
        """A function of the elements along some axes, that gives as many: softmax, a norm."""
        atoms = self._atoms(value, dims)
        head = self.head(("along", name, settings, value.head, rounded(value.factor), atoms), self._sizes[value.head])
        return Value(head, value.dims)

    def reduce(self, name: str, value: Value, dims: Sequence[int], keep: bool) -> Value:
        """One element of all along some axes: their mean, the largest."""
        gone = {dim % len(value.dims) for dim in dims}
        atoms = self._atoms(value, sorted(gone))
        rest = [dim for place, dim in enumerate(value.dims) if place not in gone]
        axes = _axes([(atom,) for dim in rest for atom in dim])
        linear = name in ("mean", "sum")
        head = self.head(("reduce", name, value.head, 1.0 if linear else rounded(value.factor), atoms), axes.sizes())
        kept = (_merged([axes.places[(atom,)] for atom in dim]) for dim in rest)
        dims_of = tuple(next(kept) if place not in gone else () for place in range(len(value.dims)) if keep or place not in gone)
        return Value(head, dims_of, value.factor if linear else 1.0)

    def _atoms(self, value: Value, dims: Sequence[int]) -> tuple[Atom, ...]:
        """The parts of axes that some dimensions are of, in one order: for what does not care for it."""
        picked = [(atom,) for dim in dims for atom in value.dims[dim % len(value.dims)]]
        return tuple(run[0] for run in _axes(picked).runs if run[0] is not None)

    def picked(self, value: Value, dim: int, start: int, stop: int, step: int = 1) -> Value:
        """The elements from one place to another along an axis."""
        dim %= len(value.dims)
        size = value.shape[dim]
        start, stop, step = slice(start, stop, step).indices(size)
        places = range(start, stop, step)
        if places == range(size):
            return value
        if not places:
            raise Unproven("nothing is left")
        if step == 1 and size % len(places) == 0 and start % len(places) == 0:  # one of several equal parts
            with suppress(Unproven):
                parts = value.shaped((*value.shape[:dim], size // len(places), len(places), *value.shape[dim + 1 :]))
                return self._part(parts, dim, start // len(places))
        rest = [dims for place, dims in enumerate(value.dims) if place != dim]
        axes = _axes([(atom,) for group in rest for atom in group], 1)
        head = self.head(("slice", value.head, value.dims[dim], (start, stop, step)), (len(places), *axes.sizes()))
        kept = iter([_merged([axes.places[(atom,)] for atom in group]) for group in rest])
        own = ((0, 1, len(places)),) if len(places) > 1 else ()
        return Value(head, tuple(own if place == dim else next(kept) for place in range(len(value.dims))), value.factor)

    def _part(self, value: Value, dim: int, index: int) -> Value:
        """One place of an axis, which goes away."""
        rest = [dims for place, dims in enumerate(value.dims) if place != dim]
        axes = _axes([(atom,) for group in rest for atom in group])
        head = self.head(("part", value.head, value.dims[dim], index), axes.sizes())
        return Value(head, tuple(_merged([axes.places[(atom,)] for atom in group]) for group in rest), value.factor)

    def one(self, value: Value, dim: int, index: int) -> Value:
        """One place of an axis, which goes away."""
        dim %= len(value.dims)
        size = value.shape[dim]
        index += size if index < 0 else 0
        part = self.picked(value, dim, index, index + 1)
        return part.shaped([side for place, side in enumerate(part.shape) if place != dim])

    def joined(self, values: Sequence[Value], dim: int) -> Value:
        """Tensors one after the other along an axis."""
        rank = len(values[0].dims)
        dim %= rank
        if any(len(value.dims) != rank for value in values):
            raise Unproven("ranks")
        runs = [_runs([value.dims[place] for value in values]) for place in range(rank) if place != dim]
        if any(atom is None for group in runs for run in group for atom in run):
            raise Unproven("sizes")
        axes = _axes([run for group in runs for run in group], 1)
        along = sum(value.shape[dim] for value in values)
        own = tuple((value.head, rounded(value.factor), value.dims[dim]) for value in values)
        head = self.head(("joined", own, tuple(axes.runs)), (along, *axes.sizes()))
        kept = iter([_merged([axes.places[run] for run in group]) for group in runs])
        return Value(head, tuple(((0, 1, along),) if place == dim else next(kept) for place in range(rank)))

    # --- sums of products ---------------------------------------------------------------------------------------------

    def contract(self, one: Value, other: Value, labels: tuple[str, str, str]) -> Value:
        """A sum of products as ``einsum`` writes it: the axes of the first, of the second, and of the result."""
        for value, text in ((one, labels[0]), (other, labels[1])):
            if len(value.dims) != len(text) or len(set(text)) != len(text):
                raise Unproven("labels")
        groups = {
            sign: _runs([side.dims[text.index(sign)] if sign in text else () for side, text in ((one, labels[0]), (other, labels[1]))])
            for sign in dict.fromkeys(labels[0] + labels[1])
        }
        best: tuple[Any, dict[Run, Atom], tuple[int, ...]] | None = None
        for order in ((0, 1), (1, 0)):
            kept = _axes([_ordered(run, order) for sign in labels[2] for run in groups[sign]])
            summed = _axes([_ordered(run, order) for sign, group in groups.items() if sign not in labels[2] for run in group])
            heads = (one.head, other.head)
            form = ("contract", tuple(heads[n] for n in order), tuple(kept.runs), tuple(summed.runs))
            if best is None or _order(form) < _order(best[0]):
                places = {run: kept.places[_ordered(run, order)] for sign in labels[2] for run in groups[sign]}
                best = form, places, kept.sizes()
        assert best is not None
        form, places, sizes = best
        dims = tuple(_merged([places[run] for run in groups[sign]]) for sign in labels[2])
        return Value(self.head(form, sizes), dims, one.factor * other.factor)

    def product(self, one: Value, other: Value) -> Value:
        """A product of matrices, or of many pairs of them."""
        if not one.dims or not other.dims:
            raise Unproven("ranks")
        signs = "abcdefgh"[: max(len(one.dims), len(other.dims)) - 2] if max(len(one.dims), len(other.dims)) > 2 else ""
        first = f"{signs[len(signs) - max(len(one.dims) - 2, 0) :]}{'m' if len(one.dims) > 1 else ''}k"
        second = f"{signs[len(signs) - max(len(other.dims) - 2, 0) :]}k{'n' if len(other.dims) > 1 else ''}"
        result = signs + ("m" if len(one.dims) > 1 else "") + ("n" if len(other.dims) > 1 else "")
        return self.contract(one, other, (first, second, result))

    def lookup(self, table: Value, index: Value, axis: int = 0) -> Value:
        """The rows of a table that indices pick."""
        axis %= len(table.dims)
        rest = [dims for place, dims in enumerate(table.dims) if place != axis]
        axes = _axes([(atom,) for group in rest for atom in group])
        own = self._sizes[index.head]
        head = self.head(("lookup", table.head, table.dims[axis], index.head, rounded(index.factor)), (*own, *axes.sizes()))
        kept = [_merged([_moved(axes.places[(atom,)], len(own)) for atom in group]) for group in rest]
        return Value(head, (*kept[:axis], *index.dims, *kept[axis:]), table.factor)

    # --- layers that stay whole ---------------------------------------------------------------------------------------

    def whole(
        self, name: str, given: Sequence[tuple[Value, Sequence[int]] | None], settings: tuple[Any, ...], sizes: Sequence[int]
    ) -> Value:
        """An operation that is not taken apart: of each operand, the axes in the order of their roles; and the sizes of the result."""
        own = tuple(
            None if item is None else (item[0].head, rounded(item[0].factor), tuple(item[0].dims[dim] for dim in item[1])) for item in given
        )
        return self._plain(("whole", name, settings, own), sizes)


def operands(form: Any) -> tuple[int, ...]:
    """The heads that a form is of, each once."""
    word = form[0]
    if word in ("each", "along"):
        return (form[3],)
    if word in ("reduce", "slice", "part", "spread"):
        return (form[2] if word == "reduce" else form[1],)
    if word == "contract":
        return tuple(sorted(set(form[1])))
    if word == "lookup":
        return tuple(sorted({form[1], form[3]}))
    if word == "joined":
        return tuple(sorted({head for head, *_ in form[1]}))
    if word == "loop":
        return tuple(sorted({form[1], form[6][0], *(item[0] for item in (*form[4], *form[5]))}))
    if word in ("together", "whole"):
        return tuple(sorted({item[0] for item in form[3] if item is not None}))
    return ()


def _ordered(run: Run, order: tuple[int, ...]) -> Run:
    return tuple(run[n] for n in order)


def _moved(atom: Atom, by: int) -> Atom:
    return (atom[0] + by, *atom[1:])


def _order(form: Any) -> str:
    return repr(form)


_OF_NUMBERS: dict[str, Any] = {
    "sqrt": lambda number: math.sqrt(number) if number >= 0 else math.nan,
    "rsqrt": lambda number: 1 / math.sqrt(number) if number > 0 else math.nan,
    "exp": math.exp,
}
