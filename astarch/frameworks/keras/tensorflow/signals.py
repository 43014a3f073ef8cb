"""`tf.signal`: Fourier transforms, frames, windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...describe import refuse
from ..model.policies import standardize_dtype
from ..ops.creation import scalar
from ..ops.elementwise import as_tensor
from ..ops.reduction import axis_of
from ..ops.shaping import sizes
from ..tensor import KerasTensor, is_open, open_size
from .kinds import COMPLEX, WIDE, part, taken, whole
from .operation import tf_op


def _deep(value: Any, rank: int, allowed: frozenset[str]) -> KerasTensor:
    x = taken(value, allowed)
    if len(x.shape) < rank:
        refuse("ValueError", f"Input must have rank of at least {rank}, got {list(x.shape)}")
    return x


def _complex(rank: int) -> Callable[..., Any]:
    def function(input: Any, name: Any = None) -> Any:
        return _deep(input, rank, COMPLEX).like()

    return function


for _suffix, _rank in (("", 1), ("2d", 2), ("3d", 3)):
    tf_op(f"signal.fft{_suffix}")(_complex(_rank))
    tf_op(f"signal.ifft{_suffix}")(_complex(_rank))


def _lengths(x: KerasTensor, rank: int, fft_length: Any) -> list[Any]:
    if fft_length is None:
        return list(x.shape[len(x.shape) - rank :])
    found = sizes(fft_length)
    if len(found) != rank:
        refuse("ValueError", f"fft_length must have length {rank}, got {found}")
    return found


def _real(rank: int) -> Callable[..., Any]:
    def function(input_tensor: Any, fft_length: Any = None, name: Any = None) -> Any:
        x = _deep(input_tensor, rank, WIDE)
        found = _lengths(x, rank, fft_length)
        return KerasTensor((*x.shape[: len(x.shape) - rank], *found[:-1], found[-1] // 2 + 1), whole(x.dtype))

    return function


def _inverse(rank: int) -> Callable[..., Any]:
    def function(input_tensor: Any, fft_length: Any = None, name: Any = None) -> Any:
        x = _deep(input_tensor, rank, COMPLEX)
        found = _lengths(x, rank, fft_length)
        if fft_length is None:
            found[-1] = 2 * (found[-1] - 1)
        return KerasTensor((*x.shape[: len(x.shape) - rank], *found), part(x.dtype))

    return function


for _suffix, _rank in (("", 1), ("2d", 2), ("3d", 3)):
    tf_op(f"signal.rfft{_suffix}")(_real(_rank))
    tf_op(f"signal.irfft{_suffix}")(_inverse(_rank))


def _frames(size: Any, length: Any, step: Any, pad_end: Any) -> Any:
    if any(not isinstance(one, int) for one in (length, step)) or is_open(size):
        return open_size()
    found = (size + step - 1) // step if pad_end else (size - length) // step + 1
    return max(0, found) if isinstance(found, int) else found


@tf_op("signal.frame")
def frame(signal: Any, frame_length: Any, frame_step: Any, pad_end: Any = False, pad_value: Any = 0, axis: Any = -1,
          name: Any = None) -> Any:  # fmt: skip
    """Overlapping parts of an axis."""
    x = as_tensor(signal)
    place = axis_of(axis, len(x.shape))
    length, step = scalar(frame_length), scalar(frame_step)
    count = _frames(x.shape[place], length, step, pad_end)
    return KerasTensor((*x.shape[:place], count, open_size() if length is None else length, *x.shape[place + 1 :]), x.dtype)


def enclosing(size: int) -> int:
    """The least power of two that is not smaller.

    >>> enclosing(5), enclosing(8)
    (8, 8)
    """
    return 1 << (size - 1).bit_length()


@tf_op("signal.stft")
def stft(signals: Any, frame_length: Any, frame_step: Any, fft_length: Any = None, window_fn: Any = None, pad_end: Any = False,
         name: Any = None) -> Any:  # fmt: skip
    """The Fourier transform of overlapping parts."""
    x = _deep(signals, 1, WIDE)
    length = scalar(frame_length)
    used = scalar(fft_length) if fft_length is not None else enclosing(length) if isinstance(length, int) else None
    count = _frames(x.shape[-1], length, scalar(frame_step), pad_end)
    return KerasTensor((*x.shape[:-1], count, open_size() if used is None else used // 2 + 1), whole(x.dtype))


def _window(window_length: Any, periodic: Any = True, dtype: Any = "float32", name: Any = None) -> Any:
    found = scalar(window_length)
    return KerasTensor((open_size() if found is None else found,), standardize_dtype(dtype))


tf_op("signal.hann_window")(_window)
tf_op("signal.hamming_window")(_window)
