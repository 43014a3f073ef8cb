"""What moves elements about in one form: where each element of the result stands in the value it was taken from.

Reshaping, turning axes, picking, cutting out, repeating: any chain of these is a start and steps through memory, as `as_strided`
takes them. Two chains with the same steps give the same elements, however they were written; no claim is made of others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..ir.dim import Dim
from ..ir.dim_polynomial import exact_quotient

Size = Any  # an int or a Dim
Step = tuple[Size, Size]

#: What gives the same elements in the same order in another shape; what takes a stretch of an axis in each of its parts.
RESHAPES = frozenset(("view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "ravel", "view_as", "reshape_as", "unsafe_view"))
PARTS = frozenset(("unbind", "chunk", "split", "split_with_sizes", "tensor_split"))
_TURNED = frozenset(("transpose", "mT", "T", "t", "permute", "movedim", "moveaxis"))
_EXPANDED = frozenset(("expand", "expand_as", "broadcast_to"))


@dataclass(frozen=True, slots=True)
class View:
    """Elements of a value, in an order.

    Args:
        base: The value.
        start: The place of the first element.
        steps: How many, how far apart, the outermost first; none for all of the value in its own order.
        shape: In which shape.
    """

    base: Any
    start: Size
    steps: tuple[Step, ...]
    shape: tuple[Size, ...]


class Views:
    """The views among numbered forms.

    Args:
        number: Gives the number of a form.
        form: Gives the form of a number.
    """

    def __init__(self, number: Callable[[Any], int], form: Callable[[Any], Any]) -> None:
        self._number, self._form = number, form
        self._known: dict[Any, View] = {}
        self._shapes: dict[Any, tuple[Size, ...]] = {}

    def note(self, value: Any, shape: Any) -> None:
        """The shape of a value."""
        if _is_known(shape):
            self._shapes.setdefault(value, tuple(shape))

    def reshaped(self, value: Any, before: Any, after: Any) -> Any:
        """The same elements in another shape; the shape before need not be known."""
        if not _is_known(after):
            return None
        view = self._known.get(value)
        if view is None:
            if _is_known(before):
                self._shapes[value] = tuple(before)
            view = View(value, 0, (), tuple(after))
        return self._numbered(View(view.base, view.start, view.steps, tuple(after)))

    def moved(self, name: str, given: Mapping[str, Any], value: Any, before: Any, after: Any) -> Any:
        """What an operation makes of a value; None when it is none that moves elements in a way that is known.

        Args:
            name: Of the operation.
            given: Its arguments by name, the value among them.
            value: The number of the value.
            before: The shape of the value.
            after: The shape of the result.
        """
        if not _is_known(before) or not _is_known(after):
            return None
        rest = list(given.values())[1:]
        axes = self._axes(value, tuple(before))
        made = _made(name, given, rest, axes, tuple(before), tuple(after))
        if made is None:
            return None
        start, new = made
        if len(new.axes) != len(after):
            return None
        if axes.base == value:
            self._shapes.setdefault(value, tuple(before))
        steps = _joined(step for axis in new.axes for step in axis)
        return self._numbered(View(axes.base, axes.start + start, steps, tuple(after)))

    def part(self, value: Any, before: Any, dim: Any, start: Size, after: Any) -> Any:
        """A stretch of an axis; or one place of it, where the result has an axis less."""
        picked = len(after) < len(before) if _is_known(before) and _is_known(after) else False
        given = {"input": value, "dim": dim, "start": start, "length": None}
        return self.moved("select" if picked else "narrow", given, value, before, after)

    def _axes(self, value: Any, shape: tuple[Size, ...]) -> _Axes:
        """The steps of each axis of a value."""
        view = self._known.get(value)
        if view is not None:
            steps = view.steps or ((_product(view.shape), 1),)
            cut = _cut(steps, shape)
            if cut is not None:
                return _Axes(cut, view.base, view.start)
        return _Axes(_contiguous(shape), value, 0)

    def _numbered(self, view: View) -> Any:
        """The number of a view; the value itself where it is all of it as it is."""
        whole = self._shapes.get(view.base)
        steps = view.steps
        if whole is not None and len(steps) == 1 and steps[0][1] == 1 and view.start == 0 and steps[0][0] == _product(whole):
            steps = ()
        if not steps and view.start == 0 and whole is not None and whole == view.shape:
            return view.base
        parts = self._joined_parts(View(view.base, view.start, steps, view.shape), whole)
        if parts is not None:
            return parts
        found = self._number(("view", view.base, view.start, steps, view.shape))
        self._known[found] = View(view.base, view.start, steps, view.shape)
        return found

    def _joined_parts(self, view: View, whole: tuple[Size, ...] | None) -> Any:
        """The tensors that a stretch of several, put behind each other, consists of; None where it begins or ends within one."""
        form = self._form(view.base)
        if whole is None or form is None or form[0] != "cat" or not view.steps or len(view.shape) != len(whole):
            return None
        dim, tensors = int(form[1][1]), form[2][1][1:]
        far = _product(whole[dim + 1 :])
        steps = [((view.shape[place], axis[0][1]),) if place == dim and axis else axis for place, axis in enumerate(_contiguous(whole))]
        first = exact_quotient(view.start, far)
        if first is None or _joined(step for axis in steps for step in axis) != view.steps:
            return None
        end, at, found = first + view.shape[dim], 0, list[Any]()
        for tensor in tensors:
            shape = self._shapes.get(tensor)
            if shape is None:
                return None
            if (at == first or found) and at != end:
                found.append(tensor)
            at = at + shape[dim]
            if at == end:
                return self._number(("cat", form[1], ("tensors", ("list", *found)))) if len(found) > 1 else next(iter(found), None)
        return None


@dataclass(frozen=True, slots=True)
class _Axes:
    """The steps of each axis, from a start in a value."""

    axes: tuple[tuple[Step, ...], ...]
    base: Any = None
    start: Size = 0


# --- operations -------------------------------------------------------------------------------------------------------


def _made(
    name: str, given: Mapping[str, Any], rest: list[Any], axes: _Axes, before: tuple[Size, ...], after: tuple[Size, ...]
) -> tuple[Size, _Axes] | None:
    """How much further it starts, and the axes of the result."""
    if name in _TURNED:
        order = _order(name, given, rest, len(before))
        return (0, _Axes(tuple(axes.axes[place] for place in order))) if order is not None else None
    if name in ("select", "narrow"):
        dim, first = _integer(given.get("dim")), given.get("index" if "index" in given else "start")
        return _cut_out(name, dim, first, axes, before, after)
    if name == "getitem":
        return _picked(given.get("index"), axes, before, after)
    if name in _EXPANDED:
        return _expanded(axes, before, after)
    if name in ("repeat", "tile", "repeat_interleave"):
        return _repeated(name, given, rest, axes, before, after)
    return None


def _order(name: str, given: Mapping[str, Any], rest: list[Any], rank: int) -> list[int] | None:
    """Which axis each axis of the result is."""
    order = list(range(rank))
    if name == "T":
        return order[::-1]
    if name in ("t", "mT"):
        first, second = (rank - 2, rank - 1) if rank > 1 else (0, 0)
    elif name == "transpose":
        if len(rest) != 2 or any(_place(one, rank) is None for one in rest):
            return None
        first, second = (_place(one, rank) or 0 for one in rest)
    else:
        return _permuted(name, rest, rank)
    order[first], order[second] = order[second], order[first]
    return order


def _permuted(name: str, rest: list[Any], rank: int) -> list[int] | None:
    if name == "permute":
        places = [_place(one, rank) for one in _flat(rest)]
        return [one for one in places if one is not None] if sorted(map(str, places)) == sorted(map(str, range(rank))) else None
    if len(rest) != 2:
        return None
    sources, targets = ([_place(one, rank) for one in _flat([side])] for side in rest)
    if None in sources or None in targets or len(sources) != len(targets):
        return None
    left = iter([one for one in range(rank) if one not in sources])
    at = dict(zip(targets, sources, strict=True))
    return [found if (found := at.get(place)) is not None else next(left) for place in range(rank)]


def _cut_out(name: str, dim: int | None, first: Any, axes: _Axes, before: tuple[Size, ...], after: tuple[Size, ...]) -> Any:
    place = _place(dim, len(before)) if dim is not None else None
    if place is None or not isinstance(first, int | Dim) or isinstance(first, bool):
        return None
    if type(first) is int and first < 0:
        first = before[place] + first
    found = _stretch(axes.axes[place], first, 1, None if name == "select" else after[place])
    if found is None:
        return None
    start, steps = found
    middle = () if name == "select" else (steps,)
    return start, _Axes((*axes.axes[:place], *middle, *axes.axes[place + 1 :]))


def _stretch(steps: tuple[Step, ...], first: Size, stride: int, length: Size | None) -> tuple[Size, tuple[Step, ...]] | None:
    """So many places of an axis from one on; one place where no length is given."""
    if len(steps) == 1:
        far = steps[0][1]
        return first * far, () if length is None else ((length, far * stride),)
    if first == 0 and not steps:
        return 0, () if length is None else ((length, 0),)
    if length is None and type(first) is int and all(type(size) is int for size, _ in steps):
        start: Size = 0
        for size, far in reversed(steps):
            first, place = divmod(first, size)
            start = start + place * far
        return start, ()
    return None


def _picked(index: Any, axes: _Axes, before: tuple[Size, ...], after: tuple[Size, ...]) -> tuple[Size, _Axes] | None:
    """An index of numbers, slices, new axes and an ellipsis."""
    parts = list(index[1:]) if isinstance(index, tuple) and index[:1] == ("list",) else [index]
    taken = sum(not (part is None or part == ("...",)) for part in parts)
    if ("...",) not in parts:
        parts.append(("...",))
    if sum(part == ("...",) for part in parts) != 1 or taken > len(before):
        return None
    start: Size = 0
    found: list[tuple[Step, ...]] = []
    place = 0
    for part in parts:
        if part is None:
            found.append(())
        elif part == ("...",):
            found += axes.axes[place : place + len(before) - taken]
            place += len(before) - taken
        else:
            one = _one(part, axes.axes[place], before[place], after[len(found)] if len(found) < len(after) else None)
            if one is None:
                return None
            start = start + one[0]
            found += one[1]
            place += 1
    return start, _Axes(tuple(found))


def _one(part: Any, steps: tuple[Step, ...], size: Size, left: Size | None) -> tuple[Size, list[tuple[Step, ...]]] | None:
    """What one part of an index leaves of its axis."""
    if isinstance(part, int | Dim) and not isinstance(part, bool):
        got = _stretch(steps, size + part if type(part) is int and part < 0 else part, 1, None)
        return (got[0], []) if got is not None else None
    if not isinstance(part, tuple) or part[:1] != ("slice",) or left is None:
        return None
    first, _, stride = part[1:]
    stride = 1 if stride is None else stride
    first = 0 if first is None else first
    if type(stride) is not int or stride < 1 or not isinstance(first, int | Dim) or isinstance(first, bool):
        return None
    if first == 0 and stride == 1 and left == size:
        return 0, [steps]
    if type(first) is int and first < 0:
        if type(size) is not int:
            return None  # it may reach over the start
        first = max(size + first, 0)
    got = _stretch(steps, first, stride, left)
    return (got[0], [got[1]]) if got is not None else None


def _expanded(axes: _Axes, before: tuple[Size, ...], after: tuple[Size, ...]) -> tuple[Size, _Axes] | None:
    new = len(after) - len(before)
    found: list[tuple[Step, ...]] = [((size, 0),) for size in after[:new]]
    for steps, size, wanted in zip(axes.axes, before, after[new:], strict=True):
        if size == wanted:
            found.append(steps)
        elif size == 1:
            found.append(((wanted, 0),))
        else:
            return None
    return 0, _Axes(tuple(found))


def _repeated(name: str, given: Mapping[str, Any], rest: list[Any], axes: _Axes, before: tuple[Size, ...], after: tuple[Size, ...]) -> Any:
    if name == "repeat_interleave":
        times, place = given.get("repeats"), _place(given.get("dim"), len(before)) if "dim" in given else None
        if place is None or type(times) is not int or after[place] != times * before[place]:
            return None
        return 0, _Axes((*axes.axes[:place], (*axes.axes[place], (times, 0)), *axes.axes[place + 1 :]))
    counts = _flat(rest)
    if any(type(count) is not int or count < 1 for count in counts):
        return None
    counts = [1] * (len(after) - len(counts)) + counts
    old = [()] * (len(after) - len(before)) + list(axes.axes)
    if len(counts) != len(after) or len(old) != len(after):
        return None
    return 0, _Axes(tuple(((count, 0), *steps) for count, steps in zip(counts, old, strict=True)))


# --- steps ------------------------------------------------------------------------------------------------------------


def _contiguous(shape: tuple[Size, ...]) -> tuple[tuple[Step, ...], ...]:
    found: list[tuple[Step, ...]] = []
    far: Size = 1
    for size in reversed(shape):
        found.append(() if size == 1 else ((size, far),))
        far = far * size
    return tuple(reversed(found))


def _joined(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps with those joined that go on where others end; steps of one place left out."""
    found: list[Step] = []
    for size, far in steps:
        if size == 1:
            continue
        if found and found[-1][1] == far * size:
            found[-1] = (found[-1][0] * size, far)
        else:
            found.append((size, far))
    return tuple(found) or ((1, 1),)


