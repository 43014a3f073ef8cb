"""The comparison of `drawn.check`, for which nan is the same as nan."""

from __future__ import annotations

import math
from typing import Any

import torch

from astarch.frameworks.describe import REGISTRY
from astarch.frameworks.torch.ops.nearly import Nearly
from astarch.frameworks.torch.tensor import TorchTensor
from astarch.ir.refusal import Refusal
from tests.oracle.torch_oracle import _map, _ours, _real, _resolve, agree


def check(name: str, *args: Any, **kwargs: Any) -> None:
    """Both agree on the CPU, and what values the description knows are torch's, nan and the sign of infinity included."""
    agree(name, *args, device="cpu", **kwargs)
    try:
        ours = REGISTRY[name](*_map(args, _ours), **_map(kwargs, _ours))
    except (Refusal, TypeError):
        return
    with torch.no_grad():
        theirs = _resolve(name)(*_map(args, lambda s: _real(s, "cpu")), **_map(kwargs, lambda s: _real(s, "cpu")))
    _same(name, args, ours, theirs)


def _equal(ours: Any, theirs: Any) -> bool:
    if type(ours) is Nearly:  # right up to the rounding of torch's kernels
        a, b = float(ours), theirs
        return a == b or (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-30)
    return repr(ours + 0) == repr(theirs + 0) or {ours, theirs} == {0}


def _same(name: str, args: Any, ours: Any, theirs: Any) -> None:
    if isinstance(ours, TorchTensor):
        if ours.data is not None:
            wanted = theirs.flatten().tolist()
            same = [_equal(a, b) for a, b in zip(ours.data, wanted, strict=True)]
            assert all(same), f"{name}{args}: {ours.data} for {wanted}"
    elif isinstance(ours, (tuple, list)):
        for mine, other in zip(ours, theirs, strict=True):
            _same(name, args, mine, other)
