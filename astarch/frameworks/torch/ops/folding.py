"""Ops that move elements between axes: windows to columns, channels to places, classes to axes, grids."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, same
from ....ir.tensor import KEPT_VALUES
from ...describe import fresh_size, refuse, require, unknown
from ...dtypes import category
from ...shapes import product, text, window
from ..tensor import is_tensor, sizes_of
from .aliasing import into, write
from .demands import not_negative, positive, sizes
from .signatures import op


def _window_numbers(name: str, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> tuple[Any, Any, Any, Any]:
    found = (
        sizes(name, "kernel_size", kernel_size, 2),
        sizes(name, "dilation", dilation, 2),
        sizes(name, "padding", padding, 2),
        sizes(name, "stride", stride, 2),
    )
    for what, numbers in (("kernel size", found[0]), ("dilation", found[1]), ("stride", found[3])):
        positive(name, what, numbers)
    not_negative(name, "padding", found[2])
    return found


def _computed(name: str, input: Any) -> None:
    if category(input.dtype) == 1:
        refuse("NotImplementedError", f"{name} is not implemented for {input.dtype}")


@op("torch.nn.functional.unfold")
def unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Sliding windows as columns.

    >>> unfold(T(2, 3, 8, 8), 3)
    float32[2, 27, 36]
    """
    shape = input.shape
    if len(shape) not in (3, 4) or any(same(size, 0) for size in shape[-3:]):
        refuse(
            "RuntimeError",
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but "
            f"got: {list(shape)}",
        )
    _computed("unfold", input)
    kernel, dilated, padded, strided = _window_numbers("unfold", kernel_size, dilation, padding, stride)
    counts = [window(shape[number - 2], kernel[number], strided[number], padded[number], dilated[number]) for number in (0, 1)]
    for count in counts:
        empty = less(count, 1)
        require(None if empty is None else not empty, f"unfold: the windows of {text(kernel)} do not fit into {text(shape[-2:])}")
    return input.like((*shape[:-3], shape[-3] * product(kernel), product(counts)))


