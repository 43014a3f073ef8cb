"""Rule: a column and a row make a square."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic, Note
from ...ir.graph import TensorType
from ..rule import Rule

_OPERATIONS = frozenset({"add", "sub", "mul", "div", "__add__", "__sub__", "__mul__", "__truediv__", "subtract", "multiply", "true_divide"})


class SuspiciousBroadcast(Rule):
    """An operation of `B×1` and `B` gives `B×B`.

    ## Why
    Axes are matched from the right: a column of predictions minus a row of targets is every prediction minus every target. It runs,
    and the loss means nothing.

    ## Known problems
    Needs a model that is run. Where all pairs are meant, `x[:, None] - x[None, :]` says so, and is left alone.
    """

    code = "MDL225"
    severity = "warning"
    confidence = "likely"
    references = ("https://github.com/open-edge-platform/anomalib/issues/2883",)
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 1)

        def forward(self, x):
            return self.fc(x) - self.fc(x).squeeze(-1)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 1)

        def forward(self, x):
            return self.fc(x).squeeze(-1) - self.fc(x).squeeze(-1)
    """

    def check_architecture(self, architecture: Architecture) -> Iterator[Diagnostic]:
        seen: set[object] = set()
        for node in architecture.graph:
            if len(node.inputs) != 2 or node.target.rpartition(".")[2] not in _OPERATIONS or not node.at.line or node.at in seen:
                continue
            first, second = (architecture.graph[index] for index in node.inputs)
            column, row = (first, second) if _rank(first.output) > _rank(second.output) else (second, first)
            if not _makes_square(column.output, row.output):
                continue
            seen.add(node.at)
            shapes = [_text(one.output) for one in (column, row, node)]
            notes = tuple(Note(one.at, _text(one.output)) for one in (column, row) if one.at.line and one.at != node.at)
            message = f"{shapes[0]} and {shapes[1]} make {shapes[2]}: every one with every other"
            yield Diagnostic(self.code, self.name, self.severity, message, node.at, notes, "squeeze(-1) makes a row of a column")


def _rank(value: object) -> int:
    return len(value.shape) if isinstance(value, TensorType) else -1


def _makes_square(column: object, row: object) -> bool:
    """Whether one is n×1 and the other n, with nothing before."""
    if not isinstance(column, TensorType) or not isinstance(row, TensorType) or len(column.shape) != 2 or len(row.shape) != 1:
        return False
    size = row.shape[0]
    return column.shape[1] == 1 and size != 1 and str(column.shape[0]) == str(size)


def _text(value: object) -> str:
    return "×".join(map(str, value.shape)) if isinstance(value, TensorType) else ""
