"""Every public layer of Keras with generated arguments, valid and invalid: weights, outputs and configuration as installed Keras has them."""

from __future__ import annotations

import inspect
import math
from typing import Any

import pytest

keras = pytest.importorskip("keras")

from tests.keras.drawn_layers import APART, PROBE, choices_of, drawn  # noqa: E402
from tests.keras.keras_oracle import UNTOLD, values  # noqa: E402

LAYERS = {name: value for name, value in vars(keras.layers).items() if inspect.isclass(value) and name not in APART}
CALLS = 3
#: Of most calls of these Keras refuses the sizes.
MORE = {"STFTSpectrogram": 24}
#: Bytes of a function, seeds drawn by Keras itself, and what it finds out about the machine.
NOT_COMPARED = {"function", "seed", "shared_object_id", "flash_attention"}


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name: str) -> None:
    texts = drawn(name, LAYERS[name], MORE.get(name, CALLS))
    theirs, ours = values(texts, PROBE)
    differ = [f"{text}\nKeras: {a}\nours:  {b}" for text, a, b in zip(texts, theirs, ours, strict=True) if a != UNTOLD and not _agree(a, b)]
    assert not differ, "\n".join(differ)


def _agree(theirs: Any, ours: Any) -> bool:
    if isinstance(theirs, str) or isinstance(ours, str):
        return theirs == ours
    return _plain(theirs[:2]) == _plain(ours[:2]) and _configured(theirs[2], ours[2])


def _configured(theirs: Any, ours: Any) -> bool:
    """Whether configurations say the same wherever both speak; regularizers are rounded to single precision by Keras."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return all(_configured(theirs[key], ours[key]) for key in theirs.keys() & ours.keys() if key not in NOT_COMPARED)
    if isinstance(theirs, (list, tuple)) and isinstance(ours, (list, tuple)):
        return len(theirs) == len(ours) and all(map(_configured, theirs, ours))
    return theirs == ours or (isinstance(theirs, float) and isinstance(ours, float) and math.isclose(theirs, ours, rel_tol=1e-6))


def _plain(value: Any) -> Any:
    """Tuples and lists are the same here."""
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def test_every_argument_of_every_layer_is_drawn() -> None:
    for name, live in LAYERS.items():
        for parameter in inspect.signature(live.__init__).parameters.values():
            if parameter.name != "self" and parameter.kind is not parameter.VAR_KEYWORD:
                assert choices_of(name, parameter.name), f"{name}.{parameter.name}"
    assert all(hasattr(keras.layers, name) for name in APART)
