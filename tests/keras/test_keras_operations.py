"""Every operation against installed Keras, on symbolic tensors: shapes, element types, and what is refused."""

from __future__ import annotations

import pytest

pytest.importorskip("keras")

from tests.keras.drawn_arguments import FLOWING, SYMBOLIC, Drawn
from tests.keras.keras_calls import TEMPLATES
from tests.keras.keras_operations import BINARY, CALLS, INPUTS, KINDS, UNARY
from tests.keras.keras_oracle import agree, values


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


@pytest.mark.parametrize("name", TEMPLATES)
def test_drawn_calls(name: str) -> None:
    """On tensors that flow: what TensorFlow gives, and what it refuses."""
    texts = [text for template in TEMPLATES[name] for text in Drawn((name, template)).calls(f"ops.{name}", template, 10)]
    theirs, ours = values(texts, FLOWING)
    differ = [f"{text}: Keras {a}, ours {b}" for text, a, b in zip(texts, theirs, ours, strict=True) if not agree(a, b)]
    assert not differ, "\n".join(differ)


@pytest.mark.parametrize("name", TEMPLATES)
def test_drawn_symbolic_calls(name: str) -> None:
    """On symbolic tensors: shapes and element types, where neither refuses; Keras looks at less before the tensors flow."""
    texts = [text for template in TEMPLATES[name] for text in Drawn((name, template), opened=True).calls(f"ops.{name}", template, 10)]
    theirs, ours = values(texts, SYMBOLIC)
    differ = [
        f"{text}: Keras {a}, ours {b}" for text, a, b in zip(texts, theirs, ours, strict=True) if "raises" not in (a, b) and not agree(a, b)
    ]
    assert not differ, "\n".join(differ)
