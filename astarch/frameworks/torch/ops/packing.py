"""``torch.nn.utils.rnn``: sequences of different lengths, padded or packed."""

from __future__ import annotations

from typing import Any, NamedTuple

from ....ir.dim import less, same
from ...describe import fresh_size, kind, op, refuse, require
from ...shapes import broadcast, longest
from ..tensor import TorchTensor, tensor


class _Packed(NamedTuple):
    data: Any
    batch_sizes: Any = None
    sorted_indices: Any = None
    unsorted_indices: Any = None


@kind("torch.nn.utils.rnn.PackedSequence")
class PackedSequence(_Packed):
    """Sequences of different lengths, interleaved so that a recurrent network can run over them.

    Attributes:
        count: How many sequences there are, when that is known.
    """

    count: Any = None

    @property
    def is_cuda(self) -> bool:
        """Whether the data is on a GPU."""
        return str(self.data.device).startswith("cuda")

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same sequences on another device."""
        return self

    cuda = cpu = pin_memory = to


def packed(data: Any, batch_sizes: Any, sorted_indices: Any, unsorted_indices: Any, count: Any) -> PackedSequence:
    """A packed sequence that knows how many sequences it holds."""
    result = PackedSequence(data, batch_sizes, sorted_indices, unsorted_indices)
    result.count = count
    return result


def batch_of(sequence: PackedSequence) -> Any:
    """How many sequences a packed sequence holds."""
    if sequence.count is not None:
        return sequence.count
    sizes = sequence.batch_sizes
    return sizes.data[0] if sizes.data else fresh_size("sequences in the pack")


def _known(lengths: Any) -> list[Any] | None:
    """The lengths as numbers, when they are known."""
    values = lengths.data if isinstance(lengths, TorchTensor) else list(lengths)
    return values if values and all(type(value) is int for value in values) else None


@op("torch.nn.utils.rnn.pack_padded_sequence")
def pack_padded_sequence(input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True) -> Any:
    """Leave the padding of a batch of sequences away."""
    if len(input.shape) < 2:
        refuse("RuntimeError", "pack_padded_sequence: input needs at least 2 dimensions")
    time, batch = (input.shape[1], input.shape[0]) if batch_first else (input.shape[0], input.shape[1])
    count = lengths.shape[0] if isinstance(lengths, TorchTensor) else len(lengths)
    if enforce_sorted:
        require(same(count, batch), f"Expected `len(lengths)` to be equal to batch_size, but got {count} (batch_size={batch})")
    elif less(batch, count):
        refuse("IndexError", f"pack_padded_sequence: {count} lengths for a batch of {batch}")
    else:
        batch = count  # torch picks the sequences that have a length
    values = _known(lengths)
    indices = None if enforce_sorted else tensor((batch,), "int64")
    if values is None:
        rows, steps = fresh_size("elements of all sequences"), fresh_size("the longest sequence")
        return packed(input.like((rows, *input.shape[2:])), tensor((steps,), "int64"), indices, indices, batch)
    if min(values) <= 0:
        refuse("RuntimeError", "Length of all samples has to be greater than 0")
    if enforce_sorted and values != sorted(values, reverse=True):
        refuse("RuntimeError", "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True")
    top = max(values)
    sizes = [sum(value > step for value in values) for step in range(top)]
    rows = sum(min(value, time) for value in values) if type(time) is int else sum(values)  # torch does not check the lengths
    return packed(input.like((rows, *input.shape[2:])), tensor((top,), "int64", sizes), indices, indices, batch)


@op("torch.nn.utils.rnn.pad_packed_sequence")
def pad_packed_sequence(sequence: Any, batch_first: bool = False, padding_value: Any = 0.0, total_length: Any = None) -> Any:
    """Pad packed sequences to the longest, and say how long each was."""
    time, batch = sequence.batch_sizes.shape[0], batch_of(sequence)
    if total_length is not None:
        if less(total_length, time):
            refuse("ValueError", f"Expected total_length to be at least the length of the longest sequence, but got {total_length}")
        time = total_length
    leading = (batch, time) if batch_first else (time, batch)
    sizes = sequence.batch_sizes.data
    lengths = [sum(size > place for size in sizes) for place in range(batch)] if sizes and sequence.sorted_indices is None else None
    return sequence.data.like((*leading, *sequence.data.shape[1:])), tensor((batch,), "int64", lengths)


@op("torch.nn.utils.rnn.pad_sequence")
def pad_sequence(sequences: Any, batch_first: bool = False, padding_value: Any = 0.0, padding_side: str = "right") -> Any:
    """Stack sequences, padded to the longest.

    >>> pad_sequence([T(5, 3), T(2, 3)])
    float32[5, 2, 3]
    """
    if padding_side not in ("left", "right"):
        refuse("RuntimeError", f"padding_side should be one of 'left' or 'right', but found {padding_side}")
    if isinstance(sequences, TorchTensor):
        sequences = list(sequences)
    if not sequences:
        refuse("RuntimeError", "received an empty list of sequences")
    first = sequences[0]
    if any(not one.shape for one in sequences):
        refuse("IndexError", "pad_sequence: sequences need at least one dimension")
    time = longest(*(one.shape[0] for one in sequences))
    for one in sequences:
        broadcast(one.shape[1:], first.shape[1:])
    leading = (len(sequences), time) if batch_first else (time, len(sequences))
    return first.like((*leading, *first.shape[1:]))


@op("torch.nn.utils.rnn.pack_sequence")
def pack_sequence(sequences: Any, enforce_sorted: bool = True) -> Any:
    """Pack a list of sequences."""
    return pack_padded_sequence(pad_sequence(sequences), [one.shape[0] for one in sequences], enforce_sorted=enforce_sorted)


@op("torch.nn.utils.rnn.unpad_sequence")
def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> Any:
    """The list of sequences behind a padded batch."""
    shape = padded_sequences.shape
    values = _known(lengths) or [fresh_size("the length of a sequence") for _ in range(shape[0] if batch_first else shape[1])]
    return [padded_sequences.like((value, *shape[2:])) for value in values]
