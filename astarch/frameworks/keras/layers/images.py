"""Preprocessing layers of images, as functions of shapes."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from ..describing import data_format_of, described_config, layer, make, numbers, refuse, shaped, state
from ..state import snake_case
from ..windows import placed
from .preprocessing import DataLayer


class BaseImagePreprocessingLayer(DataLayer):
    """Images changed at random, or resized."""

    described_in = "keras.src.layers.preprocessing.image_preprocessing.base_image_preprocessing_layer"
    takes = ("bounding_box_format", "factor", "data_format", "value_range")

    def call(self, inputs: Any, training: Any = True) -> Any:
        if isinstance(inputs, dict):  # what belongs to the images keeps its shape
            return {key: shaped(self, value) if key in ("images", "segmentation_masks") else value for key, value in inputs.items()}
        return shaped(self, inputs)

    def get_config(self) -> dict[str, Any]:
        return {**described_config(self), "data_format": self.__dict__.get("data_format") or state().data_format}


@layer("keras.layers.Resizing", "keras.src.layers.preprocessing.image_preprocessing.resizing")
class Resizing(BaseImagePreprocessingLayer):
    """Images of another size."""

    def __init__(self, height: Any, width: Any, interpolation: Any = "bilinear", crop_to_aspect_ratio: Any = False,
                 pad_to_aspect_ratio: Any = False,
                 fill_mode: Any = "constant", fill_value: Any = 0.0, antialias: Any = False, data_format: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
        self.height, self.width, self.interpolation = height, width, interpolation
        self.crop_to_aspect_ratio, self.pad_to_aspect_ratio = crop_to_aspect_ratio, pad_to_aspect_ratio
        self.fill_mode, self.fill_value, self.antialias = fill_mode, fill_value, antialias
        self.data_format = data_format_of(data_format)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if len(input_shape) < 3:  # Keras does not look
            start = [] if self.data_format == "channels_last" else [input_shape[0]]
            return (*start, self.height, self.width)[: len(start) + 2]
        return _sized(input_shape, self.height, self.width, self.data_format)


def _sized(shape: Any, height: Any, width: Any, form: str) -> Any:
    if len(shape) not in (3, 4):
        refuse("ValueError", f"Expected a 3D or 4D input. Received: shape={shape}")
    if len(shape) == 4:
        return placed(shape, [height, width], shape[-1] if form == "channels_last" else shape[1], form)
    return (height, width, shape[-1]) if form == "channels_last" else (shape[0], height, width)


@layer("keras.layers.CenterCrop", "keras.src.layers.preprocessing.image_preprocessing.center_crop")
class CenterCrop(BaseImagePreprocessingLayer):
    """The middle of images."""

    def __init__(self, height: Any, width: Any, data_format: Any = None, **kwargs: Any) -> None:
        self.height, self.width = height, width
        self.data_format = data_format_of(data_format)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return _sized(input_shape, self.height, self.width, self.data_format)


@layer("keras.layers.RandomCrop", "keras.src.layers.preprocessing.image_preprocessing.random_crop")
class RandomCrop(BaseImagePreprocessingLayer):
    """A random part of images."""

    def __init__(self, height: Any, width: Any, seed: Any = None, data_format: Any = None, name: Any = None, **kwargs: Any) -> None:
        self.height, self.width, self.seed = height, width, seed
        self.data_format = data_format_of(data_format)
        self.generator = make("keras.random.SeedGenerator", seed)
        self.supports_masking = False

    def compute_output_shape(self, input_shape: Any) -> Any:
        return _sized(input_shape, self.height, self.width, self.data_format)


@layer("keras.layers.MaxNumBoundingBoxes", "keras.src.layers.preprocessing.image_preprocessing.max_num_bounding_box")
class MaxNumBoundingBoxes(BaseImagePreprocessingLayer):
    """Of each image so many boxes, the missing ones filled up."""

    not_in_config = ("fill_value",)

    def __init__(self, max_number: Any, fill_value: Any = -1, **kwargs: Any) -> None:
        self.max_number, self.fill_value = int(max_number), int(fill_value)

    def compute_output_shape(self, input_shape: Any) -> Any:
        boxes = input_shape.get("bounding_boxes") if isinstance(input_shape, dict) else None
        if boxes is None:
            return input_shape
        if more := boxes.keys() - {"boxes", "labels"}:
            refuse("KeyError", f"There are unsupported keys in `bounding_boxes`: {sorted(more)}.")
        return {**input_shape, "bounding_boxes": {key: (shape[0], self.max_number, *shape[2:]) for key, shape in boxes.items()}}

    def call(self, inputs: Any, training: Any = True) -> Any:
        return shaped(self, inputs)


#: Layers that keep the shape of images: their signature, and whether they draw random numbers.
_IMAGES = {
    "AugMix": "value_range=(0, 255), num_chains=3, chain_depth=3, factor=0.3, alpha=1.0, all_ops=True, interpolation='bilinear', "
    "seed=None, data_format=None",
    "AutoContrast": "value_range=(0, 255)", "CutMix": "factor=1.0, seed=None, data_format=None",
    "Equalization": "value_range=(0, 255), bins=256, data_format=None",
    "ContrastLimitedAdaptiveHistogramEqualization": "value_range=(0, 255), clip_limit=4.0, tile_grid_size=(8, 8), data_format=None",
    "MixUp": "alpha=0.2, data_format=None, seed=None",
    "RandAugment": "value_range=(0, 255), num_ops=2, factor=0.5, interpolation='bilinear', seed=None, data_format=None",
    "RandomBrightness": "factor, value_range=(0, 255), seed=None",
    "RandomColorDegeneration": "factor, value_range=(0, 255), data_format=None, seed=None",
    "RandomColorJitter": "value_range=(0, 255), brightness_factor=None, contrast_factor=None, saturation_factor=None, hue_factor=None, "
    "seed=None, data_format=None",
    "RandomContrast": "factor, value_range=(0, 255), seed=None",
    "RandomElasticTransform": "factor=1.0, scale=1.0, interpolation='bilinear', fill_mode='reflect', fill_value=0.0, value_range=(0, "
    "255), seed=None, data_format=None",
    "RandomErasing": "factor=1.0, scale=(0.02, 0.33), fill_value=None, value_range=(0, 255), seed=None, data_format=None",
    "RandomFlip": "mode='horizontal_and_vertical', seed=None, data_format=None",
    "RandomGaussianBlur": "factor=1.0, kernel_size=3, sigma=1.0, value_range=(0, 255), data_format=None, seed=None",
    "RandomGrayscale": "factor=0.5, data_format=None, seed=None", "RandomHue": "factor, value_range=(0, 255), data_format=None, seed=None",
    "RandomInvert": "factor=1.0, value_range=(0, 255), seed=None, data_format=None",
    "RandomPerspective": "factor=1.0, scale=1.0, interpolation='bilinear', fill_value=0.0, seed=None, data_format=None",
    "RandomPosterization": "factor, value_range=(0, 255), data_format=None, seed=None",
    "RandomRotation": "factor, fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, data_format=None",
    "RandomSaturation": "factor, value_range=(0, 255), data_format=None, seed=None",
    "RandomSharpness": "factor, value_range=(0, 255), data_format=None, seed=None",
    "RandomShear": "x_factor=0.0, y_factor=0.0, interpolation='bilinear', fill_mode='reflect', fill_value=0.0, data_format=None, seed=None",
    "RandomTranslation": "height_factor, width_factor, fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, "
    "data_format=None",
    "RandomZoom": "height_factor, width_factor=None, fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, "
    "data_format=None",
    "Solarization": "addition_factor=0.0, threshold_factor=0.0, value_range=(0, 255), seed=None",
}  # fmt: skip
_PLAIN = frozenset({"AutoContrast", "Equalization", "ContrastLimitedAdaptiveHistogramEqualization"})
_FILES = {"ContrastLimitedAdaptiveHistogramEqualization": "clahe"}


_TURNED = {"fill_mode": ("reflect", "wrap", "constant", "nearest"), "interpolation": ("nearest", "bilinear")}
#: Within which their factors lie; else between -1 and 1.
_BOUNDS = {"RandomPosterization": (1, 8), **dict.fromkeys(("AugMix", "CutMix", "RandAugment", "RandomContrast", "RandomElasticTransform",
           "RandomErasing", "RandomGaussianBlur", "RandomHue", "RandomInvert", "RandomPerspective", "RandomSharpness"), (0, 1))}  # fmt: skip
#: What these layers accept.
_ALLOWED: dict[str, dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("RandomRotation", "RandomTranslation", "RandomZoom", "RandomShear"), _TURNED),
    "RandomElasticTransform": {**_TURNED, "fill_mode": (*_TURNED["fill_mode"], "mirror")},
    "RandomPerspective": {"interpolation": _TURNED["interpolation"]},
}


def _check_images(name: str, given: dict[str, Any]) -> None:
    for parameter, allowed in _ALLOWED.get(name, {}).items():
        if isinstance(given[parameter], str) and given[parameter] not in allowed:
            refuse("NotImplementedError", f"Unknown `{parameter}` {given[parameter]}. Expected of one {allowed}.")
    if name == "RandomGrayscale" and not isinstance(given["factor"], (int, float)):
        refuse("TypeError", f"'<' not supported between instances of '{type(given['factor']).__name__}' and 'int'")
    if name == "RandomGrayscale" and not 0 <= given["factor"] <= 1:
        refuse("ValueError", f"`factor` should be between 0 and 1. Received: factor={given['factor']}")
    if name == "RandomGaussianBlur":
        sizes = given["kernel_size"] if isinstance(given["kernel_size"], (tuple, list)) else (given["kernel_size"],)
        if any(isinstance(size, int) and size % 2 == 0 for size in sizes):
            refuse("ValueError", f"kernel_size must be an odd number. Received: kernel_size={given['kernel_size']}")
    if "factor" in given and name != "RandomGrayscale":
        _check_factor(given["factor"], *_BOUNDS.get(name, (-1, 1)))


def _check_factor(factor: Any, low: int, high: int) -> None:
    pair = factor if isinstance(factor, (tuple, list)) else (factor, factor)
    fits = len(pair) == 2 and not any(isinstance(one, str) or one is None for one in pair)
    if fits and all(isinstance(one, (int, float)) for one in pair):
        fits = pair[0] <= high and pair[1] >= low
    if not fits:
        refuse("ValueError", f"The `factor` argument should be a number (or a list of two numbers) in the range [{low}, {high}]. Received: "
               f"factor={factor}")  # fmt: skip


#: Arguments that a layer keeps as a lowest and a highest value, and the layers that keep them as they were given.
_RANGES = frozenset({"factor", "sigma", "scale", "x_factor", "y_factor", "addition_factor", "threshold_factor"})
_AS_GIVEN = {"factor": ("RandomGrayscale",), "scale": ("RandomPerspective",)}


def _range_of(name: str, value: Any) -> Any:
    """A lowest and a highest value, as Keras keeps them."""
    if isinstance(value, (tuple, list)):
        return tuple(sorted(value))
    if not isinstance(value, (int, float)):
        return value
    if name == "Solarization":
        return 0, value
    lowest = -1 if name == "RandomShear" else _BOUNDS.get(name, (-1, 1))[0]
    return max(-abs(value), lowest), abs(value)


def _image_layer(name: str, parameters: str) -> None:
    tree = ast.parse(f"def f(self, {parameters}, **kwargs): pass").body[0].args  # type: ignore[attr-defined]
    defaults = [inspect.Parameter.empty] * (len(tree.args) - len(tree.defaults)) + [ast.literal_eval(node) for node in tree.defaults]
    found = [
        inspect.Parameter(arg.arg, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=value)
        for arg, value in zip(tree.args, defaults, strict=False)
    ]
    signature = inspect.Signature([*found, inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)])

    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        for key, value in bound.arguments.items():
            if key == "data_format":
                self.data_format = data_format_of(value)
            elif key not in ("self", "kwargs"):
                setattr(self, key, value)
        _check_images(name, bound.arguments)
        for key in _RANGES & bound.arguments.keys():
            if name not in _AS_GIVEN.get(key, ()):
                setattr(self, key, _range_of(name, bound.arguments[key]))
        if name == "RandomGaussianBlur":
            self.kernel_size = numbers(self.kernel_size, 2, "kernel_size")
        if name not in _PLAIN:
            self.generator = make("keras.random.SeedGenerator", bound.arguments.get("seed"))

    start.__name__ = "__init__"
    start.__signature__ = signature  # type: ignore[attr-defined]
    made = type(name, (BaseImagePreprocessingLayer,), {"__init__": start, "__doc__": "Images of the same size.",
                                                       "not_in_config": ("seed",) if name == "RandomGrayscale" else ()})  # fmt: skip
    layer(f"keras.layers.{name}", f"keras.src.layers.preprocessing.image_preprocessing.{_FILES.get(name, snake_case(name))}")(made)


for _name, _parameters in _IMAGES.items():
    _image_layer(_name, _parameters)
