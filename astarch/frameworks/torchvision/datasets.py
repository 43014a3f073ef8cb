"""``torchvision.datasets``, where its source is not at hand: what the examples of well-known data sets are, before and after transforms."""

from __future__ import annotations

from typing import Any

from ...interpreter.values import CURRENT
from ...ir.unknown import Reason, Unknown
from ..describe import RUN, fresh_size
from ..numpy.array import NumpyArray
from ..torch.loading import Dataset
from ..torch.native import derivable
from ..torch.tensor import TorchTensor
from .pictures import Picture

#: Names of data sets, the channels, height and width of their images, and how many there are to train and to test.
_IMAGES = {
    "MNIST": (1, 28, 28, 60000, 10000), "FashionMNIST": (1, 28, 28, 60000, 10000), "KMNIST": (1, 28, 28, 60000, 10000),
    "CIFAR10": (3, 32, 32, 50000, 10000), "CIFAR100": (3, 32, 32, 50000, 10000),
}  # fmt: skip
_MODULES = {"CIFAR10": "cifar", "CIFAR100": "cifar"}
_ATTRIBUTES = (
    "classes",
    "class_to_idx",
    "train_labels",
    "train_data",
    "test_labels",
    "test_data",
    "raw_folder",
    "processed_folder",
    "transforms",
)


def _example(self: Any, picture: Any) -> Any:
    """The image as its transforms leave it, and its class."""
    machine, label = CURRENT.get(), fresh_size("a class")
    if self.transform is not None:
        picture = machine.call(self.transform, (picture,), {})
    return picture, label if self.target_transform is None else machine.call(self.target_transform, (label,), {})


def _images(name: str, channels: int, height: int, width: int, train_count: int, test_count: int) -> None:
    def start(self: Any, root: Any = None, train: Any = True, transform: Any = None, target_transform: Any = None, download: Any = False,
              **kwargs: Any) -> None:  # fmt: skip
        count = train_count if train is True else test_count if train is False else fresh_size("how many images")
        self.root, self.train, self.transform, self.target_transform = root, train, transform, target_transform
        self.__dict__["_count"] = count
        if channels == 1:
            self.data, self.targets = TorchTensor((count, height, width), "uint8"), TorchTensor((count,), "int64")
        else:
            self.data = NumpyArray((count, height, width, channels), "uint8")
            self.targets = Unknown(Reason.OUTSIDE, f"{name}.targets")
        for attribute in _ATTRIBUTES:
            setattr(self, attribute, Unknown(Reason.OUTSIDE, f"{name}.{attribute}"))

    def item(self: Any, index: Any) -> Any:
        return _example(self, Picture(channels, height, width))

    def count_of(self: Any) -> Any:
        return self.__dict__["_count"]

    made = type(name, (Dataset,), {"__init__": start, "__getitem__": item, "__len__": count_of, "__doc__": f"The images of {name}."})
    derivable(f"torchvision.datasets.{name}", module=f"torchvision.datasets.{_MODULES.get(name, 'mnist')}")(made)


for _name, _sizes in _IMAGES.items():
    _images(_name, *_sizes)


@derivable("torchvision.datasets.ImageFolder", module="torchvision.datasets.folder")
class ImageFolder(Dataset):
    """Colour images of any size, in a folder for each class."""

    def __init__(self, root: Any, transform: Any = None, target_transform: Any = None, *args: Any, **kwargs: Any) -> None:
        self.root, self.transform, self.target_transform = root, transform, target_transform
        self.__dict__["_own_loader"] = bool(args or kwargs)
        for attribute in ("classes", "class_to_idx", "samples", "imgs", "targets", "extensions", "loader", "transforms"):
            setattr(self, attribute, Unknown(Reason.OUTSIDE, f"ImageFolder.{attribute}"))

    def __getitem__(self, index: Any) -> Any:
        if self.__dict__["_own_loader"]:
            return RUN.get().unknown(Reason.OUTSIDE, "an example of a folder")
        return _example(self, Picture(3, fresh_size("the height of an image"), fresh_size("the width of an image")))

    def __len__(self) -> Any:
        return RUN.get().unknown(Reason.OUTSIDE, "how many images are in a folder")
