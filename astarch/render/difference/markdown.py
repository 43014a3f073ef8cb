"""A review as the one sticky comment on a pull request: a table, and a collapsed section per model, kept below GitHub's limit.

The comment begins with a hidden marker by which a bot finds it again. When it is too long the largest parts go first:
drawings, then lists of changes, then whole sections; the table of models goes last.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable

from ...ir.change import Comparison, Review, Verdict
from ..paint import clean
from .hook import hook
from .mermaid import to_mermaid
from .wording import SIGNS, counted, grouped, sentence, told_once, totals

MARKER = "<!-- astarch:report -->"

#: GitHub takes 65,536 characters; something is left for what a bot adds.
MOST_CHARACTERS = 60_000

#: The lengths of a part: at this one only its row of the table is left, at that one not even this.
_ROW, _NOTHING = 4, 5

#: How many changes of a kind a section lists.
_LISTED = 30

#: How many models are seen without a click.
_OPEN = 20


def to_markdown(result: Comparison | Review, *, limit: int = MOST_CHARACTERS) -> str:
    """The comment, shorter than the limit."""
    review = result if isinstance(result, Review) else Review("", "", (result,), 1)
    parts = [_Part(comparison) for comparison in review.comparisons]
    head, foot = _head(review), _foot(review)
    _shed(parts, limit - len(head) - len(foot) - 300)
    text = "\n".join([head, _table(parts), *(part.text() for part in parts if part.level < _ROW), foot, ""])
    return text if len(text) < limit else text[: limit - 1]


def _shed(parts: list[_Part], room: int) -> None:
    """Shorten the largest part again and again until all fit; very many begin short."""
    each = room / max(len(parts), 1)
    for part in parts:
        part.level = _ROW if each < 300 else 2 if each < 900 else 0
    total = sum(part.size() for part in parts)
    heap = [(-part.size(), place) for place, part in enumerate(parts)]
    heapq.heapify(heap)
    while total > room and heap:
        size, place = heapq.heappop(heap)
        parts[place].level += 1
        total += size + parts[place].size()
        if parts[place].level < _NOTHING:
            heapq.heappush(heap, (-parts[place].size(), place))


class _Part:
    """One model's section, in one of six lengths."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.level = 0
        self._texts: dict[int, str] = {}

    def size(self) -> int:
        """How many characters it takes now, its row of the table included."""
        if self.level >= _NOTHING:
            return 0
        row = len(_row(self.comparison)) + 1
        return row if self.level >= _ROW else row + len(self.text()) + 1

    def text(self) -> str:
        """The section at its present length."""
        if self.level not in self._texts:
            self._texts[self.level] = _section(self.comparison, self.level)
        return self._texts[self.level]


def _head(review: Review) -> str:
    count = len(review.comparisons)
    of = f" · {count} of {review.looked_at} model{'s' if review.looked_at != 1 else ''}" if review.old else ""
    lines = [MARKER, f"### Architecture changes{of}", ""]
    if not count:
        lines += ["No model changed.", ""]
    elif review.old:
        counts = Counter(comparison.verdict for comparison in review.comparisons)
        told = ", ".join(f"{times} {SIGNS[kind]} {kind.id.replace('-', ' ')}" for kind, times in counts.items())
        verdict = f"{SIGNS[review.verdict]} {review.verdict.title}." if count == 1 else f"{told}."
        lines += [f"`{_code(review.old)}` → `{_code(review.new)}`. {verdict}", ""]
    return "\n".join(lines)


def _table(parts: list[_Part]) -> str:
    if not parts:
        return ""
    head = ["| Model | Parameters | MACs | State dict | Verdict |", "|:--|--:|--:|:--|:--|"]
    rows = [_row(part.comparison) for part in parts if part.level < _NOTHING]
    left = sum(part.level >= _NOTHING for part in parts)
    rows += [f"| … and {left} more | | | | |"] if left else []
    if len(rows) <= _OPEN + 5:
        return "\n".join([*head, *rows, ""])
    more = [f"<details><summary>and {len(parts) - _OPEN} more</summary>", "", *head, *rows[_OPEN:], "", "</details>", ""]
    return "\n".join([*head, *rows[:_OPEN], "", *more])


