"""Rule: checkpoints saved before a change no longer load."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from ...ir.architecture import Architecture
from ...ir.change import Change, Comparison, Kind, Verdict
from ...ir.diagnostic import Diagnostic
from ...ir.span import Span
from ..rule import Rule

_KEYS = (Kind.KEY_RENAMED, Kind.KEY_ADDED, Kind.KEY_REMOVED, Kind.KEY_RESHAPED, Kind.PERSISTENCE)

#: A group of keys that changed for one reason: how that starts, and what it is about.
_Cause = tuple[Kind, str, str]


class StateDictKeyChanged(Rule):
    """Checkpoints saved before a change no longer load.

    ## Why
    A state dict goes by names and shapes. A layer that is renamed, inserted into a `Sequential` or made wider takes its keys with it:
    `Missing key(s) in state_dict`, or, with `strict=False`, layers that silently keep their random weights.

    ## Known problems
    It looks at what changed, so it speaks only with `--changed-only` (and `--base-ref REV`): every model of the changed files, and of
    those that import them, is read as it was and as it is. Classes that see to old checkpoints themselves, by
    `_load_from_state_dict`, `_version`, a hook or a mapping, are left alone, as are models of which something is not known.
    `astarch diff --against REV` says more, and writes the hook that loads old checkpoints.
    """

    code = "MDL651"
    severity = "warning"
    framework = "both"
    references = (
        "https://github.com/huggingface/transformers/issues/6882",
        "https://github.com/hou-yz/MVDet/issues/7",
        "https://github.com/NVIDIA/physicsnemo/issues/1173",
    )
    before = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(8, 8)
            self.out = nn.Linear(8, 2)

        def forward(self, x):
            return self.out(F.relu(self.fc1(x)))
    """
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear1 = nn.Linear(8, 8)
            self.out = nn.Linear(8, 2)

        def forward(self, x):
            return self.out(F.relu(self.linear1(x)))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(8, 8)
            self.drop = nn.Dropout(0.1)
            self.out = nn.Linear(8, 2)

        def forward(self, x):
            return self.out(self.drop(F.relu(self.fc1(x))))
    """

    def check_comparison(self, comparison: Comparison) -> Iterator[Diagnostic]:
        old, new = comparison.old, comparison.new
        if old is None or new is None or comparison.verdict not in (Verdict.BREAKING, Verdict.MAPPING):
            return
        if comparison.hooks or any(model.attributes.get("lost") for model in (old, new)):
            return
        causes: dict[_Cause, list[Change]] = {}
        for change in comparison.changes:
            if change.kind in _KEYS and change.severity == "error":
                causes.setdefault(_cause(change, old, new), []).append(change)
        for (kind, before, after), changes in causes.items():
            message = f"{_said(kind, before, after, changes)}: checkpoints saved before no longer load"
            help = "keep the old name, or rename old keys while loading: `astarch diff --against REV` writes the hook for that"
            yield Diagnostic(
                self.code,
                self.name,
                self.severity,
                message,
                _place(kind, after or before, changes[0], new),
                help=help if kind is Kind.KEY_RENAMED else "",
                module=_module(after or before, new),
            )


def _cause(change: Change, old: Architecture, new: Architecture) -> _Cause:
    """What made a key change: the same for all keys that changed with it."""
    if change.kind is Kind.KEY_RENAMED:
        before, after = str(change.before).split("."), change.subject.split(".")
        while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
            before.pop()
            after.pop()
        if before[:-1] == after[:-1] and before[-1].isdigit() and after[-1].isdigit():
            return change.kind, "", ".".join(before[:-1])  # moved by what came before it
        return change.kind, ".".join(before), ".".join(after)
    if change.kind is Kind.KEY_REMOVED:
        return change.kind, _top(change.subject, new.modules), ""
    return change.kind, "", _top(change.subject, old.modules) if change.kind is Kind.KEY_ADDED else change.subject.rpartition(".")[0]


def _top(key: str, others: Container[str]) -> str:
    """The outermost module around a key that the other model does not have; the module itself when it has them all."""
    parts = key.split(".")[:-1]
    names = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return next((name for name in names if name not in others), names[-1] if names else "")


def _said(kind: Kind, before: str, after: str, changes: list[Change]) -> str:
    keys = [f"`{change.subject}`" for change in changes]
    listed = ", ".join(keys[:2]) + (f" and {len(keys) - 2} more" if len(keys) > 2 else "")
    if kind is Kind.KEY_RENAMED and not before:
        more = f" (and {len(changes) - 1} more)" if len(changes) > 1 else ""
        return f"what follows in {_model(after)} has another number: `{changes[0].before}` is {keys[0]} now{more}"
    if kind is Kind.KEY_RENAMED:
        return f"`{before}` is called `{after}` now"
    if kind is Kind.KEY_ADDED:
        return f"{_model(after)} has new keys: {listed}"
    if kind is Kind.KEY_REMOVED:
        return f"{_model(before)} lost keys: {listed}"
    first = changes[0]
    more = f" (and {len(changes) - 1} more)" if len(changes) > 1 else ""
    return f"{keys[0]} was {_shown(first.before)} and is {_shown(first.after)}{more}"


def _model(name: str) -> str:
    return f"`{name}`" if name else "the model"


def _shown(value: Any) -> str:
    return "×".join(map(str, value)) or "a scalar" if isinstance(value, tuple) else str(value)


def _module(name: str, new: Architecture) -> str:
    """The nearest module of that name that there is."""
    while name and name not in new.modules:
        name = name.rpartition(".")[0]
    return name


def _place(kind: Kind, name: str, change: Change, new: Architecture) -> Span:
    """Where the new source makes it; for what is gone, the class that had it."""
    module = new.modules.get(_module(name, new))
    if kind is Kind.KEY_REMOVED:
        return module.class_at if module is not None and module.class_at.line else new.modules[""].class_at
    built = kind is not Kind.KEY_RESHAPED and name in new.modules and change.subject != name
    if (
        built
        and module is not None
        and module.defined_at.line
        and not (kind is Kind.KEY_RENAMED and change.subject.rpartition(".")[0] == name)
    ):
        return module.defined_at
    return change.after_at if change.after_at.line else new.modules[""].class_at