@op("torch.nn.functional.fold")
def fold(input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Columns back to overlapping windows, which add up.

    >>> fold(T(2, 12, 16), (5, 5), 2)
    float32[2, 3, 5, 5]
    """
    shape = input.shape
    if len(shape) not in (2, 3) or any(same(size, 0) for size in shape[-2:]):
        refuse(
            "RuntimeError",
            f"Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions, but got: {list(shape)}",
        )
    _computed("fold", input)
    outputs = sizes("fold", "output_size", output_size, 2)
    kernel, dilated, padded, strided = _window_numbers("fold", kernel_size, dilation, padding, stride)
    area = product(kernel)
    require(
        same(shape[-2] % area, 0),
        f"Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
        f"{shape[-2]} and kernel_size={text(kernel)}",
    )
    counts = [window(outputs[number], kernel[number], strided[number], padded[number], dilated[number]) for number in (0, 1)]
    if any(less(count, 1) for count in counts):
        refuse("RuntimeError", f"fold: the windows of {text(kernel)} do not fit into {text(outputs)}")
    require(
        same(shape[-1], product(counts)), f"fold: expected {product(counts)} columns for an output of {text(outputs)}, but got {shape[-1]}"
    )
    return input.like((*shape[:-2], shape[-2] // area, *outputs))


def _factor(name: str, input: Any, factor: Any) -> None:
    if len(input.shape) < 3:
        refuse("RuntimeError", f"{name} expects input to have at least 3 dimensions, but got input with {len(input.shape)} dimension(s)")
    positive(name, "factor", (factor,))


@op("torch.pixel_shuffle", "torch.nn.functional.pixel_shuffle")
def pixel_shuffle(input: Any, upscale_factor: Any) -> Any:
    """Channels become places: ``C*r*r, H, W`` to ``C, H*r, W*r``.

    >>> pixel_shuffle(T(2, 12, 4, 5), 2)
    float32[2, 3, 8, 10]
    """
    _factor("pixel_shuffle", input, upscale_factor)
    channels, height, width = input.shape[-3:]
    area = upscale_factor * upscale_factor
    require(
        same(channels % area, 0),
        f"pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
        f"but {channels} is not divisible by {area}",
        name="pixel-shuffle-mismatch",
    )
    return input.like((*input.shape[:-3], channels // area, height * upscale_factor, width * upscale_factor))


@op("torch.pixel_unshuffle", "torch.nn.functional.pixel_unshuffle")
def pixel_unshuffle(input: Any, downscale_factor: Any) -> Any:
    """Places become channels: ``C, H*r, W*r`` to ``C*r*r, H, W``.

    >>> pixel_unshuffle(T(2, 3, 4, 6), 2)
    float32[2, 12, 2, 3]
    """
    _factor("pixel_unshuffle", input, downscale_factor)
    channels, height, width = input.shape[-3:]
    for what, size in (("height", height), ("width", width)):
        require(
            same(size % downscale_factor, 0),
            f"pixel_unshuffle expects {what} to be divisible by downscale_factor, but {size} is not divisible by {downscale_factor}",
            name="pixel-shuffle-mismatch",
        )
    area = downscale_factor * downscale_factor
    if same(product(input.shape), 0) is True:
        return input.like()  # torch leaves a tensor without elements as it is
    return input.like((*input.shape[:-3], channels * area, height // downscale_factor, width // downscale_factor))


@op("torch.nn.functional.one_hot")
def one_hot(tensor: Any, num_classes: Any = -1) -> Any:
    """A one at the place of the class, in a new last axis.

    >>> one_hot(T(2, dtype="int64"), 5)
    int64[2, 5]
    """
    if tensor.dtype != "int64":
        refuse("RuntimeError", f"one_hot is only applicable to index tensor of type LongTensor, not {tensor.dtype}.")
    count = sizes_of((num_classes,))[0]
    empty = same(product(tensor.shape), 0) is True
    if is_tensor(count):
        return unknown("the number of classes is the value of a tensor")
    if empty and type(count) is int and count <= 0:
        refuse("RuntimeError", "Can not infer total number of classes from empty tensor.")
    known = tensor.data if tensor.data is not None and all(type(value) is int for value in tensor.data) else None
    if known and min(known) < 0:
        refuse("RuntimeError", "Class values must be non-negative.")
    if type(count) is int and count == -1:
        count = fresh_size("the number of classes of one_hot") if known is None else max(known) + 1
    elif type(count) is int and ((count < 1 and not empty) or (known and max(known) >= count)):
        refuse("RuntimeError", "Class values must be smaller than num_classes.")
    data = None
    if known is not None and type(count) is int and len(known) * count <= KEPT_VALUES:
        data = [int(place == value) for value in known for place in range(count)]
    return tensor.like((*tensor.shape, count), None, data)


def _triangle(name: str, input: Any, diagonal: int, keep: Any) -> Any:
    if len(input.shape) < 2:
        refuse("RuntimeError", f"{name}: input tensor must have at least 2 dimensions")
    data = input.data
    if data is not None and all(type(size) is int for size in input.shape) and type(diagonal) is int:
        rows, columns = input.shape[-2:]
        zero = {0: False, 3: 0j}.get(category(input.dtype), 0)
        return [value if keep(place % columns - place // columns % rows, diagonal) else zero for place, value in enumerate(data)]
    return None


def _register_triangle(name: str, keep: Any) -> None:
    @op(f"torch.{name}", f"torch.Tensor.{name}")
    def triangle(input: Any, diagonal: int = 0, *, out: Any = None) -> Any:
        return into(out, input.like(None, None, _triangle(name, input, diagonal, keep)))

    @op(f"torch.Tensor.{name}_")
    def triangle_(self: Any, diagonal: int = 0) -> Any:
        return write(self, _triangle(name, self, diagonal, keep))

    triangle.__doc__ = f"The {'lower' if name == 'tril' else 'upper'} triangle of matrices; the rest is zero."
    triangle_.__doc__ = f"`{name}`, in place."


_register_triangle("tril", lambda above, diagonal: above <= diagonal)
_register_triangle("triu", lambda above, diagonal: above >= diagonal)


@op("torch.nn.functional.affine_grid")
def affine_grid(theta: Any, size: Any, align_corners: Any = None) -> Any:
    """Where an affine map takes the places of a grid.

    >>> affine_grid(T(2, 2, 3), (2, 3, 4, 5))
    float32[2, 4, 5, 2]
    """
    if category(theta.dtype) != 2:
        refuse("ValueError", f"Expected theta to have floating point type, but got {theta.dtype}")
    wanted = sizes_of((size,))
    if len(wanted) not in (4, 5):
        refuse(
            "NotImplementedError",
            f"affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size {wanted}.",
        )
    axes = len(wanted) - 2
    if len(theta.shape) != 3 or same(theta.shape[1], axes) is False or same(theta.shape[2], axes + 1) is False:
        refuse(
            "ValueError",
            f"Expected a batch of {axes}D affine matrices of shape Nx{axes}x{axes + 1} for size {wanted}. Got {list(theta.shape)}.",
        )
    if any(type(extent) is int and extent <= 0 for extent in wanted):
        refuse("ValueError", f"Expected non-zero, positive output size. Got {wanted}")
    require(same(theta.shape[0], wanted[0]), f"affine_grid: {theta.shape[0]} maps for a batch of {wanted[0]}")
    return theta.like((wanted[0], *wanted[2:], axes))


@op("torch.nn.functional.grid_sample")
def grid_sample(input: Any, grid: Any, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: Any = None) -> Any:
    """The input read at the places of a grid.

    >>> grid_sample(T(2, 3, 4, 5), T(2, 6, 7, 2))
    float32[2, 3, 6, 7]
    """
    if mode not in ("bilinear", "nearest", "bicubic"):
        refuse("ValueError", f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in ("zeros", "border", "reflection"):
        refuse(
            "ValueError",
            f"nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'",
        )
    shape, rank = input.shape, len(input.shape)
    if rank not in (4, 5) or len(grid.shape) != rank:
        refuse(
            "RuntimeError",
            f"grid_sampler(): expected 4D or 5D input and grid with as many dimensions, but got {list(shape)} and {list(grid.shape)}",
        )
    require(
        same(shape[0], grid.shape[0]),
        f"grid_sampler(): expected grid and input to have same batch size, but got {text(shape)} and {text(grid.shape)}",
    )
    require(
        same(grid.shape[-1], rank - 2),
        f"grid_sampler(): expected grid to have size {rank - 2} in last dimension, but got {text(grid.shape)}",
    )
    if any(same(size, 0) for size in shape[2:]):
        refuse("RuntimeError", f"grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes {list(shape)}")
    if mode == "bicubic" and rank == 5:
        refuse("RuntimeError", "grid_sampler(): bicubic interpolation only supports 4D input")
    if input.dtype != grid.dtype:
        require(False, f"grid_sampler(): expected input and grid to have same dtype, but input has {input.dtype} and grid has {grid.dtype}")
    if category(input.dtype) != 2:
        require(False, f"grid_sampler() is not implemented for {input.dtype}")
    return input.like((*shape[:2], *grid.shape[1:-1]))
