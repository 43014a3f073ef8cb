"""The protobuf wire format, read where it stands: fields by number, nothing copied that is not asked for.

A large message is walked in the file itself, so that the weights of a model are stepped over and never read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import ReadError

#: How many fields are read of one file, and how deep messages nest; protobuf's own limit is 100.
FIELDS = 4_000_000
DEPTH = 100

#: Messages up to this size are read at once.
AT_ONCE = 1 << 20

#: The longest text or packed list that is read.
TEXT = 16 << 20


class WireError(ReadError):
    """The bytes are no protobuf message, or one beyond the limits."""


class Source:
    """A file and what may still be read of it."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self.file = path, file
        self.left = FIELDS

    def at(self, start: int, length: int) -> bytes:
        self.file.seek(start)
        return self.file.read(length)

    def refuse(self, problem: str) -> WireError:
        return WireError(f"`{self.path}` {problem}", "it is cut short, damaged, or not what its name says")


class Message:
    """A message: its fields by number, each as often as it occurs.

    Args:
        source: The file.
        data: Bytes that hold it, or None when it is still in the file.
        start: Where it begins, in the data or in the file.
        end: Where it ends.
        depth: How many messages are around it.
    """

    __slots__ = ("_fields", "data", "depth", "end", "source", "start")

    def __init__(self, source: Source, data: bytes | None, start: int, end: int, depth: int = 0) -> None:
        if depth > DEPTH:
            raise source.refuse(f"nests its messages more than {DEPTH} deep")
        self.source, self.data, self.start, self.end, self.depth = source, data, start, end, depth
        self._fields: dict[int, list[int | Message]] | None = None

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.end - self.start

    def raw(self, limit: int = TEXT) -> bytes:
        """Its bytes themselves."""
        if self.size > limit:
            raise self.source.refuse(f"holds a value of {self.size:,} bytes where at most {limit:,} are expected")
        found = self.data[self.start : self.end] if self.data is not None else self.source.at(self.start, self.size)
        if len(found) != self.size:
            raise self.source.refuse("ends in the middle of a message")
        return found

    def begin(self, count: int) -> bytes:
        """Its first bytes."""
        if self.data is not None:
            return self.data[self.start : min(self.start + count, self.end)]
        return self.source.at(self.start, min(count, self.size))

    @property
    def fields(self) -> dict[int, list[int | Message]]:
        """All fields."""
        if self._fields is None:
            found: dict[int, list[int | Message]] = {}
            for number, value in self._walk():
                found.setdefault(number, []).append(value)
            self._fields = found
        return self._fields

    def _walk(self) -> Iterator[tuple[int, int | Message]]:
        if self.data is None and self.size <= AT_ONCE:
            self.data, self.start, self.end = self.raw(), 0, self.size
        step = self._in_file if self.data is None else self._in_data
        at, end, source = self.start, self.end, self.source
        while at < end:
            source.left -= 1
            if source.left < 0:
                raise source.refuse(f"has more than {FIELDS:,} fields")
            number, value, at = step(at)
            yield number, value
        if at != end:
            raise source.refuse("has a field that ends outside of its message")

    def _in_data(self, at: int) -> tuple[int, int | Message, int]:
        assert self.data is not None
        return self._field(self.data, at, self.end, 0)

    def _in_file(self, at: int) -> tuple[int, int | Message, int]:
        return self._field(self.source.at(at, 20), 0, self.end - at, at)

    def _field(self, data: bytes, at: int, end: int, moved: int) -> tuple[int, int | Message, int]:
        """One field: its number, its value, where the next begins."""
        try:
            key, at = varint(data, at)
            kind, number = key & 7, key >> 3
            if kind == 0:
                value, at = varint(data, at)
                return number, value, at + moved
            if kind == 2:
                length, at = varint(data, at)
                if not number or length > end - at:
                    raise self.source.refuse(f"has a field of {length:,} bytes where {end - at:,} are left")
                inner = Message(self.source, None if moved or self.data is None else data, at + moved, at + moved + length, self.depth + 1)
                return number, inner, at + moved + length
            if kind in (1, 5):
                width = 8 if kind == 1 else 4
                piece = data[at : at + width]
                if len(piece) != width:
                    raise self.source.refuse("ends in the middle of a field")
                return number, int.from_bytes(piece, "little"), at + moved + width
        except IndexError:
            raise self.source.refuse("ends in the middle of a field") from None
        raise self.source.refuse("is no protobuf message")

    # --- values -----------------------------------------------------------------------------------------------------

    def has(self, number: int) -> bool:
        """Whether the field occurs."""
        return number in self.fields

    def number(self, number: int, default: int = 0) -> int:
        """A whole number, as int64."""
        found = self.fields.get(number)
        return signed(found[-1]) if found and isinstance(found[-1], int) else default

    def numbers(self, number: int) -> list[int]:
        """Whole numbers, packed or not."""
        found: list[int] = []
        for value in self.fields.get(number, ()):
            if isinstance(value, int):
                found.append(signed(value))
                continue
            data, at = value.raw(), 0
            self.source.left -= len(data)
            while at < len(data):
                try:
                    item, at = varint(data, at)
                except IndexError:
                    raise self.source.refuse("ends in the middle of a list") from None
                found.append(signed(item))
        return found

    def real(self, number: int) -> float:
        """A float."""
        found = self.fields.get(number)
        value = found[-1] if found else 0
        return struct.unpack("<f", value.to_bytes(4, "little"))[0] if isinstance(value, int) and value < 1 << 32 else 0.0

    def reals(self, number: int, form: str = "f") -> list[float]:
        """Floats (``f``) or doubles (``d``), packed or not."""
        found: list[float] = []
        width = struct.calcsize(form)
        for value in self.fields.get(number, ()):
            data = value.to_bytes(8, "little")[:width] if isinstance(value, int) else value.raw()
            found += struct.unpack(f"<{len(data) // width}{form}", data[: len(data) // width * width])
        return found

    def text(self, number: int, default: str = "") -> str:
        """A text."""
        found = self.fields.get(number)
        return _text(found[-1]) if found and isinstance(found[-1], Message) else default

    def texts(self, number: int) -> list[str]:
        """Texts."""
        return [_text(value) for value in self.fields.get(number, ()) if isinstance(value, Message)]

    def message(self, number: int) -> Message:
        """A message; an empty one when there is none."""
        found = self.fields.get(number)
        return found[-1] if found and isinstance(found[-1], Message) else Message(self.source, b"", 0, 0, self.depth + 1)

    def messages(self, number: int) -> list[Message]:
        """Messages."""
        return [value for value in self.fields.get(number, ()) if isinstance(value, Message)]

    def table(self, number: int) -> dict[str, Message]:
        """A map from text to messages."""
        return {entry.text(1): entry.message(2) for entry in self.messages(number)}


def _text(message: Message) -> str:
    return message.raw().decode("utf-8", "replace")


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends.

    >>> varint(bytes([0xAC, 0x02]), 0)
    (300, 2)
    """
    byte = data[at]
    at += 1
    if byte < 0x80:
        return byte, at
    value, shift = byte & 0x7F, 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
        if shift > 63:
            raise IndexError


def signed(value: int) -> int:
    """A 64-bit number as two's complement."""
    return value - (1 << 64) if value >= 1 << 63 else value