def _cut(steps: tuple[Step, ...], shape: tuple[Size, ...]) -> tuple[tuple[Step, ...], ...] | None:
    """The steps of each axis of a shape; None where an axis would end within a step that cannot be parted there."""
    left = list(steps)
    found: list[tuple[Step, ...]] = []
    for size in reversed(shape):
        need: Size = size
        axis: list[Step] = []
        while need != 1:
            if not left:
                return None
            has, far = left.pop()
            if has == need:
                axis.insert(0, (has, far))
                need = 1
            elif (rest := exact_quotient(need, has)) is not None and has != 1:
                axis.insert(0, (has, far))
                need = rest
            elif (rest := exact_quotient(has, need)) is not None:
                axis.insert(0, (need, far))
                left.append((rest, far * need))
                need = 1
            elif has != 1:
                return None
        found.append(tuple(axis))
    return tuple(reversed(found)) if all(size == 1 for size, _ in left) else None


def _product(sizes: Iterable[Size]) -> Size:
    found: Size = 1
    for size in sizes:
        found = found * size
    return found


def _is_known(shape: Any) -> bool:
    return shape is not None and all((type(size) is int and size > 0) or isinstance(size, Dim) for size in shape)


def _place(axis: Any, rank: int) -> int | None:
    """An axis counted from the start."""
    axis = _integer(axis)
    if axis is None or not -rank <= axis < rank:
        return None
    return axis % rank


def _integer(value: Any) -> int | None:
    return value if type(value) is int else None


def _flat(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        found += _flat(value[1:]) if isinstance(value, tuple) and value[:1] == ("list",) else [value]
    return found
