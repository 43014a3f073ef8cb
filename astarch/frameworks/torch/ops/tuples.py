"""``torch.nn.modules.utils``: one number for every axis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...describe import Op, op


def ntuple(value: Any, count: int) -> tuple[Any, ...]:
    """The items of a sequence, or a number ``count`` times; unlike `spread` it never checks the length.

    >>> ntuple(3, 2), ntuple([1, 2, 3], 2)
    ((3, 3), (1, 2, 3))
    """
    if type(value) is int:
        return (value,) * count
    return tuple(value) if isinstance(value, Iterable) else (value,) * count


def _of(name: str, count: int) -> None:
    @op(f"torch.nn.modules.utils.{name}")
    def parse(x: Any) -> Any:
        return ntuple(x, count)

    parse.__doc__ = f"A number {count} times, or the items of a sequence."


for _name, _count in {"_single": 1, "_pair": 2, "_triple": 3, "_quadruple": 4}.items():
    _of(_name, _count)


@op("torch.nn.modules.utils._ntuple")
def _ntuple(n: Any, name: str = "parse") -> Any:
    """A function that makes tuples of n items."""
    return Op((f"torch.nn.modules.utils.{name}",), lambda x: ntuple(x, n), False)


@op("torch.nn.modules.utils._reverse_repeat_tuple")
def _reverse_repeat_tuple(t: Any, n: Any) -> Any:
    """Every item n times, the last item first.

    >>> _reverse_repeat_tuple((1, 2), 2)
    (2, 2, 1, 1)
    """
    return tuple(item for item in reversed(tuple(t)) for _ in range(n))


@op("torch.nn.modules.utils._list_with_default")
def _list_with_default(out_size: Any, defaults: Any) -> Any:
    """Sizes, with the default where one is None."""
    if not isinstance(out_size, (tuple, list)):
        return out_size
    return [default if value is None else value for value, default in zip(out_size, defaults[-len(out_size) :], strict=False)]
