"""Whole programs drawn at random: Keras and astarch say the same of each, or both refuse it."""

from __future__ import annotations

import pytest

pytest.importorskip("keras")

from tests.keras.drawn_programs import program
from tests.keras.keras_oracle import compare, live

#: So many programs are drawn; more were when this was written.
PROGRAMS = 40


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_program(seed: int) -> None:
    assert not (difference := compare(program(seed))), difference


def test_most_programs_are_models() -> None:
    assert sum(not isinstance(live(program(seed)), str) for seed in range(20)) > 12
