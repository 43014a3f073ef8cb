"""Not knowing, said out loud: a value that carries the reason and the place.

The reasons are a closed list. Each has an id that stays the same over versions, a sentence for the
reader, and a hint at what would make it known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .span import NOWHERE, Span


class Reason(Enum):
    """Why a value is not known: ``(id, explanation, hint)``."""

    NOT_DESCRIBED = ("not-described", "no description of this function or class", "describe it in astarch.frameworks")
    EXTERNAL = ("external", "its source is not on the search path", "add the package to --search-path")
    OUTSIDE = ("outside", "comes from outside the program (files, network, environment, time, randomness)", "pass the value with --with")
    DATA_DEPENDENT = ("data-dependent", "depends on the values inside a tensor", "the shape alone cannot tell")
    UNDECIDED = ("undecided", "depends on a condition that cannot be decided", "give the argument a value")
    UNSUPPORTED = ("unsupported", "a Python feature that is not interpreted", "report it with the line")
    BUDGET_SPENT = ("budget-spent", "the analysis ran into its limit", "raise the limit with --budget")
    FAILED = ("failed", "the program raises an error before this", "see the diagnostics")
    INTERNAL = ("internal", "a fault in astarch itself", "please report it")

    @property
    def id(self) -> str:
        """The stable name of the reason."""
        return self.value[0]

    @property
    def explanation(self) -> str:
        """What the reason means, in a sentence."""
        return self.value[1]

    @property
    def hint(self) -> str:
        """What the reader can do about it."""
        return self.value[2]


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """A value that is not known.

    Args:
        reason: One of the closed list.
        detail: The particular: a name, a limit, a condition.
        span: Where knowledge was lost.
        likely: Taken as a condition, the answer to try first.
    """

    reason: Reason
    detail: str = ""
    span: Span = NOWHERE
    likely: bool = False

    def __str__(self) -> str:
        what = f"{self.detail}: " if self.detail else ""
        place = f" at {self.span}" if self.span.line else ""
        return f"unknown ({what}{self.reason.explanation}){place}"

    def _lost(self, *others: Any) -> Any:
        """What the host asks of it inside of its own operations: to compare lists, to format a text."""
        raise Lost(self)

    __lt__ = __le__ = __gt__ = __ge__ = __index__ = __int__ = __float__ = _lost


class Numbers(list[Unknown]):
    """Whole numbers that only the data tells, as a program takes them out of a tensor: unpacked into names they are sizes.

    Nothing else makes such a list, and whatever else is done to its items makes them plainly unknown: they are no keys, no text, no index.

    Attributes:
        formulas: What stands for each of them.
    """

    __slots__ = ("formulas",)

    def __init__(self, formulas: Sequence[Any], unknown: Unknown) -> None:
        super().__init__([unknown] * len(formulas))
        self.formulas = tuple(formulas)


class Lost(Exception):
    """An operation that needs a value that is not known, such as iterating over it.

    The statement around it gives up what it would have assigned, and the program goes on.
    """

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown)
        self.unknown = unknown


class MoreItems(Lost):
    """The end of what is looked at of a sequence that goes on like that, nobody knows how far.

    A loop has seen what there is to see; what it counted or collected is not known.
    """
