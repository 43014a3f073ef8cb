"""Models that nobody gave an input: their formulas, evaluated at sizes, are what Keras makes of an input of these sizes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

keras = pytest.importorskip("keras")

import astarch  # noqa: E402
from tests.keras.keras_oracle import HEAD, weights_of  # noqa: E402

_PARTS = re.split(
    r"^# --- ([^|]+) \| (.+) \|(.*)\n", Path(__file__).with_name("unbuilt.txt").read_text(encoding="utf-8"), flags=re.MULTILINE
)[1:]
CASES = {name: (call, sizes.split(), source) for name, call, sizes, source in zip(*(_PARTS[i::4] for i in range(4)), strict=True)}


@pytest.mark.parametrize("name", CASES)
def test_formulas_hold(name: str, tmp_path: Path) -> None:
    call, sizes, source = CASES[name]
    keras.backend.clear_session()
    scope: dict[str, Any] = {}
    exec(HEAD + source, scope)
    live = scope["Net"]()
    live(eval(call, scope))
    values = {symbol: int(size) for symbol, _, size in (one.partition("=") for one in sizes)}
    file = tmp_path / "net.py"
    file.write_text(HEAD + source, encoding="utf-8")
    found = astarch.read(f"{file}:Net", inputs="auto", search_path=[])
    assert not found.unknown
    assert [d.message for d in found.diagnostics if d.severity == "error"] == []

    here = found.at(**values)
    weights = [(p.name, tuple(p.shape or ()), p.dtype, p.trainable) for p in here.parameters.values()]
    assert weights == weights_of(live)
    assert here.parameter_count == live.count_params()
    assert found.inference is not None and found.inference.inputs


def test_what_no_input_fits_is_not_claimed(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(
        HEAD + "class Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n        self.d = layers.Dense(3)\n"
        "    def call(self, x):\n        return self.d(ops.reshape(x, (2, 7)) @ ops.ones((5, 3)))\n",
        encoding="utf-8",
    )
    found = astarch.read(f"{file}:Net", inputs="auto", search_path=[])
    assert not found.parameters and found.outputs is None and not found.diagnostics
    assert "built by a first call" in found.unknown[0].detail


def test_a_mere_layer_is_called_only_when_asked(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(HEAD + CASES["a layer of one's own"][2], encoding="utf-8")
    found = astarch.read(f"{file}:Net", search_path=[])
    assert not found.parameters  # as a layer that nobody has called
    assert "first called" in found.unknown[0].detail
    assert astarch.read(f"{file}:Net", inputs="auto", search_path=[]).parameters
