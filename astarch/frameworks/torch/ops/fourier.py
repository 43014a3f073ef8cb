"""Fourier transforms: `torch.fft` and the short-time transforms."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, same
from ...describe import refuse, require
from ...dtypes import category, complex_of, real_of
from ...shapes import axes, axis, text
from ..tensor import default_dtype, dtype_name, tensor
from .aliasing import into
from .signatures import op

_NORMS = (None, "backward", "ortho", "forward")
#: What a transform takes and gives: (only real input, half of the spectrum in, half of the spectrum out).
_FORMS = {
    "fft": (False, False, False),
    "ifft": (False, False, False),
    "rfft": (True, False, True),
    "irfft": (False, True, False),
    "hfft": (False, True, False),
    "ihfft": (True, False, True),
}


def _spectral(name: str, input: Any) -> str:
    """The complex element type a transform computes in."""
    if input.dtype in ("float16", "bfloat16", "complex32"):
        refuse("RuntimeError", f"Unsupported dtype {input.dtype}")
    return complex_of(default_dtype()) if category(input.dtype) < 2 else complex_of(input.dtype)


def _normalized(norm: Any) -> None:
    if norm not in _NORMS:
        refuse("RuntimeError", f'Invalid normalization mode: "{norm}"')


def _size(size: Any) -> None:
    if less(size, 1):
        refuse("RuntimeError", f"Invalid number of data points ({size}) specified")


def _transformed(name: str, form: tuple[bool, bool, bool], input: Any, sizes: list[Any], places: tuple[int, ...]) -> Any:
    """The result, given the number of points along each transformed axis (None: as many as there are)."""
    only_real, half_in, half_out = form
    kind = _spectral(name, input)
    if only_real and category(input.dtype) == 3:
        refuse("RuntimeError", f"{name} expects a real input tensor, but got {input.dtype}")
    shape = list(input.shape)
    last = len(places) - 1
    for number, (place, size) in enumerate(zip(places, sizes, strict=True)):
        if size is None:
            size = 2 * (shape[place] - 1) if half_in and number == last else shape[place]
        _size(size)
        shape[place] = size // 2 + 1 if half_out and number == last else size
    if places and any(same(size, 0) is True for size in shape):
        refuse("RuntimeError", f"{name} of a tensor without elements")
    return input.like(shape, real_of(kind) if half_in else kind)


def _one(name: str) -> None:
    @op(f"torch.fft.{name}")
    def transform(input: Any, n: Any = None, dim: int = -1, norm: Any = None, *, out: Any = None) -> Any:
        if not input.shape:
            refuse("IndexError", "Dimension specified as -1 but tensor has no dimensions")
        _normalized(norm)
        place = axis(dim, len(input.shape))
        return into(out, _transformed(name, _FORMS[name], input, [n], (place,)))

    transform.__doc__ = f"The `{name}` of an axis."


def _places(name: str, input: Any, s: Any, dim: Any) -> tuple[list[Any], tuple[int, ...]]:
    rank = len(input.shape)
    places = tuple(range(rank))
    if dim is not None:
        dim = (dim,) if isinstance(dim, int) else tuple(dim)
        places = tuple(axis(index, rank) for index in dim)
        if places and not rank:
            refuse("IndexError", "Dimension specified as 0 but tensor has no dimensions")
        if len(set(places)) != len(places):
            refuse("RuntimeError", "FFT dims must be unique")
    if s is None:
        return [None] * len(places), places
    sizes = [None if type(size) is int and size == -1 else size for size in ((s,) if isinstance(s, int) else s)]
    if dim is None:
        if len(sizes) > rank:
            refuse("RuntimeError", f"Got shape with {len(sizes)} values but input tensor only has {rank} dimensions.")
        return sizes, tuple(range(rank - len(sizes), rank))
    if len(sizes) != len(places):
        refuse("RuntimeError", "When given, dim and shape arguments must have the same length")
    return sizes, places


def _many(name: str, form: tuple[bool, bool, bool], default: Any) -> None:
    @op(f"torch.fft.{name}")
    def transform(input: Any, s: Any = None, dim: Any = default, norm: Any = None, *, out: Any = None) -> Any:
        _normalized(norm)
        sizes, places = _places(name, input, s, dim)
        if not places and form != _FORMS["fft"]:
            refuse("RuntimeError", f"{name} must transform at least one axis")
        return into(out, _transformed(name, form, input, sizes, places))

    transform.__doc__ = f"The `{name}` of several axes."


for _name, _form in _FORMS.items():
    _one(_name)
    _many(f"{_name}2", _form, (-2, -1))
    _many(f"{_name}n", _form, None)


def _frequencies(name: str, half: bool) -> None:
    @op(f"torch.fft.{name}")
    def frequencies(
        n: Any, d: float = 1.0, *, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False
    ) -> Any:
        kind = dtype_name(dtype) or default_dtype()
        if category(kind) != 2:
            refuse("RuntimeError", f"{name} requires a floating point dtype")
        if type(n) is int and n < 0:
            refuse("RuntimeError", f"{name}: n must not be negative")
        return into(out, tensor((n // 2 + 1 if half else n,), kind))

    frequencies.__doc__ = f"The frequencies of the bins of {'rfft' if half else 'fft'}."


_frequencies("fftfreq", False)
_frequencies("rfftfreq", True)


def _shift(name: str) -> None:
    @op(f"torch.fft.{name}")
    def shift(input: Any, dim: Any = None) -> Any:
        if not input.shape:
            refuse("IndexError", "Dimension specified as 0 but tensor has no dimensions")
        if dim is not None:
            axes(dim if isinstance(dim, int) else tuple(dim), len(input.shape))
        return input.like()

    shift.__doc__ = "The spectrum with the zero frequency moved."


_shift("fftshift")
_shift("ifftshift")


def _window(name: str, window: Any, n_fft: Any, hop: Any, length: Any) -> None:
    """What both short-time transforms ask of their window and steps."""
    if type(n_fft) is int and n_fft < 1:
        refuse("RuntimeError", f"{name}: expected n_fft > 0, but got {n_fft}")
    if type(hop) is int and hop < 1:
        refuse("RuntimeError", f"{name}: expected hop_length > 0, but got {hop}")
    beyond = less(n_fft, length)
    require(None if beyond is None else not beyond, f"{name}: expected win_length <= n_fft, but got {length} and {n_fft}")
    if type(length) is int and length < 1:
        refuse("RuntimeError", f"{name}: expected win_length > 0, but got {length}")
    if window is not None:
        if len(window.shape) != 1:
            refuse("RuntimeError", f"{name}: expected a 1D window tensor, but got {list(window.shape)}")
        require(same(window.shape[0], length), f"{name}: expected a window of win_length = {length}, but got {window.shape[0]}")


@op("torch.stft", "torch.functional.stft", "torch.Tensor.stft")
def stft(
    input: Any,
    n_fft: Any,
    hop_length: Any = None,
    win_length: Any = None,
    window: Any = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: Any = None,
    return_complex: Any = None,
    align_to_window: Any = None,
) -> Any:
    """The spectrum of every window of a signal.

    >>> stft(T(2, 100), 16, return_complex=True)
    complex64[2, 9, 26]
    """
    shape = input.shape
    if len(shape) not in (1, 2):
        refuse("RuntimeError", f"stft: expected a 1D or 2D tensor, but got {list(shape)}")
    if category(input.dtype) < 2 or input.dtype in ("float16", "bfloat16"):
        refuse("RuntimeError", f"stft: expected a tensor of floating point or complex values, but got {input.dtype}")
    complex_in = category(input.dtype) == 3 or (window is not None and category(window.dtype) == 3)
    if return_complex is None and not complex_in:
        refuse("RuntimeError", "stft requires the return_complex parameter be given for real inputs")
    if onesided is True and complex_in:
        refuse("RuntimeError", "Cannot have onesided output if window or input is complex")
    hop = n_fft // 4 if hop_length is None else hop_length
    length = n_fft if win_length is None else win_length
    signal = shape[-1]
    if center:
        if pad_mode == "reflect":
            require(less(n_fft // 2, signal), f"stft: a reflecting padding of {n_fft // 2} wants a longer signal than {signal}")
        signal = signal + 2 * (n_fft // 2)
    _window("stft", window, n_fft, hop, length)
    short = less(signal, n_fft)
    require(
        None if short is None else not short, f"stft: expected 0 < n_fft <= {signal}, but got n_fft={n_fft} for a signal of {text(shape)}"
    )
    bins = n_fft if onesided is False or complex_in else n_fft // 2 + 1
    result = (*shape[:-1], bins, (signal - n_fft) // hop + 1)
    if return_complex is False:
        return input.like((*result, 2), real_of(input.dtype))
    return input.like(result, complex_of(input.dtype))


@op("torch.istft", "torch.Tensor.istft")
def istft(
    input: Any,
    n_fft: Any,
    hop_length: Any = None,
    win_length: Any = None,
    window: Any = None,
    center: bool = True,
    normalized: bool = False,
    onesided: Any = None,
    length: Any = None,
    return_complex: bool = False,
) -> Any:
    """The signal whose `stft` this is.

    >>> istft(T(2, 9, 26, dtype="complex64"), 16)
    float32[2, 100]
    """
    shape = input.shape
    if category(input.dtype) != 3:
        refuse("RuntimeError", "istft requires a complex-valued input tensor matching the output from stft with return_complex=True.")
    if len(shape) not in (2, 3) or any(same(size, 0) for size in shape):
        refuse("RuntimeError", f"istft: expected a non-empty tensor with 2 or 3 dimensions, but got {list(shape)}")
    hop = n_fft // 4 if hop_length is None else hop_length
    _window("istft", window, n_fft, hop, n_fft if win_length is None else win_length)
    if return_complex and onesided is True:
        refuse("RuntimeError", "istft: onesided output is not complex")
    full = onesided is False or (onesided is None and (return_complex or same(shape[-2], n_fft) is True))
    bins = n_fft if full else n_fft // 2 + 1
    require(
        same(shape[-2], bins),
        f"istft: expected the frequency dimension (3rd to the last) of the input tensor to match {bins}, but got {shape[-2]}",
    )
    total = n_fft + hop * (shape[-1] - 1)
    if center:
        total = total - 2 * (n_fft // 2)
    size = total if length is None else length
    return input.like((*shape[:-2], size), None if return_complex else real_of(input.dtype))
