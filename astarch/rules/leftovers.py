"""Comments that silence nothing, or are not understood, as findings with what removes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from ..ir.diagnostic import Diagnostic, Edit, Fix
from ..ir.program import File
from ..ir.span import Span
from .catalog import matching, rules
from .rule import Rule
from .suppression import DIRECTIVES, Suppression, misspelled

_NAME = "unused-suppression"


def leftovers(file: File, comments: Sequence[Suppression], used: Iterable[Rule], read: bool) -> list[Diagnostic]:
    """What is wrong with the comments of a file.

    Args:
        file: Where they stand.
        comments: Each knowing what it silenced.
        used: The rules that were asked.
        read: Whether the models of the file were run: if not, rules that look at these were not asked.
    """
    asked = list(used)
    rule = next((one for one in asked if one.name == _NAME), None)
    if rule is None:
        return []
    codes = {one.code for one in asked if read or not one.needs_model}
    found = [finding for one in comments for finding in _of(file, one, rule, codes, read)]
    for span, word in misspelled(file):
        close = get_close_matches(word, DIRECTIVES, n=1)
        help = f"did you mean `astarch: {close[0]}`?" if close else f"known are {', '.join(DIRECTIVES)}"
        found.append(
            Diagnostic(rule.code, rule.name, rule.severity, f"`astarch: {word}` is no comment that is understood", span, help=help)
        )
    return found


def _of(file: File, one: Suppression, rule: Rule, codes: set[str], read: bool) -> Iterable[Diagnostic]:
    if not one.selectors and one.codes is None:
        if not one.used and {known.code for known in rules() if known.default and not known.needs_revision} <= codes:
            yield _finding(file, one, rule, "this comment does not silence anything: nothing is found here")
        return
    unknown = [] if one.foreign else [text for text in one.selectors if not matching(text)]
    for text in unknown:
        names = [name for known in rules() for name in (known.code, known.name)]
        close = get_close_matches(text.upper() if re.fullmatch(r"[a-z]{3}\d+", text) else text, names, n=1, cutoff=0.75)
        help = f"did you mean `{close[0]}`?" if close else "`astarch rule --all` lists them"
        yield Diagnostic(rule.code, rule.name, rule.severity, f"no rule is called `{text}`", one.span, help=help)
    unused = [text for text in one.selectors if (meant := {found.code for found in matching(text)}) & codes and not meant & one.used]
    if unused and {found.code for text in unused for found in matching(text)} <= codes:
        yield _finding(file, one, rule, f"this comment does not silence `{', '.join(unused)}`: nothing is found here", len(unused))


def _finding(file: File, one: Suppression, rule: Rule, message: str, unused: int = 0) -> Diagnostic:
    whole = unused == len(one.selectors) and not one.used
    return Diagnostic(rule.code, rule.name, rule.severity, message, one.span, fix=_removed(file, one.span) if whole else None)


def _removed(file: File, span: Span) -> Fix | None:
    """The comment gone, with the line where it stands alone; None where it says something else as well."""
    line = file.lines[span.line - 1]
    before, text = line[: span.column - 1], line[span.column - 1 :]
    if not re.match(r"#\s*(astarch:|noqa:)", text, re.IGNORECASE) or "#" in text[1:]:
        return None
    if before.strip():
        return Fix("remove it", (Edit(span._replace(column=len(before.rstrip()) + 1), ""),), True)
    return Fix("remove it", (Edit(Span(span.file, span.line, 1, span.line + 1, 1), ""),), True)
