"""Rule: a comment states another shape than the line gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic
from ...ir.graph import Node, TensorType
from ...ir.program import File
from ...ir.span import Span
from ..rule import Rule

_ITEM = r"(?:[A-Za-z_]\w*|\d+)(?:\s*(?://|[*/+-])\s*(?:[A-Za-z_]\w*|\d+))*"
_SHAPE = re.compile(
    rf"^(?:\w+\s*[:=]\s*|shape\s*(?:of\s+\w+)?\s*[:=]?\s*)?[\[(]\s*({_ITEM}(?:\s*[,x×]\s*{_ITEM})+)\s*,?\s*[\])]\s*$", re.IGNORECASE
)

#: What an axis of a shape that starts with the batch is called.
_BATCH = re.compile(r"b|n|bs|bsz|batch|batch_size|\d+", re.IGNORECASE)

#: Docstrings of torch's own kind: ``- Input: :math:`(N, C, H, W)```.
_SECTION = re.compile(r"^\s*-\s*(Input|Output)s?\s*:\s*(?::math:)?`{0,2}\(([^()]*)\)`{0,2}\s*\.?\s*$")


class ShapeComment(Rule):
    """A comment, or the `Shape:` of a docstring, states another shape than there is.

    ## Why
    `# [B, 64, T]` is what readers go by when they change the next line. Comments are not run, and stay behind.

    ## Known problems
    Only what holds for every input is compared: sizes that the model itself fixes, and how many axes there are where the input is given.
    A comment that is not a shape and nothing else is left alone.
    """

    code = "MDL502"
    severity = "warning"
    confidence = "likely"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 32, 3)

        def forward(self, x):
            x = self.conv(x)  # [B, 64, H, W]
            return F.relu(x)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 32, 3)

        def forward(self, x):
            x = self.conv(x)  # [B, 32, H, W]
            return F.relu(x)
    """

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        given = all(
            isinstance(size, int) for value in architecture.inputs.values() if isinstance(value, TensorType) for size in value.shape
        )
        yield from self._comments(file, architecture, given)
        yield from self._sections(file, architecture)

    def _comments(self, file: File, architecture: Architecture, given: bool) -> Iterator[Diagnostic]:
        made: dict[Span, list[Node]] = {}
        for node in architecture.graph:
            if node.at.line and node.at.file.endswith(file.path.rpartition("/")[2]):
                made.setdefault(node.at._replace(file=file.path), []).append(node)
        for statement in [*file.all(ast.Assign), *file.all(ast.Return)] if made else ():
            value, end = statement.value, statement.end_lineno or 0
            if not isinstance(value, ast.Call) or (isinstance(statement, ast.Assign) and not isinstance(statement.targets[0], ast.Name)):
                continue
            nodes = made.get(file.span(value), [])
            before, sign, comment = file.lines[end - 1].partition("#") if nodes else ("", "", "")
            stated = _stated(comment.rpartition("->")[2]) if sign and "'" not in before and '"' not in before else None
            shapes = [node.output.shape for node in nodes if isinstance(node.output, TensorType)]
            if stated is None or not shapes or len(shapes) != len(nodes):
                continue
            wrong = [_difference(stated, shape, given) for shape in shapes]
            if all(wrong):
                column = len(before) + 1
                at = Span(file.path, end, column, end, len(file.lines[end - 1].rstrip()) + 1)
                shown = "×".join(f"({text})" if " " in text else text for text in map(str, shapes[0]))
                yield Diagnostic(self.code, self.name, self.severity, f"this line gives {shown}, and the comment says {wrong[0]}", at)

    def _sections(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        """The ``Shape:`` of the class of the model, where its input is the one that was given."""
        root, call = architecture.modules.get(""), architecture.calls[0] if architecture.calls else None
        cls = None if root is None else next((one for one in file.classes if file.span(one.node).line == root.class_at.line), None)
        if cls is None or call is None or call.module or root is None or not root.class_at.file.endswith(file.path.rpartition("/")[2]):
            return
        text = ast.get_docstring(cls.node, clean=False)
        inputs, outputs = [[one.shape for one in values if isinstance(one, TensorType)] for values in (call.inputs, call.outputs)]
        if text is None or "Shape:" not in text or len(inputs) != 1 or len(outputs) != 1 or len(call.outputs) != 1:
            return
        first = cls.node.body[0]
        stated: dict[str, list[tuple[int, list[str]]]] = {"Input": [], "Output": []}
        for line in range(first.lineno, (first.end_lineno or 0) + 1):
            match = _SECTION.match(file.lines[line - 1])
            if match is not None:
                stated[match[1]].append((line, [item.strip().strip("\\") for item in match[2].split(",")]))
        if len(stated["Input"]) != 1 or len(stated["Output"]) != 1:
            return
        (_, taken), (line, given) = stated["Input"][0], stated["Output"][0]
        if any("*" in item or "." in item or "text" in item for item in (*taken, *given)) or len(taken) != len(inputs[0]):
            return
        wrong = f"{len(given)} axes" if len(given) != len(outputs[0]) else _difference(given, outputs[0], False)
        if wrong:
            at = Span(file.path, line, 1, line, len(file.lines[line - 1]) + 1)
            shown = "×".join(f"({text})" if " " in text else text for text in map(str, outputs[0]))
            yield Diagnostic(self.code, self.name, self.severity, f"`{cls.name}` gives {shown}, and its documentation says {wrong}", at)


def _stated(comment: str) -> list[str] | None:
    """The axes that a comment states, when it states a shape and nothing else."""
    match = _SHAPE.match(comment.strip())
    if match is None:
        return None
    items = [item.strip() for item in re.split(r"[,×]|\sx\s", match[1])]
    return items if len(items) > 1 and _BATCH.fullmatch(items[0]) else None


def _difference(stated: Sequence[str], shape: Sequence[object], given: bool) -> str:
    """What is stated otherwise; empty when nothing is, as far as that does not depend on the input."""
    if len(stated) != len(shape):
        return f"{len(stated)} axes" if given else ""
    places = range(1, len(shape)) if not given else [1 if len(shape) == 4 else len(shape) - 1]
    for place in places:
        said, size = stated[place], shape[place]
        if said.isdigit() and isinstance(size, int) and int(said) != size:
            return said
    return ""
