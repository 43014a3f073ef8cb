"""Comments that silence findings: ``# astarch: ignore[name] -- reason`` for a line, a definition or a file, and ``# noqa: MDL101``."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from ..ir.diagnostic import Diagnostic
from ..ir.program import File
from ..ir.span import Span
from .catalog import matching

_IGNORE = re.compile(r"#\s*astarch:\s*(ignore-file|ignore|off|on)(?![\w-])\s*(?:\[([^\]]*)\])?(?:\s*--\s*(.*))?", re.IGNORECASE)
_NOQA = re.compile(r"#\s*noqa:\s*([A-Z]{1,3}[0-9]{1,3}(?:[\s,]+[A-Z]{1,3}[0-9]{1,3})*)", re.IGNORECASE)

_ANY = re.compile(r"#\s*astarch:\s*([A-Za-z][\w-]*)(\s*\[)?")

#: The words that are understood after ``# astarch:``.
DIRECTIVES = ("ignore", "ignore-file", "off", "on")

#: Statements that hold no others.
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.Raise, ast.Assert, ast.Delete)


@dataclass(eq=False)
class Suppression:
    """One comment.

    Args:
        span: Where it stands.
        first: The first line it covers.
        last: The last line it covers.
        codes: What it silences; None for everything.
        selectors: What it names, as written.
        foreign: It is a ``noqa``, which other tools read as well.
    """

    span: Span
    first: int
    last: int
    codes: frozenset[str] | None
    selectors: tuple[str, ...] = ()
    foreign: bool = False
    used: set[str] = field(default_factory=set[str])

    def covers(self, finding: Diagnostic, lines: tuple[int, int]) -> bool:
        """Whether it silences a finding that spans these lines."""
        if not (self.first <= lines[1] and lines[0] <= self.last):
            return False
        return self.codes is None or finding.code in self.codes or finding.name in self.selectors


def suppressions(file: File) -> list[Suppression]:
    """The comments of a file that silence findings."""
    if "astarch:" not in file.text and "noqa" not in file.text:
        return []
    found: list[Suppression] = []
    opened: list[Suppression] = []
    for line, column, text in _comments(file.text):
        span = Span(file.path, line, column + 1, line, column + 1 + len(text))
        match = _IGNORE.search(text)
        if match:
            _directive(file, match, span, found, opened)
            continue
        noqa = _NOQA.search(text)
        if noqa:
            selectors = tuple(re.split(r"[\s,]+", noqa.group(1).upper()))
            codes = _codes(tuple(text for text in selectors if text.startswith("MDL")))
            if codes:
                found.append(Suppression(span, line, line, codes, selectors, foreign=True))
    return found


def misspelled(file: File) -> Iterator[tuple[Span, str]]:
    """The comments of a file that are meant to silence something and are not understood, each with its word."""
    for line, column, text in _comments(file.text) if "astarch:" in file.text else ():
        match = None if _IGNORE.search(text) else _ANY.search(text)
        if match and (match[2] or get_close_matches(match[1].lower(), DIRECTIVES, n=1, cutoff=0.8)):
            yield Span(file.path, line, column + 1, line, column + 1 + len(text)), match[1]


def _directive(file: File, match: re.Match[str], span: Span, found: list[Suppression], opened: list[Suppression]) -> None:
    word, names = match.group(1).lower(), match.group(2)
    selectors = tuple(name.strip() for name in names.split(",") if name.strip()) if names is not None else ()
    codes = _codes(selectors) if names is not None else None
    if word == "on":
        for one in opened:
            one.last = span.line
        opened.clear()
    elif word == "off":
        opened.append(Suppression(span, span.line, len(file.lines) + 1, codes, selectors))
        found.append(opened[-1])
    elif word == "ignore-file":
        found.append(Suppression(span, 1, len(file.lines) + 1, codes, selectors))
    else:
        first, last = _covered(file, span.line)
        found.append(Suppression(span, first, last, codes, selectors))


def _covered(file: File, line: int) -> tuple[int, int]:
    """Its own line; a comment that stands alone covers the statement below it, with decorators and all of a definition."""
    alone = file.lines[line - 1].lstrip().startswith("#")
    target = line
    if alone:
        target = next(
            (
                number
                for number in range(line + 1, len(file.lines) + 1)
                if (text := file.lines[number - 1].strip()) and not text.startswith("#")
            ),
            line,
        )
    for start, body, end in _definitions(file):
        if start <= target <= body and (alone or target == line):
            return min(line, start), end
    if alone:
        return line, max((end for start, end in _statements(file) if start == target), default=target)
    start = next((start for start, end in _statements(file) if start <= line <= end), line)
    return start, line


def _definitions(file: File) -> list[tuple[int, int, int]]:
    """First line (decorators included), line of the name, last line of every definition."""
    nodes = [*file.all(ast.ClassDef), *file.all(ast.FunctionDef), *file.all(ast.AsyncFunctionDef)]
    return [
        (min([node.lineno, *(item.lineno for item in node.decorator_list)]), node.lineno, node.end_lineno or node.lineno) for node in nodes
    ]


def _statements(file: File) -> list[tuple[int, int]]:
    return [(node.lineno, node.end_lineno or node.lineno) for kind in _SIMPLE for node in file.all(kind)]


def _codes(selectors: tuple[str, ...]) -> frozenset[str]:
    return frozenset(rule.code for text in selectors for rule in matching(text))


def _comments(text: str) -> list[tuple[int, int, str]]:
    try:
        return [
            (token.start[0], token.start[1], token.string)
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type == tokenize.COMMENT
        ]
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return []


def silence(file: File, findings: list[Diagnostic]) -> tuple[list[Diagnostic], list[Suppression]]:
    """The findings that no comment silences, and the comments, each knowing what it silenced."""
    comments = suppressions(file)
    if not comments:
        return findings, []
    kept: list[Diagnostic] = []
    for finding in findings:
        covering = [one for one in comments if one.covers(finding, (finding.span.line, finding.span.end_line))]
        for one in covering:
            one.used.add(finding.code)
        if not covering:
            kept.append(finding)
    return kept, comments
