"""Grouped products against torch on the CPU (its meta device takes bfloat16 only)."""

from __future__ import annotations

import pytest

from .torch_oracle import T, agree

OFFSETS = T(4, dtype="int32", data=(2, 4, 8, 12))


def ones(*shape: int, dtype: str = "float32") -> T:
    count = 1
    for size in shape:
        count *= size
    return T(*shape, dtype=dtype, data=[1.0] * count)


@pytest.mark.parametrize(("left", "right", "offsets"), [
    (ones(12, 16), ones(16, 32), OFFSETS), (ones(4, 12, 16), ones(4, 16, 32), None), (ones(12, 16), ones(4, 16, 32), OFFSETS),
    (ones(4, 12, 16), ones(16, 32), None), (ones(12, 16), ones(4, 16, 32), None), (ones(4, 12, 16), ones(4, 16, 32), OFFSETS),
    (ones(12, 16), ones(4, 8, 32), OFFSETS), (ones(12, 16), ones(4, 16, 32), T(4, dtype="int64", data=(2, 4, 8, 12))),
    (ones(12, 16, dtype="bfloat16"), ones(4, 16, 32, dtype="bfloat16"), OFFSETS),
    (ones(12, 16), ones(4, 16, 32, dtype="bfloat16"), OFFSETS),
])  # fmt: skip
def test_grouped_mm(left: T, right: T, offsets: T | None) -> None:
    agree("torch.nn.functional.grouped_mm", left, right, offs=offsets, device="cpu")
