"""FlatBuffers: tables whose fields stand at offsets, every one of which is checked."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from .opening import refuse

#: How many tables and vector elements are read.
STEPS = 2_000_000


class Buffer:
    """The bytes, and how much of them may still be read."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path, self.data, self.left = path, data, STEPS

    def unpack(self, form: str, at: int) -> Any:
        """A number; a place outside is refused."""
        self.left -= 1
        if self.left < 0:
            refuse(self.path, f"has more than {STEPS:,} values", "it is made to exhaust its reader")
        if at < 0 or at + struct.calcsize(form) > len(self.data):
            refuse(self.path, "points outside of itself", "it is cut short or damaged; download it again")
        return struct.unpack_from(form, self.data, at)[0]

    def root(self) -> Table:
        """The outermost table."""
        return Table(self, self.unpack("<I", 0))


class Table:
    """One table: its fields by slot."""

    __slots__ = ("at", "buffer", "fields", "size")

    def __init__(self, buffer: Buffer, at: int) -> None:
        self.buffer, self.at = buffer, at
        self.fields = at - buffer.unpack("<i", at)
        self.size = buffer.unpack("<H", self.fields)

    def _place(self, slot: int) -> int:
        offset = 4 + 2 * slot
        inner = self.buffer.unpack("<H", self.fields + offset) if offset + 2 <= self.size else 0
        return self.at + inner if inner else 0

    def number(self, slot: int, form: str = "<i", default: Any = 0) -> Any:
        """A scalar."""
        place = self._place(slot)
        return self.buffer.unpack(form, place) if place else default

    def table(self, slot: int) -> Table | None:
        """A table."""
        place = self._place(slot)
        return Table(self.buffer, place + self.buffer.unpack("<I", place)) if place else None

    def text(self, slot: int) -> str:
        """A text."""
        place = self._place(slot)
        return self._text(place + self.buffer.unpack("<I", place)) if place else ""

    def _text(self, at: int) -> str:
        length = self.buffer.unpack("<I", at)
        if at + 4 + length > len(self.buffer.data):
            refuse(self.buffer.path, "points outside of itself", "it is cut short or damaged; download it again")
        return self.buffer.data[at + 4 : at + 4 + length].decode("utf-8", "replace")

    def _vector(self, slot: int, width: int) -> tuple[int, int]:
        place = self._place(slot)
        if not place:
            return 0, 0
        start = place + self.buffer.unpack("<I", place)
        count = self.buffer.unpack("<I", start)
        if start + 4 + count * width > len(self.buffer.data):
            refuse(self.buffer.path, f"has a list of {count:,} elements that ends outside of it", "it is cut short or damaged")
        return start + 4, count

    def length(self, slot: int, width: int = 1) -> int:
        """How many elements a vector has."""
        return self._vector(slot, width)[1]

    def numbers(self, slot: int, form: str = "<i") -> list[Any]:
        """A vector of scalars."""
        width = struct.calcsize(form)
        start, count = self._vector(slot, width)
        return [self.buffer.unpack(form, start + width * place) for place in range(count)]

    def tables(self, slot: int) -> list[Table]:
        """A vector of tables."""
        start, count = self._vector(slot, 4)
        places = [start + 4 * place for place in range(count)]
        return [Table(self.buffer, place + self.buffer.unpack("<I", place)) for place in places]
