"""Every described function of TensorFlow against the installed one: generated calls, of which both give the same or both refuse."""

from __future__ import annotations

import inspect

import pytest

tensorflow = pytest.importorskip("tensorflow")

from astarch.frameworks.describe import REGISTRY  # noqa: E402
from astarch.frameworks.keras import library  # noqa: E402, F401 - brings every description
from astarch.frameworks.keras.tensorflow.operation import TensorFlowOp  # noqa: E402
from tests.keras.drawn_arguments import FLOWING, Drawn  # noqa: E402
from tests.keras.keras_oracle import agree, values  # noqa: E402
from tests.keras.tensorflow_calls import NOT_DRAWN, TEMPLATES  # noqa: E402

DESCRIBED = sorted(name for name in REGISTRY if name.startswith("tensorflow.") and isinstance(REGISTRY[name], TensorFlowOp))
#: How much these give is in the data.
SIZED_BY_DATA = {"where", "boolean_mask", "unique", *(f"math.segment_{kind}" for kind in ("sum", "mean", "max", "min", "prod"))}
CALLS = 12


@pytest.mark.parametrize("name", TEMPLATES)
def test_calls(name: str) -> None:
    texts = [text for template in TEMPLATES[name] for text in Drawn((name, template)).calls(f"tf.{name}", template, CALLS)]
    theirs, ours = values(texts, FLOWING)
    differ = [
        f"{text}: TensorFlow {a}, ours {b}"
        for text, a, b in zip(texts, theirs, ours, strict=True)
        if not agree(a, b, name in SIZED_BY_DATA)
    ]
    assert not differ, "\n".join(differ)
    assert any(found != "raises" for found in theirs), "not one call that TensorFlow takes was drawn"


def test_every_described_function_is_called() -> None:
    assert {name for name in DESCRIBED if name.removeprefix("tensorflow.") not in TEMPLATES} == NOT_DRAWN
    assert len(DESCRIBED) >= 250


@pytest.mark.parametrize("name", DESCRIBED)
def test_parameters(name: str) -> None:
    live = tensorflow
    for part in name.split(".")[1:]:
        live = getattr(live, part)
    theirs = [(p.name, p.kind) for p in inspect.signature(live).parameters.values()]
    assert [(p.name, p.kind) for p in inspect.signature(REGISTRY[name].function).parameters.values()] == theirs
