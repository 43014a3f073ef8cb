"""What a rule is: a code, a severity, documentation, an example of wrong and of right, and a check that yields findings.

The name of a rule is the name of its file. Rules are data in, data out: they never print, read files or configuration.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..ir.diagnostic import Diagnostic, Edit, Fix, Note
from ..ir.span import Span

if TYPE_CHECKING:
    from ..ir.architecture import Architecture
    from ..ir.change import Comparison
    from ..ir.program import ClassSource, File


class Rule:
    """One thing that can be wrong.

    A subclass stands in a file of its own, says `code` and `severity`, documents itself under the headings *Why*, *Known
    problems* and *Fix*, and defines one or several of `check_class`, `check_file`, `check_architecture`, `check_comparison`.

    Attributes:
        code: Three letters and three digits; the hundreds are the family.
        severity: ``error`` when the program fails or silently trains the wrong thing, ``warning``, ``info``.
        confidence: ``certain``, ``likely`` or ``possible``.
        framework: ``torch``, ``keras`` or ``both``.
        since: The version it came with.
        status: ``stable``, ``preview`` or ``removed``.
        default: Whether it is on when nothing is selected; info rules are not.
        bad: Code that it finds; several for several cases.
        good: Code that it does not find, and that a fix turns the bad code into.
        before: What both were before, for a rule that looks at changes.
    """

    code: ClassVar[str]
    severity: ClassVar[str] = "error"
    confidence: ClassVar[str] = "certain"
    framework: ClassVar[str] = "torch"
    since: ClassVar[str] = "0.1"
    status: ClassVar[str] = "stable"
    bad: ClassVar[str | tuple[str, ...]] = ()
    good: ClassVar[str | tuple[str, ...]] = ()
    before: ClassVar[str] = ""
    references: ClassVar[tuple[str, ...]] = ()

    @property
    def name(self) -> str:
        """The kebab-case name: that of its file."""
        return type(self).__module__.rpartition(".")[2].replace("_", "-")

    @property
    def default(self) -> bool:
        """Whether it is on when nothing is selected."""
        return self.severity != "info" and self.status == "stable"

    @property
    def summary(self) -> str:
        """The first line of its documentation."""
        return (type(self).__doc__ or "").strip().partition("\n")[0]

    @property
    def sections(self) -> dict[str, str]:
        """Its documentation by heading; the text before the first heading under ``""``."""
        lines = (type(self).__doc__ or "").strip().split("\n")
        text = "\n".join([lines[0], *[line.removeprefix("    ") for line in lines[1:]]])
        parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
        return {"": parts[0].strip(), **{title.strip(): body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}}

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        """Findings in one class that is a module or a layer."""
        return iter(())

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        """Findings in one file that uses a framework."""
        return iter(())

    def check_architecture(self, architecture: Architecture) -> Iterator[Diagnostic]:
        """Findings in one model that was read."""
        return iter(())

    def check_comparison(self, comparison: Comparison) -> Iterator[Diagnostic]:
        """Findings in one model that was read before a change and after it."""
        return iter(())

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        """Findings in what a file says of one of its models that was read."""
        return iter(())

    @property
    def needs_model(self) -> bool:
        """Whether it can say something only of a model that is built and run."""
        kind = type(self)
        looks = kind.check_class is not Rule.check_class or kind.check_file is not Rule.check_file
        return not looks and (self.code[3] in "02" or kind.check_run is not Rule.check_run)

    @property
    def needs_revision(self) -> bool:
        """Whether it can say something only beside an older state (``--changed-only --base-ref``)."""
        return type(self).check_comparison is not Rule.check_comparison

    @staticmethod
    def places(*notes: tuple[File, ast.AST, str]) -> tuple[Note, ...]:
        """Notes in files of their own."""
        return tuple(Note(file.span(node), text) for file, node, text in notes)

    def finding(
        self,
        file: File,
        node: ast.AST | Span,
        message: str,
        *,
        notes: Sequence[tuple[ast.AST, str]] = (),
        help: str = "",
        fix: Fix | None = None,
        module: str = "",
        severity: str = "",
    ) -> Diagnostic:
        """A finding of this rule at a node."""
        span = node if isinstance(node, Span) else file.span(node)
        places = tuple(Note(file.span(where), text) for where, text in notes)
        return Diagnostic(self.code, self.name, severity or self.severity, message, span, places, help, fix, module)


def replace(file: File, node: ast.expr | ast.stmt, text: str, title: str, *, safe: bool = False) -> Fix:
    """A fix that puts a text in the place of a node."""
    return Fix(title, (Edit(_whole(file, node), text),), safe)


def insert_before(file: File, node: ast.expr | ast.stmt, text: str, title: str, *, safe: bool = False) -> Fix:
    """A fix that puts a text before a node."""
    start = _whole(file, node)
    return Fix(title, (Edit(Span(start.file, start.line, start.column, start.line, start.column), text),), safe)


def wrap(file: File, node: ast.expr | ast.stmt, before: str, after: str, title: str, *, safe: bool = False) -> Fix:
    """A fix that puts something around a node."""
    at = _whole(file, node)
    opening = Edit(Span(at.file, at.line, at.column, at.line, at.column), before)
    closing = Edit(Span(at.file, at.end_line, at.end_column, at.end_line, at.end_column), after)
    return Fix(title, (opening, closing), safe)


def add_argument(file: File, call: ast.Call, text: str, title: str, *, safe: bool = False) -> Fix:
    """A fix that gives a call one more argument, after those it has."""
    last = max(
        [*call.args, *(keyword.value for keyword in call.keywords)],
        key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0),
        default=None,
    )
    if last is not None:
        at = file.span(last)
        return Fix(title, (Edit(Span(at.file, at.end_line, at.end_column, at.end_line, at.end_column), f", {text}"),), safe)
    at = file.span(call)
    return Fix(title, (Edit(Span(at.file, at.end_line, at.end_column - 1, at.end_line, at.end_column - 1), text),), safe)


def _whole(file: File, node: ast.expr | ast.stmt) -> Span:
    """The place of all of a node, also of a definition."""
    return file.span(
        ast.Expr(
            value=ast.Constant(0),
            lineno=node.lineno,
            col_offset=node.col_offset,
            end_lineno=node.end_lineno,
            end_col_offset=node.end_col_offset,
        )
    )


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument of a call by its place or its name; None when it is not given, or hidden behind a star."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position < 0 or any(isinstance(item, ast.Starred) for item in call.args[: position + 1]):
        return None
    return call.args[position] if position < len(call.args) else None


def has_star(call: ast.Call) -> bool:
    """Whether a call hands on arguments that are not seen here."""
    return any(isinstance(item, ast.Starred) for item in call.args) or any(keyword.arg is None for keyword in call.keywords)


def constant(node: ast.AST | None) -> Any:
    """The value of a number, text or truth value; None for anything else."""
    if (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
        and isinstance(node.operand.value, (int, float))
    ):
        return -node.operand.value
    return node.value if isinstance(node, ast.Constant) else None
