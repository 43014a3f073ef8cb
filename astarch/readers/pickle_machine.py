"""Pickles as data: a loop over the opcodes that imports nothing and calls nothing.

What a pickle would import is a `Global`, what it would call a `Made`; both are inert records. Nothing here can run what a
file says, for there is no import and no call in it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

#: How many opcodes are followed; a checkpoint with 10,000 tensors has about half a million.
OPCODES = 4_000_000

#: The longest line of a text opcode, and the largest number in bytes.
LINE = 64 << 10
NUMBER = 1 << 10


class PickleError(Exception):
    """The bytes are no pickle, or one that is too large; ``names`` are the globals seen before."""

    def __init__(self, message: str, names: list[str] | None = None) -> None:
        super().__init__(message)
        self.names = names or []


@dataclass(frozen=True, slots=True, eq=False)
class Global:
    """What the pickle would import."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Made:
    """What the pickle would make by a call.

    Args:
        of: What it would call, mostly a `Global`.
        args: The positional arguments.
        keywords: The keyword arguments.
        state: What it would set its state to; later states follow in order.
        entries: What it would set as items.
        members: What it would append.
    """

    of: Any
    args: Any
    how: str = "reduce"
    keywords: Any = None
    states: list[Any] = field(default_factory=list)
    entries: list[tuple[Any, Any]] = field(default_factory=list)
    members: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """What stands outside of the pickle, by what the pickle says of it."""

    payload: Any


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """A dictionary key that is no plain scalar; equal only to itself."""

    value: Any


@dataclass(slots=True)
class Pickled:
    """One pickle: its value, the globals it mentions in order, where it ends, and what it would do to what it imports."""

    value: Any
    names: list[str]
    end: int
    made: list[Made]
    changes: list[str]


_PLAIN = (str, int, float, bool, bytes, type(None))


def read_pickle(data: bytes, start: int = 0, opcodes: int = OPCODES) -> Pickled:
    """Follow one pickle.

    >>> read_pickle(b"\\x80\\x02}q\\x00X\\x01\\x00\\x00\\x00aK\\x01s.").value
    {'a': 1}
    """
    machine = _Machine(data, start)
    names = machine.names
    try:
        return machine.run(opcodes)
    except PickleError as error:
        raise PickleError(str(error), names) from None
    except (struct.error, IndexError, ValueError, KeyError, TypeError, AttributeError, UnicodeError, OverflowError) as error:
        raise PickleError(f"it is cut short or damaged at byte {machine.at:,}", names) from error


class _Machine:
    """The stack, the memo and the place."""

    def __init__(self, data: bytes, start: int) -> None:
        self.data, self.at = data, start
        self.stack: list[Any] = []
        self.marks: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.names: list[str] = []
        self.made: list[Made] = []
        self.changes: list[str] = []
        self._globals: dict[tuple[str, str], Global] = {}

    def run(self, opcodes: int) -> Pickled:
        data, table = self.data, _TABLE
        for _ in range(opcodes):
            code = data[self.at]
            self.at += 1
            if code == 0x2E:  # STOP
                value = self.stack.pop()
                return Pickled(value, self.names, self.at, self.made, self.changes)
            step = table.get(code)
            if step is None:
                raise PickleError(f"byte {self.at - 1:,} is no opcode of a pickle")
            step(self)
        raise PickleError(f"it has more than {opcodes:,} opcodes")

    # --- reading --------------------------------------------------------------------------------------------------

    def take(self, count: int) -> bytes:
        end = self.at + count
        if count < 0 or end > len(self.data):
            raise PickleError(f"it asks for {count:,} bytes where {len(self.data) - self.at:,} are left")
        piece = self.data[self.at : end]
        self.at = end
        return piece

    def unsigned(self, width: int) -> int:
        return int.from_bytes(self.take(width), "little")

    def line(self) -> bytes:
        end = self.data.find(b"\n", self.at, self.at + LINE)
        if end < 0:
            raise PickleError("a line does not end")
        piece = self.data[self.at : end]
        self.at = end + 1
        return piece

    def since_mark(self) -> list[Any]:
        items = self.stack
        self.stack = self.marks.pop()
        return items

    # --- making ---------------------------------------------------------------------------------------------------

    def named(self, module: Any, name: Any) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            raise PickleError("it imports something that has no name")
        found = self._globals.get((module, name))
        if found is None:
            found = self._globals[module, name] = Global(module, name)
            self.names.append(str(found))
        self.stack.append(found)

    def make(self, of: Any, args: Any, how: str, keywords: Any = None) -> None:
        made = Made(of, args, how, keywords)
        self.made.append(made)
        self.stack.append(made)

    def set_items(self, target: Any, pairs: list[Any]) -> None:
        couples = list(zip(pairs[::2], pairs[1::2], strict=True))
        if type(target) is dict:
            for key, value in couples:
                target[key if type(key) in _PLAIN else Key(key)] = value
        elif isinstance(target, Made):
            target.entries.extend(couples)
        else:
            self.changes.append(str(target)[:80] if isinstance(target, Global) else type(target).__name__)

    def append(self, target: Any, items: list[Any]) -> None:
        if type(target) in (list, set):
            target.extend(items) if type(target) is list else target.update(Key(i) if type(i) not in _PLAIN else i for i in items)
        elif isinstance(target, Made):
            target.members.extend(items)
        else:
            self.changes.append(str(target)[:80] if isinstance(target, Global) else type(target).__name__)

    def build(self) -> None:
        state = self.stack.pop()
        target = self.stack[-1]
        if isinstance(target, Made):
            target.states.append(state)
        else:
            self.changes.append(str(target)[:80] if isinstance(target, Global) else type(target).__name__)


