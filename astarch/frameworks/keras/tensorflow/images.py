"""`tf.image`: single images (height, width, channels), and batches of them."""

from __future__ import annotations

import struct
from typing import Any

from ....ir.dim import same
from ...describe import refuse, require
from ..model.policies import standardize_dtype
from ..ops.creation import scalar
from ..ops.elementwise import as_tensor, stretched
from ..ops.shaping import sizes
from ..tensor import KerasTensor, is_open, open_size
from ..windows import conv_sizes
from .kinds import FLOATS, INTEGERS, NUMBERS, REAL, SIGNED, WIDE, taken
from .operation import tf_op

_HALF = frozenset({"float16", "float32", "float64", "bfloat16"})


def pictures(images: Any, allowed: frozenset[str] = NUMBERS | {"bool"}) -> KerasTensor:
    """An image or a batch of them."""
    x = taken(images, allowed)
    if len(x.shape) not in (3, 4):
        refuse("ValueError", f"'images' must have either 3 or 4 dimensions: {list(x.shape)}")
    return x


def _framed(x: KerasTensor, height: Any, width: Any, dtype: str | None = None) -> KerasTensor:
    return KerasTensor((*x.shape[:-3], height, width, x.shape[-1]), dtype or x.dtype)


def _size(size: Any) -> tuple[Any, Any]:
    found = sizes(size)
    if len(found) != 2:
        refuse("ValueError", f"'size' must be a 1-D Tensor of 2 elements: {size}")
    return found[0], found[1]


@tf_op("image.resize")
def resize(images: Any, size: Any, method: Any = "bilinear", preserve_aspect_ratio: Any = False, antialias: Any = False,
           name: Any = None) -> Any:  # fmt: skip
    """Images of another size; anything but nearest neighbours gives floats."""
    x = pictures(images, REAL)
    height, width = _size(size)
    old_height, old_width = x.shape[-3], x.shape[-2]
    if preserve_aspect_ratio:
        if all(isinstance(one, int) for one in (height, width, old_height, old_width)):
            scale = min(_single(height / old_height), _single(width / old_width))
            height, width = (max(1, round(_single(scale * one))) for one in (old_height, old_width))
        else:
            height, width = open_size(), open_size()
    unchanged = all(isinstance(one, int) for one in (height, width)) and (height, width) == (old_height, old_width)
    kind = (
        x.dtype if str(method).rpartition(".")[2].lower().startswith("nearest") or (unchanged and not preserve_aspect_ratio) else "float32"
    )
    return _framed(x, height, width, kind)


@tf_op("compat.v1.image.resize", "compat.v1.image.resize_images")
def resize_v1(images: Any, size: Any, method: Any = "bilinear", align_corners: Any = False, preserve_aspect_ratio: Any = False,
              name: Any = None) -> Any:  # fmt: skip
    """Images of another size, as the first version of TensorFlow had it."""
    return resize(images, size, method, preserve_aspect_ratio)


def _single(value: float) -> float:
    """Rounded as single precision, in which TensorFlow scales."""
    return float(struct.unpack("f", struct.pack("f", value))[0])


@tf_op("image.resize_with_pad")
def resize_with_pad(image: Any, target_height: Any, target_width: Any, method: Any = "bilinear", antialias: Any = False) -> Any:
    """Images of another size, with a border where the ratio differs."""
    x = pictures(image, REAL)
    return _framed(x, target_height, target_width, x.dtype if "nearest" in str(method) else "float32")


@tf_op("image.resize_with_crop_or_pad")
def resize_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Any:
    """Images cut or bordered to a size."""
    return _framed(pictures(image), scalar(target_height), scalar(target_width))


@tf_op("image.crop_to_bounding_box")
def crop_to_bounding_box(image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any) -> Any:
    """A part of images."""
    x = pictures(image)
    for total, offset, wanted, name in (
        (x.shape[-3], offset_height, target_height, "height"),
        (x.shape[-2], offset_width, target_width, "width"),
    ):
        if all(isinstance(one, int) for one in (total, offset, wanted)):
            require(offset + wanted <= total, f"{name} must be >= target + offset: {total} for {wanted} + {offset}")
    return _framed(x, scalar(target_height), scalar(target_width))


