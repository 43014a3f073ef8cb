"""The comparison of `drawn.check`, for which nan is the same as nan."""

from __future__ import annotations

from typing import Any

import torch

from astarch.frameworks.describe import REGISTRY
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


def _same(name: str, args: Any, ours: Any, theirs: Any) -> None:
    if isinstance(ours, TorchTensor):
        if ours.data is not None:
            wanted = theirs.flatten().tolist()
            same = [repr(a + 0) == repr(b + 0) or {a, b} == {0} for a, b in zip(ours.data, wanted, strict=True)]
            assert all(same), f"{name}{args}: {ours.data} for {wanted}"
    elif isinstance(ours, (tuple, list)):
        for mine, other in zip(ours, theirs, strict=True):
            _same(name, args, mine, other)
