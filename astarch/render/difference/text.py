"""A comparison or a review for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.change import Comparison, Review, Verdict
from ...ir.span import Span
from ..frames import wrapped
from ..paint import Page, clean
from .hook import hook
from .wording import counted, grouped, sentence, told_once, totals

#: How many changes of a kind are shown before the rest is counted.
_SHOWN = 12

_STYLES = {Verdict.BREAKING: "error", Verdict.MAPPING: "error", Verdict.BEHAVIOUR: "warning", Verdict.UNDECIDED: "warning",
           Verdict.COMPATIBLE: "help", Verdict.NONE: "dim"}  # fmt: skip


def to_text(result: Comparison | Review, *, page: Page | None = None, every: bool = False) -> str:
    """The report.

    Args:
        result: What to show.
        page: Width, characters and colour.
        every: Whether all changes are shown, however many.
    """
    page = page or Page()
    lines = _review(result, page, every) if isinstance(result, Review) else _comparison(result, page, every)
    return page.written("\n".join(lines) + "\n")


def _review(review: Review, page: Page, every: bool) -> Iterator[str]:
    for comparison in review.comparisons:
        yield from _comparison(comparison, page, every)
        yield ""
    for name, reason in review.failures.items():
        yield from wrapped(f"{clean(name)} could not be read: {clean(reason)}", page.width)
    changed = len(review.comparisons)
    yield page.paint(f"{changed} of {review.looked_at} models changed between {clean(review.old)} and {clean(review.new)}", "title")
    for verdict in Verdict:
        found = sum(one.verdict is verdict for one in review.comparisons)
        if found:
            yield f"  {page.paint(f'{found:>4}', _STYLES[verdict])}  {verdict.title}"


def _comparison(comparison: Comparison, page: Page, every: bool) -> Iterator[str]:
    yield page.paint(clean(comparison.name), "title")
    yield page.paint(comparison.headline, _STYLES[comparison.verdict])
    for label, before, after, delta in totals(comparison):
        yield (
            f"  {label:<11}{before} {page.glyphs.arrow} {after} ({delta})" if delta else f"  {label:<11}{after if after != '–' else before}"
        )
    if comparison.verdict is not Verdict.NONE:
        yield f"  {'state dict':<11}{counted(comparison)}"
    for title, kinds in grouped(comparison):
        yield f"{page.paint(title, 'title')}"
        for kind, changes in kinds:
            note, shown = told_once(changes)
            heading = f"{kind.title} ({len(changes)}){f', {note}' if note else ''}"
            yield from (f"  {line}" for line in wrapped(heading, page.width - 2))
            for change in shown if every else shown[:_SHOWN]:
                text = sentence(change)
                place = _place(change.after_at if change.after_at.line else change.before_at)
                yield from _item(text, place, page)
            if len(changes) > _SHOWN and not every:
                yield f"    {page.glyphs.ellipsis} and {len(changes) - _SHOWN} more (--all shows them)"
    yield from _rest(comparison, page)


def _rest(comparison: Comparison, page: Page) -> Iterator[str]:
    for name in comparison.hooks:
        yield from wrapped(f"note: the new model has {clean(name)}, which may mend what is said here", page.width)
    for doubt in comparison.doubts[:6]:
        yield from wrapped(f"not known: {clean(doubt)}", page.width)
    code = hook(comparison)
    if code:
        sure = f", {comparison.confidence:.0%} sure" if comparison.renames else ""
        yield page.paint(f"To load old checkpoints{sure}", "title")
        lines = code.rstrip().splitlines()
        yield from (f"  {clean(line)}" for line in lines[:60])
        if len(lines) > 60:
            yield f"  {page.glyphs.ellipsis} and {len(lines) - 60} more lines (--format hook writes all)"


def _place(span: Span) -> str:
    return f"{clean(span.file)}:{span.line}" if span.line else ""


def _item(text: str, place: str, page: Page) -> Iterator[str]:
    if place and len(text) + len(place) + 6 <= page.width:
        yield f"    {text}  {page.paint(place, 'dim')}"
        return
    first, *more = wrapped(text, page.width - 6)
    yield f"    {first}"
    yield from (f"      {line}" for line in more)
