"""Fourier transforms give what torch gives, or both refuse."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.drawn import check, dims, tensors
from tests.oracle.torch_oracle import D, T

fast = settings(max_examples=200, deadline=None)
signals = tensors(
    st.lists(st.integers(0, 4), max_size=3).map(tuple), st.sampled_from(["float32", "float64", "int64", "complex64", "float16"])
)
FORMS = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")


@fast
@given(signals, st.one_of(st.none(), st.integers(0, 5)), dims, st.sampled_from([None, "ortho", "other"]))
def test_one_axis(signal: T, points: Any, dim: int, norm: Any) -> None:
    for name in FORMS:
        check(f"torch.fft.{name}", signal, points, dim, norm)
    check("torch.fft.fftshift", signal, dim)
    check("torch.fft.ifftshift", signal)


@fast
@given(signals, st.one_of(st.none(), st.lists(st.integers(-1, 4), max_size=3)), st.one_of(st.none(), st.lists(dims, max_size=2)))
def test_several_axes(signal: T, points: Any, dim: Any) -> None:
    for name in FORMS:
        check(f"torch.fft.{name}n", signal, points, dim)
        check(f"torch.fft.{name}2", signal)
        check(f"torch.fft.{name}2", signal, points)


@fast
@given(st.integers(1, 6), st.sampled_from(["float64", "complex64", "int64"]))
def test_frequencies(count: int, dtype: str) -> None:
    for name in ("fftfreq", "rfftfreq"):
        check(f"torch.fft.{name}", count)
        check(f"torch.fft.{name}", count, dtype=D(dtype))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=2),
    st.integers(1, 16),
    st.one_of(st.none(), st.integers(0, 6)),
    st.integers(0, 3),
    st.booleans(),
    st.sampled_from(["float32", "float64", "complex64", "int64"]),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, True, False]),
)
def test_short_time(shape: list[int], points: int, hop: Any, less: int, center: bool, dtype: str, onesided: Any, answer: Any) -> None:
    length = max(points - less, 1)
    check("torch.stft", T(*shape, dtype=dtype), points, hop, length, T(length), center=center, onesided=onesided, return_complex=answer)
    check("torch.stft", T(*shape, dtype=dtype), points, hop, return_complex=True)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 16),
    st.integers(1, 8),
    st.integers(0, 9),
    st.sampled_from([None, True, False]),
    st.booleans(),
    st.one_of(st.none(), st.integers(1, 20)),
)
def test_back(points: int, frames: int, odd: int, onesided: Any, answer: bool, length: Any) -> None:
    bins = (points if onesided is False else points // 2 + 1) + (odd == 1)
    spectrum = T(2, bins, frames, dtype="complex64", data=[1j] * (2 * bins * frames))
    check("torch.istft", spectrum, points, 1, window=T(points, data=[1.0] * points), onesided=onesided, return_complex=answer, center=False)
    check("torch.istft", T(bins, frames), points)
