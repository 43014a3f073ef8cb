"""``torchvision.transforms``, where its source is not at hand: what they make of an image or of a tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...interpreter.values import CURRENT
from ...ir.refusal import Refusal
from ...ir.unknown import Reason, Unknown
from ..describe import RUN, fresh_size
from ..numpy.array import NumpyArray
from ..torch.native import derivable
from ..torch.tensor import TorchTensor
from .pictures import Picture

_MODULE = "torchvision.transforms.transforms"


def _unknown(what: str) -> Unknown:
    return RUN.get().unknown(Reason.NOT_DESCRIBED, what)


def _transform(base: str = "torch.nn.Module") -> Callable[[type], type]:
    def register(host: type) -> type:
        return derivable(f"torchvision.transforms.{host.__name__}", module=_MODULE, base=base)(host)

    return register


def _sized(image: Any, height: Any, width: Any) -> Any:
    """The image, or the tensor, with another height and width."""
    if isinstance(image, Picture):
        return Picture(image.channels, height, width)
    if isinstance(image, TorchTensor) and len(image.shape) >= 2:
        return image.like((*image.shape[:-2], height, width))
    return _unknown("a transform of something else")


def _extent(image: Any) -> tuple[Any, Any]:
    return (image.height, image.width) if isinstance(image, Picture) else tuple(image.shape[-2:])


def _pair(size: Any) -> Any:
    """Height and width; one number stands for both."""
    if isinstance(size, tuple | list):
        return tuple(size) if len(size) == 2 else (size[0], size[0]) if len(size) == 1 else None
    return (size, size)


@_transform(base="")
class Compose:
    """One transform after another."""

    def __init__(self, transforms: Any) -> None:
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        machine = CURRENT.get()
        for transform in machine.iterate(self.transforms):
            img = machine.call(transform, (img,), {})
        return img


@_transform(base="")
class ToTensor:
    """An image, or an array of one, with its channels first and numbers from 0 to 1."""

    def __call__(self, pic: Any) -> Any:
        if isinstance(pic, TorchTensor):
            raise Refusal("TypeError", "pic should be PIL Image or ndarray. Got <class 'torch.Tensor'>")
        return _channels_first(pic, "float32")


@_transform(base="")
class PILToTensor:
    """An image with its channels first."""

    def __call__(self, pic: Any) -> Any:
        return _channels_first(pic, "uint8") if isinstance(pic, Picture) else _unknown("PILToTensor of something else")


def _channels_first(pic: Any, dtype: str) -> Any:
    if isinstance(pic, Picture):
        return TorchTensor((pic.channels, pic.height, pic.width), dtype)
    if isinstance(pic, NumpyArray) and len(pic.shape) in (2, 3):
        channels = pic.shape[2] if len(pic.shape) == 3 else 1
        return TorchTensor((channels, *pic.shape[:2]), dtype if pic.dtype == "uint8" else pic.dtype)
    return _unknown("ToTensor of something else")


@_transform(base="")
class ToPILImage:
    """A tensor as an image."""

    def __init__(self, mode: Any = None) -> None:
        self.mode = mode

    def __call__(self, pic: Any) -> Any:
        return Picture(*pic.shape) if isinstance(pic, TorchTensor) and len(pic.shape) == 3 else _unknown("ToPILImage")


@_transform(base="")
class Lambda:
    """A function of the program."""

    def __init__(self, lambd: Any) -> None:
        self.lambd = lambd

    def __call__(self, img: Any) -> Any:
        return CURRENT.get().call(self.lambd, (img,), {})


@_transform()
class Normalize:
    """Every channel less its mean, over its deviation."""

    def __init__(self, mean: Any, std: Any, inplace: Any = False) -> None:
        self.__dict__["mean"], self.__dict__["std"] = mean, std

    def __call__(self, tensor: Any) -> Any:
        if isinstance(tensor, Picture):
            raise Refusal("TypeError", "img should be Tensor Image. Got <class 'PIL.Image.Image'>")
        if not isinstance(tensor, TorchTensor):
            return _unknown("Normalize of something else")
        if tensor.dtype in ("uint8", "int64", "int32"):
            raise Refusal("TypeError", f"Input tensor should be a float tensor. Got {tensor.dtype}.")
        for numbers in (self.__dict__["mean"], self.__dict__["std"]):
            count, channels = len(numbers) if isinstance(numbers, tuple | list) else 1, tensor.shape[-3] if len(tensor.shape) > 2 else None
            if type(channels) is int and count != 1 and count != channels:
                wanted = [count, *tensor.shape[-2:]]
                shown = f"output with shape {list(tensor.shape)} doesn't match the broadcast shape {wanted}" if channels == 1 else (
                    f"The size of tensor a ({channels}) must match the size of tensor b ({count}) at non-singleton dimension 0")  # fmt: skip
                raise Refusal("RuntimeError", shown)
        return tensor.like()


@_transform()
class Resize:
    """Another height and width; of one number the shorter side, and the other keeps its proportion."""

    def __init__(self, size: Any, *args: Any, **kwargs: Any) -> None:
        self.__dict__["size"] = size
        self.__dict__["max_size"] = args[1] if len(args) > 1 else kwargs.get("max_size")

    def __call__(self, img: Any) -> Any:
        if not isinstance(img, Picture | TorchTensor):
            return _unknown("Resize of something else")
        size = self.__dict__["size"]
        if isinstance(size, tuple | list) and len(size) == 2:
            return _sized(img, *size)
        size = size[0] if isinstance(size, tuple | list) else size
        height, width = _extent(img)
        if type(size) is int and type(height) is int and type(width) is int and self.__dict__["max_size"] is None:
            if height <= width:
                return _sized(img, size, int(size * width / height))
            return _sized(img, int(size * height / width), size)
        return _sized(img, fresh_size("the height of an image"), fresh_size("the width of an image"))


def _cropping(name: str) -> None:
    def start(self: Any, size: Any, *args: Any, **kwargs: Any) -> None:
        self.__dict__["size"] = _pair(size)

    def apply(self: Any, img: Any) -> Any:
        size = self.__dict__["size"]
        return _unknown(name) if size is None or not isinstance(img, Picture | TorchTensor) else _sized(img, *size)

    _transform()(type(name, (), {"__init__": start, "__call__": apply, "__doc__": "A part of the image, of a given size."}))


for _name in ("CenterCrop", "RandomCrop", "RandomResizedCrop"):
    _cropping(_name)


def _keeping(name: str) -> None:
    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        self.__dict__["kept"] = not kwargs.get("expand")

    def apply(self: Any, img: Any) -> Any:
        if not self.__dict__["kept"] or not isinstance(img, Picture | TorchTensor):
            return _unknown(name)
        return img if isinstance(img, Picture) else img.like()

    _transform()(type(name, (), {"__init__": start, "__call__": apply, "__doc__": "An image of the same size."}))


for _name in ("RandomHorizontalFlip", "RandomVerticalFlip", "RandomRotation", "ColorJitter", "RandomAffine", "RandomErasing", "GaussianBlur",
              "RandomGrayscale", "RandomPerspective", "RandAugment", "AutoAugment", "TrivialAugmentWide"):  # fmt: skip
    _keeping(_name)


@_transform()
class Grayscale:
    """Without colour."""

    def __init__(self, num_output_channels: Any = 1) -> None:
        self.__dict__["channels"] = num_output_channels

    def __call__(self, img: Any) -> Any:
        channels = self.__dict__["channels"]
        if isinstance(img, Picture):
            return Picture(channels, img.height, img.width)
        return (
            img.like((*img.shape[:-3], channels, *img.shape[-2:]))
            if isinstance(img, TorchTensor) and len(img.shape) > 2
            else _unknown("Grayscale")
        )
