"""Which findings say what the live framework says: recall on mutants that crash, silence on those that do what they did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

#: Rules whose errors are no claim that the program fails: it runs, and silently does something else than what it says.
SILENT = frozenset(
    {"modules-in-python-list", "modules-in-python-dict", "parameters-in-python-container", "dead-layer-output", "functional-dropout-training",
     "parameter-not-leaf", "shared-module-by-list-mult", "layer-constructed-in-forward", "local-variable-instead-of-self",
     "submodule-not-a-module"}
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """One mutant, what the framework says, and what we say.

    Args:
        subject: The model.
        kind: The kind of mutation.
        what: The change.
        lines: First and last line of the changed statement.
        live: The answer of the live framework.
        computed: What the original computes.
        findings: The errors that are reported: rule, message, and lines, the first line being where it stands.
    """

    subject: str
    kind: str
    what: str
    lines: tuple[int, int]
    live: dict[str, Any]
    computed: str
    findings: tuple[tuple[str, str, tuple[int, ...]], ...] = ()

    @property
    def crashed(self) -> bool:
        """Whether the mutant fails."""
        return self.live["stage"] == "failed"

    @property
    def right(self) -> set[int]:
        """The lines at which one that fails may be reported: those changed, and where the framework raises."""
        return set(range(self.lines[0], self.lines[1] + 1)) | set(self.live["lines"][-1:])

    @property
    def stands_right(self) -> bool:
        """Whether a finding stands there."""
        return self.crashed and any(lines[0] in self.right for _, _, lines in self.findings)

    @property
    def verdict(self) -> str:
        """``found``, ``elsewhere`` or ``missed`` of one that fails; ``false``, ``silent`` or ``quiet`` of one that runs."""
        if self.live["stage"] == "lost":
            return "lost"
        if self.crashed:
            if any(self.right & set(lines) for _, _, lines in self.findings):
                return "found"
            return "elsewhere" if self.findings else "missed"
        same = self.live["computed"] == self.computed
        wrong = [rule for rule, _, _ in self.findings if same or rule not in SILENT]
        return "false" if wrong else "silent" if self.findings else "quiet"

    @property
    def fails(self) -> bool:
        """Whether we do not say what the framework says."""
        return self.verdict in ("elsewhere", "missed", "false")

    def __str__(self) -> str:
        said = "; ".join(f"{rule} at {lines}: {message}" for rule, message, lines in self.findings)
        live = f"{self.live['error']} at {self.live['lines']}" if self.crashed else "runs"
        return f"{self.verdict}: {self.subject} line {self.lines[0]}: {self.kind}: {self.what}\n    live: {live}\n    ours: {said or '-'}"


@dataclass
class Score:
    """Many trials."""

    trials: list[Trial] = field(default_factory=list)

    def count(self, verdict: str, kind: str | None = None) -> int:
        """How many trials ended so."""
        return sum(one.verdict == verdict and kind in (None, one.kind) for one in self.trials)

    @property
    def crashed(self) -> int:
        """How many mutants fail."""
        return sum(one.crashed for one in self.trials)

    @property
    def first(self) -> float:
        """The share of failing mutants for which a finding itself, not only a note, stands at the right line."""
        return sum(one.stands_right for one in self.trials) / max(self.crashed, 1)

    @property
    def recall(self) -> float:
        """The share of failing mutants reported at the right line."""
        return self.count("found") / max(self.crashed, 1)

    def table(self) -> str:
        """A line for each kind."""
        rows = [f"{'kind':24} {'found':>6} {'elsewhere':>9} {'missed':>7} {'recall':>7}   {'runs':>5} {'false':>6}"]
        for kind in (*dict.fromkeys(one.kind for one in self.trials), None):
            found, elsewhere, missed = (self.count(verdict, kind) for verdict in ("found", "elsewhere", "missed"))
            runs = sum(not one.crashed and kind in (None, one.kind) for one in self.trials)
            share = f"{found / (found + elsewhere + missed):.1%}" if found + elsewhere + missed else ""
            rows.append(f"{kind or 'all':24} {found:6} {elsewhere:9} {missed:7} {share:>7}   {runs:5} {self.count('false', kind):6}")
        return "\n".join(rows)

    def failures(self) -> Iterable[str]:
        """What is not as it should be, a paragraph each."""
        yield from (str(one) for one in self.trials if one.fails)

    def rules(self) -> Counter[str]:
        """How often each rule spoke."""
        return Counter(rule for one in self.trials for rule, _, _ in one.findings)
