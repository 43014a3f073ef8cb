"""`keras.ops`: Fourier transforms, complex numbers as pairs."""

from __future__ import annotations

from typing import Any

from ..operation import keras_op
from ..tensor import KerasTensor
from .elementwise import as_tensor, shape_of

_MATH = "keras.src.ops.math"


def _complex_pair(name: str, class_name: str) -> None:
    def function(x: Any) -> Any:
        real, imaginary = x
        return as_tensor(real).like(), as_tensor(imaginary).like()

    keras_op(f"keras.ops.{name}", class_name=class_name, module=_MATH)(function)


for _name, _class in (("fft", "FFT"), ("fft2", "FFT2"), ("ifft2", "IFFT2")):
    _complex_pair(_name, _class)


@keras_op("keras.ops.rfft", class_name="RFFT", module=_MATH)
def rfft(x: Any, fft_length: Any = None) -> Any:
    """The Fourier transform of real numbers, as real and imaginary part."""
    x = as_tensor(x)
    size = fft_length if fft_length is not None else x.shape[-1]
    shape = (*x.shape[:-1], size // 2 + 1)
    return KerasTensor(shape, x.dtype), KerasTensor(shape, x.dtype)


@keras_op("keras.ops.irfft", class_name="IRFFT", module=_MATH)
def irfft(x: Any, fft_length: Any = None) -> Any:
    """Real numbers back from their Fourier transform."""
    real = as_tensor(x[0])
    size = fft_length if fft_length is not None else 2 * (real.shape[-1] - 1)
    return KerasTensor((*real.shape[:-1], size), real.dtype)


@keras_op("keras.ops.stft", class_name="STFT", module=_MATH)
def stft(x: Any, sequence_length: Any, sequence_stride: Any, fft_length: Any, window: Any = "hann", center: Any = True) -> Any:
    """The Fourier transform of overlapping parts."""
    x = as_tensor(x)
    size = x.shape[-1] + (fft_length // 2) * 2 if center else x.shape[-1]
    used = max(fft_length, sequence_length) if not center else fft_length
    frames = 1 + (size - (used if not center else fft_length)) // sequence_stride
    shape = (*x.shape[:-1], frames, fft_length // 2 + 1)
    return KerasTensor(shape, x.dtype), KerasTensor(shape, x.dtype)


@keras_op("keras.ops.istft", class_name="ISTFT", module=_MATH)
def istft(
    x: Any, sequence_length: Any, sequence_stride: Any, fft_length: Any, length: Any = None, window: Any = "hann", center: Any = True
) -> Any:
    """The signal back from its overlapping transforms."""
    real = as_tensor(x[0])
    if length is not None:
        size = length
    else:
        size = (real.shape[-2] - 1) * sequence_stride + fft_length
        if center:
            size = size - (fft_length // 2) * 2
    return KerasTensor((*real.shape[:-2], size), real.dtype)


@keras_op("keras.ops.view_as_complex", module=_MATH)
def view_as_complex(x: Any) -> Any:
    """Pairs of real numbers as complex ones."""
    return KerasTensor(shape_of(x)[:-1], "complex64")


@keras_op("keras.ops.view_as_real", module=_MATH)
def view_as_real(x: Any) -> Any:
    """Complex numbers as pairs."""
    return KerasTensor((*shape_of(x), 2), "float32")
