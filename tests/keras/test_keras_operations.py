"""Every operation against installed Keras, on symbolic tensors: shapes, element types, and what is refused."""

from __future__ import annotations

import pytest

pytest.importorskip("keras")

from tests.keras.keras_operations import BINARY, CALLS, INPUTS, KINDS, UNARY
from tests.keras.keras_oracle import values


def _differences(expressions: list[str], inputs: str) -> list[str]:
    theirs, ours = values(expressions, inputs)
    return [f"{text}: Keras {a}, ours {b}" for text, a, b in zip(expressions, theirs, ours, strict=True) if not _agree(a, b)]


def _agree(theirs: object, ours: object) -> bool:
    return ours == "raises" if theirs == "raises" else theirs == ours


def test_calls() -> None:
    assert not _differences(CALLS, INPUTS)


@pytest.mark.parametrize("kind", KINDS)
def test_unary(kind: str) -> None:
    inputs = f"a = keras.KerasTensor((2, 3, 4), '{kind}')\n"
    assert not _differences([f"ops.{name}(a)" for name in UNARY], inputs)


@pytest.mark.parametrize("kind", KINDS)
def test_binary(kind: str) -> None:
    inputs = "\n".join(f"a{n} = keras.KerasTensor((2, 3, 4), '{other}')" for n, other in enumerate(KINDS)) + "\n"
    first = KINDS.index(kind)
    expressions = [f"ops.{name}(a{first}, a{second})" for name in BINARY for second in range(len(KINDS))]
    assert not _differences(expressions, inputs)
