"""Breaking a long drawing into columns, as a long text is: where little passes from what is above to what is below.

What passes is said by a numbered mark at the foot of a column and the same mark at the head of another. Every program that draws
graphs lays such columns side by side; an arrow from the foot of one to the head of the next they would lead through all between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, chain, pairwise

from .items import AUTO, Edge, Item, Picture

#: Sizes in points, about as they are drawn: a node with its arrow, an operation with its arrow, what the edges of a box take, what is
#: written at an arrow.
_NODE, _OPERATION, _BOX, _WORDS = 64.0, 50.0, 36.0, 80.0

#: A drawing that is not as tall as this, or not this many times as tall as wide, is left as it is.
_TALL, _SLIM = 1000.0, 1.9

#: Columns are no taller than this many times the whole width, with as few columns as will do.
_PAGE = 1.45
_MOST = 8

#: Columns that are less full than this, on average, help nobody.
_FULL = 0.62

#: What rather stands below what it follows than at the head of a column.
_ATTACHED = ("activation", "normalization", "dropout", "pooling")

#: Where more values pass than this, a drawing is not broken; and of itself only where one does, unless it is this tall.
_PASSING, _VERY_TALL = 2, 3000.0


@dataclass(frozen=True, slots=True)
class _Break:
    """A place where a drawing may be broken: before which leaf, how far down, inside how many boxes, where how many values pass."""

    before: int
    down: float
    inside: int
    passing: int


def in_columns(drawing: Picture, count: int | str = AUTO, upright: bool = True) -> Picture:
    """The drawing, broken into columns, or into rows.

    Args:
        drawing: What to break.
        count: How many columns at most; AUTO for as many as make a tall and slim drawing fit a page.
        upright: Whether it runs down or up; one that runs to a side is broken into rows.
    """
    plan = _Plan(drawing, upright)
    chosen = plan.fitting() if count == AUTO else plan.chosen(int(count))
    return _broken(drawing, plan.columns(chosen)) if chosen else drawing


class _Plan:
    """How large a drawing is, and where it may be broken."""

    def __init__(self, drawing: Picture, upright: bool) -> None:
        self.upright = upright
        around = {leaf.key: (leaf, boxes) for item in drawing.items for leaf, boxes in _with_boxes(item, ())}
        self.leaves = [around[key][0] for key in _in_order(around, drawing.edges)]
        self.boxes = [around[leaf.key][1] for leaf in self.leaves]
        place = {leaf.key: number for number, leaf in enumerate(self.leaves)}
        self.arrows = [(place[edge.source], place[edge.target], edge.again) for edge in drawing.edges]
        self.down, self.rank = self._measured()
        self.breaks = list(self._breaks())

    def _measured(self) -> tuple[list[float], list[int]]:
        """How far down each leaf ends, and how many are above it."""
        down = [self._long(leaf) for leaf in self.leaves]
        rank = [0] * len(self.leaves)
        for source, target in sorted((source, target) for source, target, _ in self.arrows if source < target):
            edges = len({box.key for box in self.boxes[source]} ^ {box.key for box in self.boxes[target]}) * _BOX
            down[target] = max(down[target], down[source] + self._long(self.leaves[target]) + edges)
            rank[target] = max(rank[target], rank[source] + 1)
        return down, rank

    def _long(self, leaf: Item) -> float:
        """What a leaf with its arrow takes, in the direction of the drawing."""
        return _height(leaf) if self.upright else _width(leaf) + _WORDS

    def _breaks(self) -> Iterator[_Break]:
        last = list(range(len(self.leaves)))  # the last leaf that needs what each gives
        whole = [0] * (len(self.leaves) + 1)  # where what goes back or around begins and ends
        for source, target, again in self.arrows:
            if again or target < source:
                whole[min(source, target) + 1] += 1
                whole[max(source, target) + 1] -= 1
            last[source] = max(last[source], target)
        held, passing = 0, set[int]()
        for before in range(1, len(self.leaves)):
            held += whole[before]
            passing = {one for one in (*passing, before - 1) if last[one] >= before}
            around = [box for box in self.boxes[before - 1] if box in self.boxes[before]]
            if not held and 1 <= len(passing) <= _PASSING and all(box.times == 1 and box.calls <= 1 for box in around):
                yield _Break(before, self.down[before - 1], len(around), len(passing))

    def columns(self, breaks: list[_Break]) -> dict[str, int]:
        """In which column each leaf is."""
        starts = [one.before for one in breaks]
        return {leaf.key: sum(start <= number for start in starts) for number, leaf in enumerate(self.leaves)}

    def fitting(self) -> list[_Break]:
        """The fewest breaks with which the drawing fits a page; none when it is no tall and slim one."""
        height, width = self._size(0, len(self.leaves))
        if height < _TALL or height < _SLIM * width:
            return []
        full, best = height, list[_Break]()
        for count in range(2, _MOST + 1):
            found = self.chosen(count, _PASSING if full > _VERY_TALL else 1)
            sizes = self._sizes(found)
            tallest, across = max(tall for tall, _ in sizes), sum(wide for _, wide in sizes)
            if tallest < 0.9 * height and sum(tall for tall, _ in sizes) > _FULL * tallest * len(sizes):
                best, height = found, tallest
            if best and tallest <= (_PAGE if self.upright else 2 * _PAGE) * across:
                break
        return best

    def chosen(self, count: int, passing: int = _PASSING) -> list[_Break]:
        """Breaks for so many columns of about one height; rather between boxes than inside them."""
        if not self.leaves:
            return []
        aim = max(self.down) / count
        breaks = [one for one in self.breaks if one.passing <= passing]
        found: list[_Break] = []
        for number in range(1, count):
            near = [one for one in breaks if abs(one.down - number * aim) < 0.45 * aim and one.before > (found[-1].before if found else 0)]
            if near:
                found.append(min(near, key=lambda one: abs(one.down - number * aim) + 0.1 * aim * self._harm(one)))
        return found

    def _harm(self, one: _Break) -> int:
        """How much is torn: the boxes around, and a layer from the activation that belongs to it."""
        return one.inside + 3 * (one.passing - 1) + (self.leaves[one.before].family in _ATTACHED)

    def _sizes(self, breaks: list[_Break]) -> list[tuple[float, float]]:
        """How tall and how wide each column is."""
        return [self._size(start, end) for start, end in pairwise([0, *(one.before for one in breaks), len(self.leaves)])]

    def _size(self, start: int, end: int) -> tuple[float, float]:
        if start == end:
            return 0.0, 0.0
        top = self.down[start - 1] if start else 0.0
        widths: dict[int, float] = {}
        for number in range(start, end):
            across = _width(self.leaves[number]) if self.upright else _height(self.leaves[number])
            widths[self.rank[number]] = widths.get(self.rank[number], 0.0) + across
        deepest = max(len(boxes) for boxes in self.boxes[start:end])
        return max(self.down[start:end]) - top, max(widths.values()) + 30.0 * deepest


def _with_boxes(item: Item, boxes: tuple[Item, ...]) -> Iterator[tuple[Item, tuple[Item, ...]]]:
    """The leaves of an item, each with the boxes around it."""
    if not item.children:
        yield item, boxes
    for child in item.children:
        yield from _with_boxes(child, (*boxes, item))


def _in_order(keys: Iterable[str], edges: Iterable[Edge]) -> Iterator[str]:
    """The leaves from above to below, each as late as can be: a parameter comes before what uses it, not before everything."""
    needs: dict[str, list[str]] = {}
    leading = set[str]()
    for edge in edges:
        if not edge.again:
            needs.setdefault(edge.target, []).append(edge.source)
            leading.add(edge.source)
    keys = list(keys)
    done = set[str]()
    for last in [*(key for key in keys if key not in leading), *keys]:
        waiting = [last]
        entered = set[str]()
        while waiting:
            key = waiting[-1]
            open_ = [one for one in needs.get(key, ()) if one not in done and one not in entered] if key not in entered else []
            entered.add(key)
            if open_:
                waiting += reversed(open_)
                continue
            waiting.pop()
            if key not in done:
                done.add(key)
                yield key


def _height(leaf: Item) -> float:
    return _OPERATION if leaf.kind == "operation" else _NODE


def _width(leaf: Item) -> float:
    text = f"{leaf.type} {leaf.arguments if leaf.kind == 'module' else ''}"
    return 36.0 + 5.4 * max(len(text), len(leaf.label) + 8 if leaf.kind == "module" else 0)


# --- the drawing, broken ----------------------------------------------------------------------------------------------


def _broken(drawing: Picture, column_of: dict[str, int]) -> Picture:
    """The drawing with each leaf in its column."""
    count = max(column_of.values()) + 1
    numbers: dict[str, str] = {}
    feet: list[dict[str, Item]] = [{} for _ in range(count)]
    heads: list[dict[str, Item]] = [{} for _ in range(count)]
    edges: list[Edge] = []
    for edge in drawing.edges:
        here, there = column_of[edge.source], column_of[edge.target]
        if here == there:
            edges.append(edge)
            continue
        number = numbers.setdefault(edge.source, str(len(numbers) + 1))
        foot, head = f"foot {number}", f"head {number} {there}"
        if foot not in feet[here]:
            feet[here][foot] = Item(foot, "mark", "", number, family="mark")
            edges.append(Edge(edge.source, foot, edge.label))
        heads[there].setdefault(head, Item(head, "mark", "", number, family="mark"))
        edges.append(replace(edge, source=head))
    columns = [[*heads[one].values(), *_parts(drawing.items, column_of, one), *feet[one].values()] for one in range(count)]
    starts = tuple(accumulate(map(len, columns[:-1]), initial=0))
    return replace(drawing, items=tuple(chain.from_iterable(columns)), edges=tuple(edges), columns=starts)


def _parts(items: tuple[Item, ...], column_of: dict[str, int], column: int) -> Iterator[Item]:
    """What of the items stands in a column; a box that stands in several says so."""
    for item in items:
        if not item.children:
            if column_of[item.key] == column:
                yield item
            continue
        inside = tuple(_parts(item.children, column_of, column))
        if not inside:
            continue
        if column == min(column_of[leaf.key] for leaf in item.leaves()):
            yield replace(item, children=inside)
        else:
            yield replace(item, key=f"{item.key} {column}", children=inside, shown=f"{item.label} (continued)", parameters=0)