@tf_op("image.pad_to_bounding_box")
def pad_to_bounding_box(image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any) -> Any:
    """Images with a border."""
    x = pictures(image)
    for total, offset, wanted, name in (
        (x.shape[-3], offset_height, target_height, "height"),
        (x.shape[-2], offset_width, target_width, "width"),
    ):
        if all(isinstance(one, int) for one in (total, offset, wanted)):
            require(offset + total <= wanted, f"{name} must be <= target - offset: {total} for {wanted} - {offset}")
    return _framed(x, scalar(target_height), scalar(target_width))


@tf_op("image.central_crop")
def central_crop(image: Any, central_fraction: Any) -> Any:
    """The middle of images."""
    x = pictures(image)
    if not isinstance(central_fraction, (int, float)):
        return _framed(x, open_size(), open_size())
    if not 0 < central_fraction <= 1:
        refuse("ValueError", "central_fraction must be within (0, 1]")

    def left(size: Any) -> Any:
        return size - 2 * int((size - size * central_fraction) / 2) if isinstance(size, int) else open_size()

    return x.like() if central_fraction == 1 else _framed(x, left(x.shape[-3]), left(x.shape[-2]))


@tf_op("image.random_crop")
def random_crop(value: Any, size: Any, seed: Any = None, name: Any = None) -> Any:
    """A part of a tensor somewhere in it."""
    x, wanted = as_tensor(value), sizes(size)
    fits = len(wanted) == len(x.shape) and all(is_open(a) or not isinstance(a, int) or a >= b for a, b in zip(x.shape, wanted, strict=True))
    require(fits, f"Need value.shape >= size, got {list(x.shape)} and {wanted}")
    return KerasTensor(wanted, x.dtype)


def _mirrored(image: Any) -> Any:
    return pictures(image).like()


def _mirrored_somehow(image: Any, seed: Any = None) -> Any:
    return pictures(image).like()


for _name in ("flip_left_right", "flip_up_down"):
    tf_op(f"image.{_name}")(_mirrored)
    tf_op(f"image.random_{_name}")(_mirrored_somehow)


@tf_op("image.rot90")
def rot90(image: Any, k: Any = 1, name: Any = None) -> Any:
    """Turned by quarters."""
    x = pictures(image)
    height, width = x.shape[-3], x.shape[-2]
    return (
        _framed(x, width, height)
        if isinstance(k, int) and k % 2
        else x.like()
        if isinstance(k, int)
        else _framed(x, open_size(), open_size())
    )


@tf_op("image.transpose")
def transpose(image: Any, name: Any = None) -> Any:
    """Height and width exchanged."""
    x = pictures(image)
    return _framed(x, x.shape[-2], x.shape[-3])


def _channels(x: KerasTensor, count: int) -> None:
    found = x.shape[-1] if x.shape else 0
    if not is_open(found):
        require(same(found, count), f"input must have {count} channels but instead has {found} channels")


@tf_op("image.rgb_to_grayscale")
def rgb_to_grayscale(images: Any, name: Any = None) -> Any:
    """One channel of three."""
    x = taken(images, FLOATS | INTEGERS)
    _channels(x, 3)
    return KerasTensor((*x.shape[:-1], 1), x.dtype)


@tf_op("image.grayscale_to_rgb")
def grayscale_to_rgb(images: Any, name: Any = None) -> Any:
    """Three channels of one."""
    x = as_tensor(images)
    _channels(x, 1)
    return KerasTensor((*x.shape[:-1], 3), x.dtype)


def _colours(allowed: frozenset[str], batched: bool) -> Any:
    def function(images: Any, name: Any = None) -> Any:
        x = taken(images, allowed)
        _channels(x, 3)
        return x.like()

    def plain(images: Any) -> Any:
        return function(images)

    return function if batched else plain


for _name in ("rgb_to_hsv", "hsv_to_rgb"):
    tf_op(f"image.{_name}")(_colours(_HALF, True))
