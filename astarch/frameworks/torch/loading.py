"""``torch.utils.data``: data sets, and the batches that a loader makes of them.

A loader is run on a few of its batches: the first, one more, and the last when that is smaller. The rounds between are like them; a loop
over a loader ends with `MoreItems` unless these were all, so that nothing that it counts or collects is taken for known.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from ...interpreter.values import CURRENT, Instance
from ...ir.dim import Dim
from ...ir.refusal import Refusal
from ...ir.unknown import MoreItems, Reason, Unknown
from ..describe import RUN, fresh_size
from .batches import batch_of, single
from .making import make
from .native import derivable, native

#: After so many passes over a loader nothing new is seen.
_MOST_PASSES = 3


def _items(value: Any) -> list[Any]:
    return list(CURRENT.get().iterate(value))


def _outside(what: str) -> Unknown:
    return RUN.get().unknown(Reason.OUTSIDE, what)


@derivable("torch.utils.data.Dataset", module="torch.utils.data.dataset")
class Dataset:
    """Examples by index."""

    @classmethod
    def __class_getitem__(cls: Any, item: Any) -> Any:
        return cls

    def __add__(self, other: Any) -> Any:
        return _outside("ConcatDataset")


@derivable("torch.utils.data.IterableDataset", module="torch.utils.data.dataset")
class IterableDataset(Dataset):
    """Examples one after another."""


@derivable("torch.utils.data.TensorDataset", module="torch.utils.data.dataset")
class TensorDataset(Dataset):
    """Examples that are rows of tensors."""

    def __init__(self, *tensors: Any) -> None:
        sizes = [tensor.shape[0] for tensor in tensors if hasattr(tensor, "shape") and len(tensor.shape)]
        if len({size for size in sizes if type(size) is int}) > 1:
            raise Refusal("AssertionError", "Size mismatch between tensors")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> Any:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> Any:
        return self.tensors[0].shape[0]


@derivable("torch.utils.data.Subset", module="torch.utils.data.dataset")
class Subset(Dataset):
    """Some examples of a data set."""

    def __init__(self, dataset: Any, indices: Any) -> None:
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, idx: Any) -> Any:
        machine = CURRENT.get()
        return machine.subscript(self.dataset, machine.subscript(self.indices, idx))

    def __len__(self) -> Any:
        return CURRENT.get().length(self.indices)


@derivable("torch.utils.data.Sampler", "torch.utils.data.sampler.Sampler", module="torch.utils.data.sampler")
class Sampler:
    """An order of examples."""

    def __init__(self, data_source: Any = None, *args: Any, **kwargs: Any) -> None:
        self.data_source = data_source

    @classmethod
    def __class_getitem__(cls: Any, item: Any) -> Any:
        return cls

    def __iter__(self) -> Any:
        return _outside("the order of examples")


for _name in ("SequentialSampler", "RandomSampler", "SubsetRandomSampler", "BatchSampler", "WeightedRandomSampler"):
    derivable(f"torch.utils.data.{_name}", module="torch.utils.data.sampler")(type(_name, (Sampler,), {"__doc__": f"The order {_name}."}))
derivable("torch.utils.data.distributed.DistributedSampler", "torch.utils.data.DistributedSampler", module="torch.utils.data.distributed")(
    type("DistributedSampler", (Sampler,), {"__doc__": "The part of the examples that one process sees."})
)


@derivable("torch.utils.data.DataLoader", module="torch.utils.data.dataloader")
class DataLoader:
    """Batches of a data set."""

    def __init__(self, dataset: Any, batch_size: Any = 1, shuffle: Any = None, sampler: Any = None, batch_sampler: Any = None,
                 num_workers: Any = 0, collate_fn: Any = None, pin_memory: Any = False, drop_last: Any = False,
                 **kwargs: Any) -> None:  # fmt: skip
        if shuffle is True and sampler is None and batch_sampler is None:
            _count(dataset)
        self.dataset, self.batch_size, self.sampler, self.batch_sampler = dataset, batch_size, sampler, batch_sampler
        self.num_workers, self.collate_fn, self.pin_memory, self.drop_last = num_workers, collate_fn, pin_memory, drop_last
        self.__dict__["_passes"] = 0

    @classmethod
    def __class_getitem__(cls: Any, item: Any) -> Any:
        return cls

    def __iter__(self) -> Any:
        self.__dict__["_passes"] = passes = self.__dict__.get("_passes", _MOST_PASSES) + 1
        if type(self.dataset) is Unknown or passes > _MOST_PASSES:
            return _outside("the batches of a DataLoader")
        sizes, are_all = _sizes(self)
        examples = _examples(self.dataset)
        if not examples:
            return _outside("the batches of a DataLoader")
        return _followed([_batch(self, examples, size) for size in sizes], are_all)

    def __len__(self) -> Any:
        count = _count(self.dataset)
        if not isinstance(count, (int, Dim)) or not isinstance(self.batch_size, (int, Dim)) or self.batch_sampler is not None:
            return _outside("the length of a DataLoader")
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


def _count(dataset: Any) -> Any:
    """How many examples there are, if that is known."""
    return _outside("the length of a data set") if _streams(dataset) else CURRENT.get().length(dataset)


def _streams(dataset: Any) -> bool:
    return isinstance(dataset, Instance) and any(one.name == "IterableDataset" for one in dataset.py_class.mro)


def _sizes(self: Any) -> tuple[list[Any], bool]:
    """The sizes of the batches that are looked at, and whether these are all."""
    if self.batch_size is None:
        return [None], False
    if self.batch_sampler is not None or not isinstance(self.batch_size, (int, Dim)):
        return [fresh_size("a batch size")], False
    size, count = self.batch_size, None if self.sampler is not None else _count(self.dataset)
    if type(count) is not int or type(size) is not int or size < 1:
        return [size, size], False
    whole, rest = divmod(count, size)
    sizes = [size] * min(whole, 2) + ([rest] if rest and self.drop_last is not True else [])
    return sizes, whole <= 2


def _examples(dataset: Any) -> list[Any]:
    """One or two examples; what is like them follows."""
    machine = CURRENT.get()
    if _streams(dataset):
        return list(islice(machine.iterate(dataset), 2))
    first = machine.subscript(dataset, 0)
    count = 1 if type(first) is Unknown else _count(dataset)
    return [first, machine.subscript(dataset, 1)] if type(count) is int and count > 1 else [first]


def _batch(self: Any, examples: list[Any], size: Any) -> Any:
    if size is None:
        return single(examples[0]) if self.collate_fn is None else CURRENT.get().call(self.collate_fn, (examples[0],), {})
    if self.collate_fn is not None:
        return _collated(self, size)
    return batch_of(examples if type(size) is not int or size > 1 else examples[:1], size)


#: Batches of more examples are not put together by a function of the program.
_MOST_COLLATED = 32


def _collated(self: Any, size: Any) -> Any:
    """What a function of the program makes of one batch: that of the first examples, when there are few."""
    machine = CURRENT.get()
    if type(size) is not int or size > _MOST_COLLATED or _streams(self.dataset):
        return _outside("what collate_fn makes of a batch")
    return machine.call(self.collate_fn, ([machine.subscript(self.dataset, index) for index in range(size)],), {})


def _followed(batches: list[Any], are_all: bool) -> Iterator[Any]:
    yield from batches
    if not are_all:
        raise MoreItems(Unknown(Reason.OUTSIDE, "the batches of a DataLoader"))


@native("torch.utils.data.get_worker_info")
def get_worker_info() -> None:
    """None: this is the main process."""


@native("torch.utils.data.random_split")
def random_split(dataset: Any, lengths: Any, generator: Any = None) -> Any:
    """Parts of a data set: which examples go where is random, how many is not."""
    given, count = _items(lengths), _count(dataset)
    if type(count) is int and all(type(one) is float for one in given) and abs(sum(given) - 1) < 1e-6:
        given = [int(count * one) for one in given]
        given = [one + (place < count - sum(given)) for place, one in enumerate(given)]
    if type(count) is not int or not all(type(one) is int for one in given):
        return [_outside("a random part of a data set") for _ in given]
    if sum(given) != count:
        raise Refusal("ValueError", "Sum of input lengths does not equal the length of the input dataset!")
    starts = [sum(given[:place]) for place in range(len(given))]
    return [_part(dataset, range(start, start + one)) for start, one in zip(starts, given, strict=True)]


def _part(dataset: Any, indices: range) -> Any:
    return make("torch.utils.data.Subset", dataset, indices)