_TABLE: dict[int, Callable[[_Machine], Any]] = {}


def _on(*codes: bytes) -> Callable[[Callable[[_Machine], Any]], Callable[[_Machine], Any]]:
    def keep(step: Callable[[_Machine], Any]) -> Callable[[_Machine], Any]:
        for code in codes:
            _TABLE[code[0]] = step
        return step

    return keep


def _whole(text: bytes) -> Any:
    """A number of the text protocol; ``00`` and ``01`` are booleans."""
    if len(text) > NUMBER:
        raise PickleError("a number is too long")
    if text in (b"00", b"01"):
        return text == b"01"
    return int(text.rstrip(b"L"))


def _long(machine: _Machine, width: int) -> int:
    count = machine.unsigned(width)
    if count > NUMBER:
        raise PickleError(f"a number has {count:,} bytes")
    return int.from_bytes(machine.take(count), "little", signed=True)


def _quoted(machine: _Machine) -> str:
    text = machine.line().strip()
    if len(text) < 2 or text[:1] not in b"'\"" or text[-1:] != text[:1]:
        raise PickleError("a text has no quotes")
    return text[1:-1].decode("unicode_escape")


def _decoded(machine: _Machine, width: int, coding: str) -> str:
    return machine.take(machine.unsigned(width)).decode(coding, "surrogatepass" if coding == "utf-8" else "strict")


_VALUES: dict[bytes, Callable[[_Machine], Any]] = {
    b"N": lambda m: None,
    b"\x88": lambda m: True,
    b"\x89": lambda m: False,
    b"I": lambda m: _whole(m.line()),
    b"L": lambda m: _whole(m.line()),
    b"J": lambda m: struct.unpack("<i", m.take(4))[0],
    b"K": lambda m: m.unsigned(1),
    b"M": lambda m: m.unsigned(2),
    b"\x8a": lambda m: _long(m, 1),
    b"\x8b": lambda m: _long(m, 4),
    b"F": lambda m: float(m.line()),
    b"G": lambda m: struct.unpack(">d", m.take(8))[0],
    b"S": _quoted,
    b"T": lambda m: _decoded(m, 4, "latin-1"),
    b"U": lambda m: _decoded(m, 1, "latin-1"),
    b"B": lambda m: m.take(m.unsigned(4)),
    b"C": lambda m: m.take(m.unsigned(1)),
    b"\x8e": lambda m: m.take(m.unsigned(8)),
    b"\x96": lambda m: m.take(m.unsigned(8)),
    b"V": lambda m: m.line().decode("raw-unicode-escape"),
    b"X": lambda m: _decoded(m, 4, "utf-8"),
    b"\x8c": lambda m: _decoded(m, 1, "utf-8"),
    b"\x8d": lambda m: _decoded(m, 8, "utf-8"),
    b")": lambda m: (),
    b"]": lambda m: [],
    b"}": lambda m: {},
    b"\x8f": lambda m: set(),
    b"g": lambda m: m.memo[int(m.line())],
    b"h": lambda m: m.memo[m.unsigned(1)],
    b"j": lambda m: m.memo[m.unsigned(4)],
    b"2": lambda m: m.stack[-1],
    b"P": lambda m: Stored(m.line().decode("latin-1")),
    b"Q": lambda m: Stored(m.stack.pop()),
    b"t": lambda m: tuple(m.since_mark()),
    b"l": lambda m: m.since_mark(),
    b"\x91": lambda m: tuple(m.since_mark()),
}


