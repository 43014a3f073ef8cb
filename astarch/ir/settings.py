"""A model at several settings: what its formulas give for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .architecture import Architecture
from .span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Preset:
    """Values for the fields of a config, under a name that the project gives them.

    Args:
        name: As the project calls it: ``gpt2-medium``.
        values: By name of the field.
        span: Where they stand.
    """

    name: str
    values: Mapping[str, Any]
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Settings:
    """One model, with symbols and at several settings.

    Args:
        formula: The reading with symbols.
        columns: The settings, each with the reading at its values.
    """

    formula: Architecture
    columns: tuple[tuple[Preset, Architecture], ...]