def _row(comparison: Comparison) -> str:
    by_label = {label: _change(before, after, delta) for label, before, after, delta in totals(comparison)}
    name, parameters, macs = _code(comparison.name), by_label["parameters"], by_label.get("MACs", "–")
    also = ", other forward" if comparison.headline != comparison.verdict.title else ""
    verdict = f"{SIGNS[comparison.verdict]} {comparison.verdict.id.replace('-', ' ')}{also}"
    return f"| `{name}` | {parameters} | {macs} | {counted(comparison)} | {verdict} |"


def _change(before: str, after: str, delta: str) -> str:
    return f"{before} → {after} ({delta.rpartition(', ')[2]})" if delta else after if after != "–" else before


def _section(comparison: Comparison, level: int) -> str:
    """Level 0 has everything; 1 no drawing; 2 short lists; 3 the verdict only."""
    title = f"{SIGNS[comparison.verdict]} <code>{_html(comparison.name)}</code> — {_html(comparison.headline)}"
    lines = ["<details>", f"<summary>{title}</summary>", ""]
    pieces: list[Callable[[], list[str]]] = []
    if level < 3:
        pieces.append(lambda: _lists(comparison, _LISTED if level < 2 else 5))
        pieces.append(lambda: _remarks(comparison))
    if level < 2:
        pieces.append(lambda: _code_block("python", hook(comparison), "To load old checkpoints"))
    if level < 1:
        pieces.append(lambda: _code_block("mermaid", to_mermaid(comparison), ""))
    if level == 3:
        lines += ["Left out to keep this comment short: run `astarch diff` to see it.", ""]
    for piece in pieces:
        lines += piece()
    return "\n".join([*lines, "</details>", ""])


def _lists(comparison: Comparison, most: int) -> list[str]:
    lines: list[str] = []
    for title, kinds in grouped(comparison):
        lines += [f"**{title}**", ""]
        for kind, changes in kinds:
            note, shown = told_once(changes)
            lines += [f"- {kind.title}" if len(changes) == 1 else f"- {kind.title} ({len(changes)}){f', {_plain(note)}' if note else ''}"]
            for change in shown[:most]:
                lines.append(f"  - {sentence(change, '`')}")
            if len(changes) > most:
                lines.append(f"  - … and {len(changes) - most} more")
        lines.append("")
    return lines


def _remarks(comparison: Comparison) -> list[str]:
    lines = [f"> The model has `{_code(name)}`, which may mend what is said here." for name in comparison.hooks[:4]]
    lines += [f"> Not known: {_plain(doubt)}." for doubt in comparison.doubts[:4]]
    if comparison.verdict is Verdict.MAPPING and comparison.renames:
        lines.append(f"> The mapping is {comparison.confidence:.0%} sure.")
    return [*lines, ""] if lines else []


def _code_block(language: str, code: str, title: str) -> list[str]:
    return [*([f"**{title}**", ""] if title else []), f"```{language}", code.rstrip("\n"), "```", ""] if code else []


def _foot(review: Review) -> str:
    lines = [f"- `{_code(name)}` could not be read: {_plain(reason)}" for name, reason in list(review.failures.items())[:10]]
    more = len(review.failures) - 10
    return "\n".join(
        [
            *lines,
            *([f"- and {more} more that could not be read"] if more > 0 else []),
            "<sub>read from source by astarch; nothing was run</sub>",
        ]
    )


def _code(text: str) -> str:
    """Text for between backquotes in a table."""
    return clean(text).replace("`", "'").replace("|", "\\|")


def _plain(text: str) -> str:
    cleaned = clean(text).replace("\\", "\\\\")
    for sign in "|*_`<>[]@#":
        cleaned = cleaned.replace(sign, f"\\{sign}")
    return cleaned


def _html(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