for _name in ("rgb_to_yiq", "yiq_to_rgb", "rgb_to_yuv", "yuv_to_rgb"):
    tf_op(f"image.{_name}")(_colours(_HALF, False))


@tf_op("image.per_image_standardization")
def per_image_standardization(image: Any) -> Any:
    """Every image with mean zero and deviation one."""
    x = pictures(image, REAL)
    return x.like(dtype=x.dtype if x.dtype in ("float16", "float32") else "float32")


@tf_op("image.total_variation")
def total_variation(images: Any, name: Any = None) -> Any:
    """How much neighbours differ."""
    x = pictures(images, FLOATS | SIGNED)
    return KerasTensor(x.shape[:-3], x.dtype)


@tf_op("image.adjust_brightness")
def adjust_brightness(image: Any, delta: Any) -> Any:
    """Lighter or darker."""
    return taken(image, REAL).like()


@tf_op("image.random_brightness")
def random_brightness(image: Any, max_delta: Any, seed: Any = None) -> Any:
    """Lighter or darker by chance."""
    return taken(image, REAL).like()


@tf_op("image.adjust_contrast")
def adjust_contrast(images: Any, contrast_factor: Any) -> Any:
    """More or less contrast."""
    return _at_least(images, 3).like()


@tf_op("image.random_contrast")
def random_contrast(image: Any, lower: Any, upper: Any, seed: Any = None) -> Any:
    """More or less contrast by chance."""
    return _at_least(image, 3).like()


def _at_least(value: Any, rank: int) -> KerasTensor:
    x = taken(value, REAL)
    if len(x.shape) < rank:
        refuse("ValueError", f"input must be at least {rank}-D, got shape {list(x.shape)}")
    return x


@tf_op("image.adjust_gamma")
def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Any:
    """Raised to a power."""
    return taken(image, REAL).like()


def _coloured(image: Any) -> KerasTensor:
    x = _at_least(image, 3)
    _channels(x, 3)
    return x.like()


@tf_op("image.adjust_hue")
def adjust_hue(image: Any, delta: Any, name: Any = None) -> Any:
    """Other colours."""
    return _coloured(image)


@tf_op("image.random_hue")
def random_hue(image: Any, max_delta: Any, seed: Any = None) -> Any:
    """Other colours by chance."""
    return _coloured(image)


@tf_op("image.adjust_saturation")
def adjust_saturation(image: Any, saturation_factor: Any, name: Any = None) -> Any:
    """More or less colour."""
    return _coloured(image)


@tf_op("image.random_saturation")
def random_saturation(image: Any, lower: Any, upper: Any, seed: Any = None) -> Any:
    """More or less colour by chance."""
    return _coloured(image)


@tf_op("image.convert_image_dtype")
def convert_image_dtype(image: Any, dtype: Any, saturate: Any = False, name: Any = None) -> Any:
    """Scaled to the range of another type."""
    kind = standardize_dtype(dtype)
    if kind not in REAL:
        refuse("ValueError", f"dtype must be either floating point or integer, not {kind}")
    return taken(image, REAL).like(dtype=kind)


@tf_op("image.sobel_edges")
def sobel_edges(image: Any) -> Any:
    """Edges along both axes."""
    x = taken(image, WIDE | {"float16", "bfloat16"})
    return KerasTensor((*x.shape, 2), x.dtype)


@tf_op("image.extract_patches")
def extract_patches(images: Any, sizes: Any, strides: Any, rates: Any, padding: Any, name: Any = None) -> Any:
    """Windows as channels."""
    x = pictures(images)
    spatial = conv_sizes(x.shape[1:3], sizes[1:3], strides[1:3], padding.lower(), rates[1:3])
    return KerasTensor((x.shape[0], *spatial, sizes[1] * sizes[2] * x.shape[3]), x.dtype)


@tf_op("image.psnr")
def psnr(a: Any, b: Any, max_val: Any, name: Any = None) -> Any:
    """The peak signal-to-noise ratio."""
    first, second = pictures(a, REAL), pictures(b, REAL)
    stretched(first.shape[-3:], second.shape[-3:])
    return KerasTensor(first.shape[:-3], "float32")
