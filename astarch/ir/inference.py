"""An input worked out from the model: its rank, channels and element type, what fixes its sizes, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .dim import Dim, Fact
from .span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Equation:
    """What fixes sizes: a fact that must hold, and the module or line that demands it."""

    fact: Fact
    module: str = ""
    span: Span = NOWHERE

    def __str__(self) -> str:
        return str(self.fact)


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way from the input to what fixes it: a module, and the sizes of what it gives."""

    module: str
    shape: tuple[int | Dim, ...]


@dataclass(frozen=True, slots=True)
class Inference:
    """How an input was found that nobody gave.

    Args:
        inputs: By parameter name, its shape with symbols and its element type, as ``--input`` takes it; none when nothing fitted.
        told_by: The module whose demand told rank and channels.
        equations: What fixes its sizes.
        answers: All that satisfy the equations, the one that is shown first; none when nothing fixes them, or nothing can.
        steps: The derivation: what each module makes of the symbols, up to the last equation.
    """

    inputs: Mapping[str, str]
    told_by: str = ""
    equations: tuple[Equation, ...] = ()
    answers: tuple[Mapping[str, int], ...] = ()
    steps: tuple[Step, ...] = ()
