"""`keras.ops.image`."""

from __future__ import annotations

from typing import Any

from ...describe import refuse
from ..describing import data_format_of, numbers
from ..operation import keras_op
from ..tensor import KerasTensor
from ..windows import conv_sizes
from .elementwise import as_tensor, shape_of
from .promotion import as_float
from .shaping import sizes

_IMAGE = "keras.src.ops.image"


def _op(name: str, class_name: str | None = None, *more: str) -> Any:
    return keras_op(f"keras.ops.image.{name}", *more, class_name=class_name, module=_IMAGE)


def _resized(x: KerasTensor, size: Any, form: str) -> KerasTensor:
    height, width = size
    if len(x.shape) == 4:
        return KerasTensor((x.shape[0], height, width, x.shape[-1]) if form == "channels_last" else (*x.shape[:2], height, width), x.dtype)
    if len(x.shape) == 3:
        return KerasTensor((height, width, x.shape[-1]) if form == "channels_last" else (x.shape[0], height, width), x.dtype)
    return refuse(
        "ValueError",
        f"Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received: images.shape={list(x.shape)}",
    )


@_op("resize", "Resize")
def resize(images: Any, size: Any, interpolation: Any = "bilinear", antialias: Any = False, crop_to_aspect_ratio: Any = False,
           pad_to_aspect_ratio: Any = False, fill_mode: Any = "constant", fill_value: Any = 0.0,
           data_format: Any = None) -> Any:  # fmt: skip
    """Images of another size."""
    found = sizes(size)
    if len(found) != 2:
        refuse("ValueError", f"Expected `size` to be a tuple of 2 integers. Received: size={size}")
    return _resized(as_tensor(images), found, data_format_of(data_format))


@_op("rgb_to_grayscale", "RGBToGrayscale")
def rgb_to_grayscale(images: Any, data_format: Any = None) -> Any:
    """One channel of three."""
    x = as_tensor(images)
    channels = x.shape[-1 if data_format_of(data_format) == "channels_last" else -3]
    if not x.symbolic and isinstance(channels, int) and channels != 3:
        refuse("ValueError", f"Input images must have 3 channels, but received images with {channels} channels.")
    if data_format_of(data_format) == "channels_last":
        return KerasTensor((*x.shape[:-1], 1), x.dtype)
    return KerasTensor((*x.shape[:-3], 1, *x.shape[-2:]), x.dtype)


for _name, _class in (("rgb_to_hsv", "RGBToHSV"), ("hsv_to_rgb", "HSVToRGB")):

    def _colours(images: Any, data_format: Any = None) -> Any:
        return as_tensor(images).like()

    _op(_name, _class)(_colours)


@_op("affine_transform", "AffineTransform")
def affine_transform(images: Any, transform: Any, interpolation: Any = "bilinear", fill_mode: Any = "constant", fill_value: Any = 0,
                     data_format: Any = None) -> Any:  # fmt: skip
    """Images shifted, turned, sheared."""
    return as_tensor(images).like()


@_op("perspective_transform", "PerspectiveTransform")
def perspective_transform(images: Any, start_points: Any, end_points: Any, interpolation: Any = "bilinear", fill_value: Any = 0,
                          data_format: Any = None) -> Any:  # fmt: skip
    """Images in another perspective."""
    return as_tensor(images).like()


@_op("gaussian_blur", "GaussianBlur")
def gaussian_blur(images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: Any = None) -> Any:
    """Blurred."""
    return as_tensor(images).like()


@_op("elastic_transform", "ElasticTransform")
def elastic_transform(images: Any, alpha: Any = 20.0, sigma: Any = 5.0, interpolation: Any = "bilinear", fill_mode: Any = "reflect",
                      fill_value: Any = 0.0, seed: Any = None, data_format: Any = None) -> Any:  # fmt: skip
    """Distorted."""
    return as_tensor(images).like()


@_op("map_coordinates", "MapCoordinates")
def map_coordinates(inputs: Any, coordinates: Any, order: Any, fill_mode: Any = "constant", fill_value: Any = 0) -> Any:
    """Values at given coordinates."""
    return KerasTensor(shape_of(coordinates)[1:], as_tensor(inputs).dtype)


@_op("extract_patches", "ExtractPatches")
def extract_patches(
    images: Any, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: Any = "valid", data_format: Any = None
) -> Any:
    """Windows as channels."""
    x, form = as_tensor(images), data_format_of(data_format)
    window = numbers(size, 2, "size")
    steps = numbers(strides, 2, "strides") if strides is not None else window
    rate = numbers(dilation_rate, 2, "dilation_rate")
    batched = len(x.shape) == 4
    height, width, channels = x.shape[-3:] if form == "channels_last" else (*x.shape[-2:], x.shape[-3])
    spatial = conv_sizes((height, width), window, steps, padding, rate)
    depth = window[0] * window[1] * channels
    body = (*spatial, depth) if form == "channels_last" else (depth, *spatial)
    return KerasTensor((x.shape[0], *body) if batched else body, x.dtype)


@_op("pad_images", "PadImages")
def pad_images(images: Any, top_padding: Any = None, left_padding: Any = None, bottom_padding: Any = None, right_padding: Any = None,
               target_height: Any = None, target_width: Any = None, data_format: Any = None) -> Any:  # fmt: skip
    """Images with a border."""
    x, form = as_tensor(images), data_format_of(data_format)
    axis = -3 if form == "channels_last" else -2
    height = target_height if target_height is not None else x.shape[axis] + top_padding + bottom_padding
    width = target_width if target_width is not None else x.shape[axis + 1] + left_padding + right_padding
    return _resized(x, (height, width), form)


@_op("crop_images", "CropImages")
def crop_images(images: Any, top_cropping: Any = None, left_cropping: Any = None, bottom_cropping: Any = None, right_cropping: Any = None,
                target_height: Any = None, target_width: Any = None, data_format: Any = None) -> Any:  # fmt: skip
    """Parts of images."""
    x, form = as_tensor(images), data_format_of(data_format)
    axis = -3 if form == "channels_last" else -2
    height = target_height if target_height is not None else x.shape[axis] - top_cropping - bottom_cropping
    width = target_width if target_width is not None else x.shape[axis + 1] - left_cropping - right_cropping
    return _resized(x, (height, width), form)


@_op("scale_and_translate", "ScaleAndTranslate")
def scale_and_translate(
    images: Any, output_shape: Any, scale: Any, translation: Any, spatial_dims: Any, method: Any, antialias: Any = True
) -> Any:
    """Images scaled and shifted to a shape."""
    return KerasTensor(sizes(output_shape), as_tensor(images).dtype)


@_op("sobel_edges", "SobelEdges")
def sobel_edges(images: Any, data_format: Any = None) -> Any:
    """Edges along both axes."""
    x = as_tensor(images)
    return KerasTensor((*x.shape, 2), x.dtype)


@_op("ssim", "SSIM")
def ssim(image1: Any, image2: Any, max_val: Any = 1.0, filter_size: Any = 11, filter_sigma: Any = 1.5, k1: Any = 0.01, k2: Any = 0.03,
         data_format: Any = None) -> Any:  # fmt: skip
    """How similar images are."""
    x = as_tensor(image1)
    return KerasTensor(x.shape[:-3], as_float(x.dtype))
