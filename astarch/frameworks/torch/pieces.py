"""Tensors cut into pieces of which only the data knows how many and how large: packed sequences, each attending to itself.

What is done to the pieces is read once, for all of them. Put together again they are as long as what was cut, whatever the pieces were.
"""

from __future__ import annotations

from typing import Any

from ...interpreter.repeated import Repeat, Repeated
from ...interpreter.repetition import is_readable, new_index, place_of
from ...interpreter.values import CURRENT
from ...ir.dim import Dim, same, symbols
from ...ir.unknown import Lost, Reason
from ..describe import RUN, require
from .ops.conversion import element
from .ops.splitting import piece


def numbers(tensor: Any) -> Any:
    """The elements of a vector of whole numbers whose length is a symbol, each a symbol that is another in every round."""
    known = tensor.__dict__.get("_numbers")
    if known is None:
        machine, count = CURRENT.get(), tensor.shape[0]
        place = place_of(machine)
        if not is_readable(machine, place) or set(symbols(count)) & machine.counts.keys():
            return machine.unknown(Reason.DATA_DEPENDENT, "Tensor.tolist")
        number = element()
        index = new_index(machine, count, place)
        known = tensor._numbers = Repeated([Repeat(count, index, (number,), place, frozenset(symbols(number)))])
    return Repeated(list(known.parts))


def cut(tensor: Any, sizes: Repeated, place: int) -> Repeated:
    """The pieces of a tensor along an axis.

    Raises:
        Lost: The sizes are more than one number in each round, so that it cannot be told what they sum up to.
    """
    rest, varying = tensor.shape[place], None
    for part in sizes.parts:
        if type(part) is not Repeat:
            rest = rest - part
        elif varying is None and len(part.items) == 1 and len(part.varying) == 1 and set(symbols(part.items[0])) == part.varying:
            varying = part
        else:
            raise Lost(sizes.lost())
    if varying is not None:
        whole = _sums().setdefault(varying.items[0], rest)
        require(
            same(whole, rest),
            f"split_with_sizes expects split_sizes to sum exactly to {rest}, but they sum to {whole}",
            name="split-mismatch",
        )
    return sizes.map(lambda size: piece(tensor, place, None, size))


def joined(pieces: Repeated, place: int) -> Any:
    """How long tensors are one after another, those of all rounds.

    Raises:
        Lost: They depend on the sizes of pieces in another way than being as long.
    """
    whole: Any = 0
    for part in pieces.parts:
        if type(part) is not Repeat:
            whole = whole + part.shape[place]
            continue
        for tensor in part.items:
            varying = {*part.varying, *symbols(part.index)}
            if any(varying & set(symbols(size)) for axis, size in enumerate(tensor.shape) if axis != place):
                raise Lost(pieces.lost())
            whole = whole + _over_all_rounds(tensor.shape[place], part, pieces)
    return whole


def _over_all_rounds(size: Any, part: Repeat, pieces: Repeated) -> Any:
    if not set(symbols(size)) & {*part.varying, *symbols(part.index)}:
        return size * part.count
    for number, whole in _sums().items():
        if (multiple := _multiple(size, number)) is not None:
            return multiple * whole
    raise Lost(pieces.lost())


def _multiple(size: Any, number: Dim) -> int | None:
    """How many times the number a size is."""
    return next((times for times in (1, 2, 3, 4) if size == number * times), None)


def _sums() -> dict[Dim, Any]:
    """What the sizes of pieces sum up to, by the symbol that stands for each."""
    return RUN.get().state.setdefault("sums of pieces", {})