def _pushes(value: Callable[[_Machine], Any]) -> Callable[[_Machine], None]:
    def step(machine: _Machine) -> None:
        made = value(machine)  # before the stack is asked for: `since_mark` replaces it
        machine.stack.append(made)

    return step


_TABLE.update({code[0]: _pushes(value) for code, value in _VALUES.items()})


@_on(b"\x80", b"\x95")
def _skip(machine: _Machine) -> None:
    """PROTO and FRAME say nothing about the value."""
    machine.take(1 if machine.data[machine.at - 1] == 0x80 else 8)


@_on(b"(")
def _mark(machine: _Machine) -> None:
    machine.marks.append(machine.stack)
    machine.stack = []


@_on(b"0")
def _pop(machine: _Machine) -> None:
    if machine.stack:
        machine.stack.pop()
    else:
        machine.since_mark()


@_on(b"1")
def _pop_mark(machine: _Machine) -> None:
    machine.since_mark()


@_on(b"d")
def _dict(machine: _Machine) -> None:
    pairs, made = machine.since_mark(), {}
    machine.set_items(made, pairs)
    machine.stack.append(made)


@_on(b"\x85", b"\x86", b"\x87")
def _tuple(machine: _Machine) -> None:
    count = machine.data[machine.at - 1] - 0x84
    items = tuple(machine.stack[-count:])
    if len(items) != count:
        raise PickleError("the stack is empty")
    machine.stack[-count:] = [items]


@_on(b"p", b"q", b"r", b"\x94")
def _memoize(machine: _Machine) -> None:
    code = machine.data[machine.at - 1]
    if code == 0x94:
        place = len(machine.memo)
    elif code == 0x70:
        place = int(machine.line())
    else:
        place = machine.unsigned(1 if code == 0x71 else 4)
    machine.memo[place] = machine.stack[-1]


@_on(b"s", b"u")
def _set_items(machine: _Machine) -> None:
    if machine.data[machine.at - 1] == 0x73:
        value, key = machine.stack.pop(), machine.stack.pop()
        pairs = [key, value]
    else:
        pairs = machine.since_mark()
    machine.set_items(machine.stack[-1], pairs)


@_on(b"a", b"e", b"\x90")
def _append(machine: _Machine) -> None:
    items = [machine.stack.pop()] if machine.data[machine.at - 1] == 0x61 else machine.since_mark()
    machine.append(machine.stack[-1], items)


@_on(b"c")
def _global(machine: _Machine) -> None:
    module, name = machine.line().decode("utf-8"), machine.line().decode("utf-8")
    machine.named(module, name)


@_on(b"\x93")
def _stack_global(machine: _Machine) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    machine.named(module, name)


@_on(b"R", b"\x81")
def _reduce(machine: _Machine) -> None:
    how = "reduce" if machine.data[machine.at - 1] == 0x52 else "new"
    args, of = machine.stack.pop(), machine.stack.pop()
    machine.make(of, args, how)


@_on(b"\x92")
def _new_with_keywords(machine: _Machine) -> None:
    keywords, args, of = machine.stack.pop(), machine.stack.pop(), machine.stack.pop()
    machine.make(of, args, "new", keywords)


@_on(b"o")
def _object(machine: _Machine) -> None:
    of, *args = machine.since_mark()
    machine.make(of, tuple(args), "reduce")


@_on(b"i")
def _instance(machine: _Machine) -> None:
    module, name = machine.line().decode("utf-8"), machine.line().decode("utf-8")
    args = tuple(machine.since_mark())
    machine.named(module, name)
    machine.make(machine.stack.pop(), args, "reduce")


@_on(b"b")
def _build(machine: _Machine) -> None:
    machine.build()


@_on(b"\x82", b"\x83", b"\x84")
def _extension(machine: _Machine) -> None:
    raise PickleError("it uses the extension registry, whose meaning stands elsewhere")


@_on(b"\x97", b"\x98")
def _buffer(machine: _Machine) -> None:
    raise PickleError("it has buffers outside of it")
