"""Colours and drawing characters of a terminal, and how they are left out."""

from __future__ import annotations

from dataclasses import dataclass

#: What a piece of text is, and the terminal's code for how it looks.
STYLES = {
    "": "",
    "title": "1",
    "head": "1;4",
    "dim": "2",
    "name": "36",
    "type": "",
    "number": "",
    "error": "1;31",
    "warning": "1;33",
    "info": "1;34",
    "help": "1;32",
    "gutter": "34",
    "strong": "1",
}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters a report draws with."""

    branch: str = "├─ "
    last: str = "└─ "
    pipe: str = "│  "
    blank: str = "   "
    times: str = "×"
    dot: str = "·"
    dash: str = "–"
    ellipsis: str = "…"
    cross: str = "✗"
    arrow: str = "→"
    corner: str = "┌─"
    bar: str = "│"
    tee: str = "├─"


ROUND = Glyphs()
#: How an ASCII page writes what sources and messages like to contain.
_PLAIN = str.maketrans({"×": "x", "·": "*", "–": "-", "—": "-", "…": ".", "→": ">", "’": "'", "“": '"', "”": '"', "�": "?"})
ASCII = Glyphs("|- ", "`- ", "|  ", "   ", "x", "*", "-", "..", "X", "->", "-->", "|", ":::")


@dataclass(frozen=True, slots=True)
class Page:
    """What a report is written on: how wide, with which characters, in colour or not."""

    width: int = 100
    glyphs: Glyphs = ROUND
    color: bool = False

    def paint(self, text: str, style: str) -> str:
        """The text in its style, or as it is on a page without colour.

        >>> Page(color=True).paint("no", "error")
        '\\x1b[1;31mno\\x1b[0m'
        """
        code = STYLES[style] if self.color else ""
        return f"\x1b[{code}m{text}\x1b[0m" if code and text else text

    def fit(self, text: str, width: int) -> str:
        """The text, its end left out when it is longer than the width.

        >>> Page().fit("Conv2d(3, 64, 7)", 10)
        'Conv2d(3,…'
        """
        return text if len(text) <= width else self._cut(text, width)

    def _cut(self, text: str, width: int) -> str:
        mark = self.glyphs.ellipsis[:width]
        return text[: max(width - len(mark), 0)].rstrip() + mark

    def written(self, text: str) -> str:
        """The text in the page's characters: on an ASCII page nothing but ASCII."""
        if self.glyphs is not ASCII or text.isascii():
            return text
        return text.translate(_PLAIN).encode("ascii", "backslashreplace").decode("ascii")

    def fit_end(self, text: str, width: int) -> str:
        """The text, its beginning left out when it is longer than the width: the end of a path says most."""
        if len(text) <= width:
            return text
        mark = self.glyphs.ellipsis[:width]
        return mark + text[len(text) - width + len(mark) :] if width > len(mark) else mark


def clean(text: str) -> str:
    """The text without control characters: a name in a hostile program must not steer the terminal.

    >>> clean("a\\x1b[31mb")
    'a�[31mb'
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "�" for character in text)
