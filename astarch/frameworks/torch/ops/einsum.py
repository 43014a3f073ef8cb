"""Contractions whose axes are named or listed: einsum, tensordot, kron, cross."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import multiply, op, refuse, require, unknown
from ...dtypes import promote
from ...shapes import axis, broadcast, product
from ..tensor import is_tensor
from .aliasing import into
from .promotion import result_dtype

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DOTS = "."


def _terms(equation: str) -> tuple[list[str], str | None]:
    """The subscripts of the operands, and of the result when stated; an ellipsis is one dot."""
    equation = equation.replace(" ", "")
    before, arrow, after = equation.partition("->")
    sides = [*before.split(","), after]
    for number, side in enumerate(sides):
        if side.count(".") not in (0, 3) or (side.count(".") == 3 and "..." not in side):
            refuse("RuntimeError", f"einsum(): found '.' in {side!r} that is not part of an ellipsis")
        sides[number] = side.replace("...", _DOTS)
        bad = next((letter for letter in sides[number] if letter not in _LETTERS and letter != _DOTS), None)
        if bad:
            refuse("RuntimeError", f"einsum(): invalid subscript given: {bad!r}, subscripts must be in [a-zA-Z]")
    return sides[:-1], sides[-1] if arrow else None


def _from_lists(operands: tuple[Any, ...]) -> tuple[str, list[Any]]:
    """The equation of the sublist form ``einsum(a, [0, 1], b, [1, 2], [0, 2])``."""
    given = operands[: len(operands) // 2 * 2]
    result = operands[-1] if len(operands) % 2 else None

    def letters(sublist: Any) -> str:
        found = ""
        for item in sublist:
            if item is not Ellipsis and not (type(item) is int and 0 <= item < 52):
                refuse("RuntimeError", "einsum(): expected subscripts in [0, 52)")
            found += "..." if item is Ellipsis else _LETTERS[item]
        return found

    equation = ",".join(letters(sublist) for sublist in given[1::2])
    return equation + ("" if result is None else "->" + letters(result)), list(given[0::2])


def _dots_of(terms: list[str], operands: list[Any]) -> int:
    """How many axes the ellipsis stands for, at most; refuses terms that do not fit their operand."""
    widest = 0
    for term, operand in zip(terms, operands, strict=True):
        named = len(term.replace(_DOTS, ""))
        rank = len(operand.shape)
        if named > rank or (named != rank and _DOTS not in term):
            refuse(
                "RuntimeError",
                f"einsum(): the number of subscripts in the equation ({named}) does not match the number of dimensions "
                f"({rank}) for operand {term!r}",
            )
        if _DOTS in term:
            widest = max(widest, rank - named)
    return widest


def _labels(term: str, rank: int, widest: int) -> list[Any]:
    """The name of each axis; those of the ellipsis are numbers, counted from the right."""
    hidden = rank - len(term.replace(_DOTS, ""))
    found: list[Any] = []
    for letter in term:
        found += range(widest - hidden, widest) if letter == _DOTS else [letter]
    return found


def _sizes(labels: list[list[Any]], operands: list[Any]) -> dict[Any, Any]:
    sizes: dict[Any, Any] = {}
    for names, operand in zip(labels, operands, strict=True):
        own: dict[Any, Any] = {}
        for name, size in zip(names, operand.shape, strict=True):
            if name in own:
                require(
                    same(own[name], size),
                    f"einsum(): subscript {name} is repeated for an operand but the sizes don't match, {size} != {own[name]}",
                )
            own[name] = size
        for name, size in own.items():
            before = sizes.get(name)
            if before is None or (type(before) is int and before == 1):
                sizes[name] = size
            elif not (type(size) is int and size == 1) and size is not before:
                require(
                    same(size, before),
                    f"einsum(): operands do not broadcast: subscript {name} has size {size} and before size {before}",
                    name="einsum-mismatch",
                )
    return sizes


def _output(term: str | None, terms: list[str], widest: int) -> list[Any]:
    if term is None:
        every = "".join(terms).replace(_DOTS, "")
        single = sorted(letter for letter in set(every) if every.count(letter) == 1)
        return [*range(widest), *single]
    found: list[Any] = []
    for letter in term:
        if letter != _DOTS and (letter in found or not any(letter in other for other in terms)):
            refuse("RuntimeError", f"einsum(): output subscript {letter} appears more than once or in no input operand")
        found += range(widest) if letter == _DOTS else [letter]
    return found


def _count(labels: list[list[Any]], operands: list[Any], wanted: list[Any]) -> None:
    """Multiplications from left to right, as torch contracts without a planner.

    An axis that only one side has is summed before; where nothing is left to sum the sides are multiplied element by element.
    """
    here = dict(zip(labels[0], operands[0].shape, strict=True))
    for number in range(1, len(operands)):
        there = dict(zip(labels[number], operands[number].shape, strict=True))
        later = {name for names in labels[number + 1 :] for name in names} | set(wanted)
        left = {name: size for name, size in here.items() if not (type(size) is int and size == 1)}
        right = {name: size for name, size in there.items() if not (type(size) is int and size == 1)}
        summed = [name for name in left if name in right and name not in later]
        kept = {name: size for name, size in (left | right).items() if name in later}
        if summed:
            multiply(product(kept.values()) * product(left[name] for name in summed))
        here = kept


@op("torch.einsum", "torch.functional.einsum")
def einsum(*args: Any) -> Any:
    """Sums of products whose axes have names.

    >>> einsum("bhid,bhjd->bhij", T(2, 4, 5, 8), T(2, 4, 6, 8))
    float32[2, 4, 5, 6]
    """
    if len(args) < 2:
        refuse(
            "ValueError",
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list",
        )
    if is_tensor(args[0]):
        equation, operands = _from_lists(args)
    else:
        equation, operands = args[0], list(args[1:])
        if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
            operands = list(operands[0])
    if not isinstance(equation, str) or not all(map(is_tensor, operands)):
        refuse("TypeError", "einsum(): expected an equation and tensors")
    terms, result = _terms(equation)
    if len(terms) != len(operands):
        refuse("RuntimeError", f"einsum(): {len(terms)} terms in the equation for {len(operands)} operands")
    widest = _dots_of(terms, operands)
    labels = [_labels(term, len(operand.shape), widest) for term, operand in zip(terms, operands, strict=True)]
    sizes = _sizes(labels, operands)
    wanted = _output(result, terms, widest)
    dtype = operands[0].dtype
    if any(operand.dtype != dtype for operand in operands):
        return _mixed(operands, [sizes[name] for name in wanted], labels, wanted)
    if len(operands) > 1:
        _count(labels, operands, wanted)
    return operands[0].like([sizes[name] for name in wanted])


def _mixed(operands: list[Any], shape: list[Any], labels: list[list[Any]], wanted: list[Any]) -> Any:
    """Element types mix where nothing is summed; a sum of products wants one."""
    if any(name not in wanted for names in labels for name in names):
        require(
            False,
            f"einsum(): operands have different element types: {', '.join(operand.dtype for operand in operands)}",
            name="dtype-mismatch",
        )
        return operands[0].like(shape)
    return operands[0].like(shape, result_dtype(*operands))


@op("torch.tensordot", "torch.functional.tensordot")
def tensordot(a: Any, b: Any, dims: Any = 2, out: Any = None) -> Any:
    """Sums of products over the last axes of one and the first of the other, or over pairs of axes.

    >>> tensordot(T(3, 4, 5), T(4, 3, 2), ([1, 0], [0, 1]))
    float32[5, 2]
    """
    if is_tensor(dims):
        if dims.data is None:
            return unknown("the axes of tensordot are values of a tensor")
        count = len(dims.data) // 2
        dims = dims.data[0] if len(dims.data) == 1 else (dims.data[:count], dims.data[count:])
    left, right = list(a.shape), list(b.shape)
    if isinstance(dims, (tuple, list)):
        first, second = (list(d) if isinstance(d, (tuple, list)) else [d] for d in dims)
    else:
        if dims < 0 or dims > min(len(left), len(right)):
            refuse("RuntimeError", f"tensordot expects 0 <= dims <= ndim_a and ndim_b, but got dims={dims}")
        first, second = list(range(len(left) - dims, len(left))), list(range(dims))
    if len(first) != len(second):
        refuse("RuntimeError", "both dimension lists should have same length")
    if a.dtype != b.dtype:
        require(False, f"tensordot: both inputs should have same dtype, but got {a.dtype} and {b.dtype}", name="dtype-mismatch")
    if a.dtype == "bool":
        require(False, "tensordot is not implemented for bool", name="dtype-mismatch")
    first, second = [axis(d, len(left)) for d in first], [axis(d, len(right)) for d in second]
    if len(set(first)) != len(first) or len(set(second)) != len(second):
        refuse("RuntimeError", "tensordot: a dim appears multiple times in the list of dims")
    inside = 1
    if (first and not left) or (second and not right):
        refuse("IndexError", "tensordot: a tensor without axes has none to contract")
    for d, e in zip(first, second, strict=True):
        x, y = left[d], right[e]
        if not (type(x) is int and x == 1) and not (type(y) is int and y == 1):  # a single element stretches
            require(
                same(x, y), f"contracted dimensions need to match, but first has size {x} in dim {d} and second has size {y} in dim {e}"
            )
            inside = inside * x
    result = a.like((*(s for n, s in enumerate(left) if n not in first), *(s for n, s in enumerate(right) if n not in second)))
    multiply(product(result.shape) * inside)
    return into(out, result, exact=True)


@op("torch.kron", "torch.Tensor.kron")
def kron(input: Any, other: Any, *, out: Any = None) -> Any:
    """The Kronecker product.

    >>> kron(T(2, 3), T(4, 5))
    float32[8, 15]
    """
    rank = max(len(input.shape), len(other.shape))
    left, right = ((1,) * (rank - len(shape)) + tuple(shape) for shape in (input.shape, other.shape))
    return into(out, input.like([x * y for x, y in zip(left, right, strict=True)], promote(input.dtype, other.dtype)))


def _crossed(input: Any, other: Any, dim: int, out: Any) -> Any:
    shape = broadcast(input.shape, other.shape)
    place = axis(dim, len(input.shape))
    for size in (input.shape[place] if input.shape else 1, other.shape[place] if other.shape else 1):
        require(same(size, 3), f"linalg.cross: inputs dimension {place} must have length 3. Got {size}")
    if input.dtype != other.dtype or input.dtype == "bool":
        require(False, f"cross: expected one numeric element type, but got {input.dtype} and {other.dtype}", name="dtype-mismatch")
    return into(out, input.like(shape), exact=True)


@op("torch.linalg.cross")
def linalg_cross(input: Any, other: Any, *, dim: int = -1, out: Any = None) -> Any:
    """The cross product of vectors of three elements.

    >>> linalg_cross(T(2, 3), T(1, 3))
    float32[2, 3]
    """
    if len(input.shape) != len(other.shape):
        refuse("RuntimeError", "linalg.cross: inputs must have the same number of dimensions.")
    return _crossed(input, other, dim, out)


@op("torch.cross", "torch.Tensor.cross")
def cross(input: Any, other: Any, dim: Any = None, *, out: Any = None) -> Any:
    """The cross product along an axis: the first of three elements unless said.

    >>> cross(T(3, 4), T(3, 4))
    float32[3, 4]
    """
    if len(input.shape) != len(other.shape):
        refuse("RuntimeError", "inputs must have the same number of dimensions.")
    if dim is None:
        dim = next((place for place, size in enumerate(input.shape) if same(size, 3) is True), None)
        if dim is None:
            refuse("RuntimeError", "no dimension of size 3 in input")
    return _crossed(input, other, dim, out)


@op("torch.linalg.vecdot")
def vecdot(x: Any, y: Any, *, dim: int = -1, out: Any = None) -> Any:
    """Sums of products along an axis, broadcast over the others.

    >>> vecdot(T(2, 3), T(4, 2, 3))
    float32[4, 2]
    """
    if x.dtype != y.dtype:
        refuse(
            "RuntimeError", f"linalg.vecdot: Expected x and y to have the same dtype, but found x of type {x.dtype} and y of type {y.dtype}"
        )
    if x.dtype[:5] not in ("float", "bfloa", "compl"):
        refuse("RuntimeError", f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {x.dtype}")
    shape = broadcast(x.shape, y.shape)
    if len(x.shape) == len(y.shape) == 1:
        require(same(x.shape[0], y.shape[0]), f"linalg.vecdot: inconsistent tensor size {x.shape[0]} and {y.shape[0]}")
    place = axis(dim, len(shape))
    multiply(product(shape))
    return into(out, x.like((*shape[:place], *shape[place + 1 :])), exact=True)
