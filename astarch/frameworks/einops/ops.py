"""The functions of einops."""

from __future__ import annotations

from typing import Any

from ...ir.dim import same
from ..describe import REGISTRY, op, refuse, require
from ..shapes import product
from .pattern import ELLIPSIS, compose, names_of, parse, parse_side, solve


def _one(tensor: Any) -> Any:
    """Einops takes a list of tensors as their stack."""
    return REGISTRY["torch.stack"].function(tensor) if isinstance(tensor, (list, tuple)) else tensor


@op("einops.rearrange", "einops.einops.rearrange")
def rearrange(tensor: Any, pattern: str, **axes_lengths: Any) -> Any:
    """Reorder, split and merge axes.

    >>> rearrange(T(2, 3, 32, 32), "b c (h p) (w q) -> b (h w) (p q c)", p=8, q=8)
    float32[2, 16, 192]
    """
    tensor = _one(tensor)
    left, right = parse(pattern)
    if names_of(left) != names_of(right):
        refuse("EinopsError", f"identifiers only on one side of {pattern!r}: {names_of(left) ^ names_of(right)}")
    return tensor.like(compose(right, solve(pattern, left, tensor.shape, axes_lengths)))


@op("einops.reduce", "einops.einops.reduce")
def reduce(tensor: Any, pattern: str, reduction: Any, **axes_lengths: Any) -> Any:
    """Rearrange and reduce the axes that the right side leaves out."""
    tensor = _one(tensor)
    left, right = parse(pattern)
    if names_of(right) - names_of(left):
        refuse("EinopsError", f"unknown axes on the right of {pattern!r}")
    return tensor.like(compose(right, solve(pattern, left, tensor.shape, axes_lengths)))


@op("einops.repeat", "einops.einops.repeat")
def repeat(tensor: Any, pattern: str, **axes_lengths: Any) -> Any:
    """Rearrange and repeat along the axes that only the right side names."""
    tensor = _one(tensor)
    left, right = parse(pattern)
    missing = {name for name in names_of(right) - names_of(left) if name not in axes_lengths and not name.isdigit()}
    if missing:
        refuse("EinopsError", f"specify sizes for new axes in {pattern!r}: {missing}")
    return tensor.like(compose(right, solve(pattern, left, tensor.shape, axes_lengths)))


@op("einops.einsum", "einops.einops.einsum")
def einsum(*tensors_and_pattern: Any) -> Any:
    """Sum of products over named axes."""
    *tensors, pattern = tensors_and_pattern
    sides, arrow, result = pattern.partition("->")
    letters: dict[str, str] = {}

    def spelled(side: str) -> str:
        parts: list[str] = []
        for group in parse_side(side):
            if group == (ELLIPSIS,):
                parts.append("...")
            elif len(group) == 1:
                parts.append(letters.setdefault(group[0], chr(97 + len(letters)) if len(letters) < 26 else chr(65 + len(letters) - 26)))
            else:
                refuse("NotImplementedError", "shape rearrangement is not supported in einsum")
        return "".join(parts)

    equation = ",".join(spelled(side) for side in sides.split(","))
    return REGISTRY["torch.einsum"].function(f"{equation}->{spelled(result)}" if arrow else equation, *tensors)


@op("einops.pack", "einops.packing.pack")
def pack(tensors: Any, pattern: str) -> Any:
    """Flatten the axes under ``*`` and join the tensors along them; also gives the packed shapes."""
    before, after = _around_star(pattern)
    shapes: list[tuple[Any, ...]] = []
    total: Any = 0
    for tensor in tensors:
        if len(tensor.shape) < before + after:
            refuse("EinopsError", f"packing {pattern!r} needs at least {before + after} axes")
        inside = tuple(tensor.shape[before : len(tensor.shape) - after])
        shapes.append(inside)
        total = total + product(inside)
    first = tensors[0]
    for tensor in tensors[1:]:
        for a, b in zip((*first.shape[:before], *_last(first.shape, after)), (*tensor.shape[:before], *_last(tensor.shape, after))):
            require(same(a, b), f"packing {pattern!r}: {a} against {b}", name="einops-pattern")
    return first.like((*first.shape[:before], total, *_last(first.shape, after))), shapes


@op("einops.unpack", "einops.packing.unpack")
def unpack(tensor: Any, packed_shapes: Any, pattern: str) -> Any:
    """Undo `pack`."""
    before, after = _around_star(pattern)
    whole = tensor.shape[before]
    known = sum(product(shape) for shape in packed_shapes if not any(size == -1 for size in shape))
    open_count = sum(1 for shape in packed_shapes if any(size == -1 for size in shape))
    if not open_count:
        require(same(known, whole), f"unpacking {pattern!r}: the shapes make {known} and the axis has {whole}", name="einops-pattern")
    results: list[Any] = []
    for shape in packed_shapes:
        rest = product(size for size in shape if size != -1)
        sizes = [(whole - known) // rest if size == -1 else size for size in shape]
        results.append(tensor.like((*tensor.shape[:before], *sizes, *_last(tensor.shape, after))))
    return results


def _last(shape: Any, count: int) -> tuple[Any, ...]:
    return tuple(shape[len(shape) - count :]) if count else ()


def _around_star(pattern: str) -> tuple[int, int]:
    names = pattern.split()
    if names.count("*") != 1:
        refuse("EinopsError", f"no *-axis in {pattern!r}")
    place = names.index("*")
    return place, len(names) - place - 1


@op("einops.parse_shape", "einops.einops.parse_shape")
def parse_shape(x: Any, pattern: str) -> Any:
    """The sizes of the axes by name; ``_`` is left out."""
    names = pattern.split()
    if len(names) != len(x.shape):
        refuse("RuntimeError", f"can't parse shape with different number of dimensions: {pattern!r}")
    return {name: size for name, size in zip(names, x.shape) if name != "_"}


@op("einops.asnumpy", lenient=True)
def asnumpy(tensor: Any) -> Any:
    """The tensor itself."""
    return tensor
