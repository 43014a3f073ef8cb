"""Tensors and arguments drawn at random for the property tests, and a comparison that includes values."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import strategies as st

from astarch.frameworks.describe import REGISTRY
from astarch.frameworks.torch.tensor import TorchTensor
from astarch.ir.refusal import Refusal
from tests.oracle.torch_oracle import T, _map, _ours, _real, _resolve, agree

sizes = st.integers(0, 4)
shapes = st.lists(sizes, max_size=4).map(tuple)
dtypes = st.sampled_from(["float32", "float64", "int64", "bool", "complex64", "float16"])
dims = st.integers(-5, 4)


@st.composite
def tensors(draw: Any, shape: Any = shapes, dtype: Any = dtypes, valued: bool = False) -> T:
    """A tensor of a drawn shape and element type; `valued` ones know their elements (0, 1, 2, ...)."""
    found, name = draw(shape), draw(dtype)
    if not valued:
        return T(*found, dtype=name)
    count = 1
    for size in found:
        count *= size
    convert = {"bool": lambda n: n % 3 == 0, "complex64": complex}.get(name, int if name.startswith(("int", "uint")) else float)
    return T(*found, dtype=name, data=[convert(n) for n in range(count)])


def check(name: str, *args: Any, **kwargs: Any) -> None:
    """Both agree on the CPU, and what values the description knows are torch's."""
    agree(name, *args, device="cpu", **kwargs)
    try:
        ours = REGISTRY[name](*_map(args, _ours), **_map(kwargs, _ours))
    except (Refusal, TypeError):
        return
    with torch.no_grad():
        theirs = _resolve(name)(*_map(args, lambda s: _real(s, "cpu")), **_map(kwargs, lambda s: _real(s, "cpu")))
    same_values(name, args, ours, theirs)


def same_values(name: str, args: Any, ours: Any, theirs: Any) -> None:
    """What the description knows of the elements is what torch has."""
    if isinstance(ours, TorchTensor):
        if ours.data is not None:
            assert ours.data == theirs.flatten().tolist(), f"{name}{args}: {ours.data} for {theirs}"
    elif isinstance(ours, (tuple, list)):
        for mine, other in zip(ours, theirs, strict=True):
            same_values(name, args, mine, other)
