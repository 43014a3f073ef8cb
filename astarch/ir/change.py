"""What differs between two models, and what that means for checkpoints of the old one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .architecture import Architecture
from .span import NOWHERE, Span


class Kind(Enum):
    """What happened: ``(id, how it reads)``."""

    MODULE_ADDED = ("module-added", "module added")
    MODULE_REMOVED = ("module-removed", "module removed")
    MODULE_RENAMED = ("module-renamed", "module renamed")
    MODULE_MOVED = ("module-moved", "module moved")
    MODULE_RETYPED = ("module-retyped", "class of module changed")
    MODULE_REARGUED = ("module-reargued", "arguments of module changed")
    KEY_ADDED = ("key-added", "key added")
    KEY_REMOVED = ("key-removed", "key removed")
    KEY_RENAMED = ("key-renamed", "key renamed")
    KEY_RESHAPED = ("key-reshaped", "shape changed")
    KEY_RETYPED = ("key-retyped", "element type changed")
    KEY_NATURE = ("key-nature", "parameter and buffer exchanged")
    PERSISTENCE = ("persistence", "persistence changed")
    TIED = ("tied", "tied")
    UNTIED = ("untied", "no longer tied")
    TRAINABLE = ("trainable", "training changed")
    DATA_FLOW = ("data-flow", "data flow changed")
    CALL_ORDER = ("call-order", "order of calls changed")
    OUTPUT = ("output", "output changed")
    FORWARD_SIGNATURE = ("forward-signature", "signature of forward changed")
    CONSTRUCTOR_SIGNATURE = ("constructor-signature", "signature of the constructor changed")
    DEFAULT = ("default", "default changed")
    CONFIG = ("config", "configuration changed")
    ORDER = ("initialisation-order", "order of parameters changed")
    FRAMEWORK = ("framework", "framework changed")

    @property
    def id(self) -> str:
        """The stable name."""
        return self.value[0]

    @property
    def title(self) -> str:
        """How it reads."""
        return self.value[1]


class Verdict(Enum):
    """What a change means for those who have checkpoints of the old model, gravest first: ``(id, how it reads)``."""

    BREAKING = ("breaking", "breaking: old checkpoints no longer load")
    MAPPING = ("breaking-with-mapping", "breaking, mended by a mapping: old checkpoints load when their keys are renamed")
    BEHAVIOUR = ("behaviour", "behaviour changed: old checkpoints load, and the forward takes other steps")
    UNDECIDED = ("undecided", "not decided: what is not known could matter")
    COMPATIBLE = ("compatible", "compatible: old checkpoints load and compute the same")
    NONE = ("none", "no change")

    @property
    def id(self) -> str:
        """The stable name."""
        return self.value[0]

    @property
    def title(self) -> str:
        """How it reads."""
        return self.value[1]

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Verdict).index(self)


#: From which verdict on `--fail-on` fails; what is not decided fails with the gravest thing it could be.
FAILS: Mapping[str, tuple[Verdict, ...]] = {
    "breaking": (Verdict.BREAKING, Verdict.MAPPING),
    "behaviour": (Verdict.BREAKING, Verdict.MAPPING, Verdict.BEHAVIOUR, Verdict.UNDECIDED),
    "any": tuple(verdict for verdict in Verdict if verdict is not Verdict.NONE),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Args:
        kind: What happened.
        subject: The module, key or parameter it happened to, by its new name; the old one when it is gone.
        severity: ``error`` when old checkpoints no longer load, ``warning`` when they load into another model, else ``info``.
        before: What was; None when there was nothing.
        after: What is; None when there is nothing.
        before_at: Where the old source says it.
        after_at: Where the new source says it.
        note: What else is worth knowing, in a few words.
    """

    kind: Kind
    subject: str
    severity: str
    before: Any = None
    after: Any = None
    before_at: Span = NOWHERE
    after_at: Span = NOWHERE
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rename:
    """A key of the old state dict under its new name, how sure that is (0 to 1), and why."""

    old: str
    new: str
    confidence: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models side by side.

    Args:
        name: What the pair is called in a report.
        old: The model before; None when it is new.
        new: The model after; None when it is gone.
        verdict: What the change means for old checkpoints.
        changes: The differences, gravest first.
        renames: The keys that have another name now, in the new order.
        dropped: Old keys that the new model has no use for, and that can be left out without loss.
        filled: New keys that are constants of the new model, so that an old checkpoint needs none.
        behaviour: Whether the forward computes something else for equal weights; None when that is not known.
        doubts: What keeps the verdict from being certain.
        hooks: The ways by which the new model's own classes see to old checkpoints, with what is known of each.
    """

    name: str
    old: Architecture | None
    new: Architecture | None
    verdict: Verdict
    changes: tuple[Change, ...] = ()
    renames: tuple[Rename, ...] = ()
    dropped: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    behaviour: bool | None = None
    doubts: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()

    @property
    def mapping(self) -> dict[str, str]:
        """Old keys to new ones."""
        return {rename.old: rename.new for rename in self.renames}

    @property
    def confidence(self) -> float:
        """How sure the mapping is: as its least sure part."""
        return min((rename.confidence for rename in self.renames), default=1.0)

    @property
    def headline(self) -> str:
        """The verdict in words, and what it does not say by itself."""
        mended = self.verdict is Verdict.MAPPING and self.behaviour
        return f"{self.verdict.title}; even then the forward takes other steps" if mended else self.verdict.title

    def fails(self, level: str) -> bool:
        """Whether `--fail-on` of that level fails for it."""
        return self.verdict in FAILS.get(level, ())


@dataclass(frozen=True, slots=True)
class Review:
    """Every model of a repository whose reading changed.

    Args:
        old: The revision before.
        new: The revision after; ``working tree`` for what is on disk.
        comparisons: The models that changed, gravest first.
        looked_at: How many models there are.
        failures: Models that could not be read, with the reason.
    """

    old: str
    new: str
    comparisons: tuple[Comparison, ...] = ()
    looked_at: int = 0
    failures: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The gravest of all."""
        return min((one.verdict for one in self.comparisons), key=lambda verdict: verdict.rank, default=Verdict.NONE)
