"""The small syntax that everything after parsing works on: about forty node kinds, each with its place.

Nodes are plain data: they are made once by `lower`, written to the cache as they are, and read back without
libcst. ``at`` is ``(line, column, end line, end column)``; lines count from 1, columns from 1, the end is exclusive.
"""

from __future__ import annotations

from typing import Union

from msgspec import Struct

At = tuple[int, int, int, int]


class Name(Struct, array_like=True, tag=1, gc=False):
    at: At
    id: str


class Constant(Struct, array_like=True, tag=2, gc=False):
    """None, True, False, a small integer, a float, text or bytes."""

    at: At
    value: bool | int | float | str | None


class Literal(Struct, array_like=True, tag=3, gc=False):
    """A constant that JSON-like data cannot hold; ``kind`` is ``bytes``, ``int``, ``complex`` or ``ellipsis``."""

    at: At
    kind: str
    text: str


class Formatted(Struct, array_like=True, tag=4):
    """A replacement field of an f-string."""

    at: At
    value: Expression
    conversion: str
    spec: FString | None


class FString(Struct, array_like=True, tag=5):
    at: At
    parts: list[Expression]


class Display(Struct, array_like=True, tag=6):
    """``(a, b)``, ``[a, b]`` or ``{a, b}``; ``kind`` is ``tuple``, ``list`` or ``set``."""

    at: At
    kind: str
    items: list[Expression]


class DictDisplay(Struct, array_like=True, tag=7):
    """A None key stands for ``**value``."""

    at: At
    keys: list[Expression | None]
    values: list[Expression]


class Unary(Struct, array_like=True, tag=8):
    """``op`` is ``-``, ``+``, ``~`` or ``not``."""

    at: At
    op: str
    operand: Expression


class Binary(Struct, array_like=True, tag=9):
    at: At
    op: str
    left: Expression
    right: Expression


class Boolean(Struct, array_like=True, tag=10):
    """``op`` is ``and`` or ``or``."""

    at: At
    op: str
    left: Expression
    right: Expression


class Compare(Struct, array_like=True, tag=11):
    at: At
    left: Expression
    ops: list[str]
    comparators: list[Expression]


class Conditional(Struct, array_like=True, tag=12):
    at: At
    test: Expression
    body: Expression
    orelse: Expression


class Argument(Struct, array_like=True, tag=13):
    """``star`` is empty, ``*`` or ``**``."""

    at: At
    star: str
    keyword: str
    value: Expression


class Call(Struct, array_like=True, tag=14):
    at: At
    function: Expression
    arguments: list[Argument]


class Attribute(Struct, array_like=True, tag=15):
    at: At
    value: Expression
    name: str


class Subscript(Struct, array_like=True, tag=16):
    at: At
    value: Expression
    index: Expression


class Slice(Struct, array_like=True, tag=17):
    at: At
    lower: Expression | None
    upper: Expression | None
    step: Expression | None


class Starred(Struct, array_like=True, tag=18):
    at: At
    value: Expression


class Parameter(Struct, array_like=True, tag=19):
    """``kind`` is ``/`` positional only, empty, ``*``, ``k`` keyword only, or ``**``."""

    at: At
    kind: str
    name: str
    default: Expression | None
    annotation: Expression | None


class Lambda(Struct, array_like=True, tag=20):
    at: At
    parameters: list[Parameter]
    body: Expression


class Clause(Struct, array_like=True, tag=21):
    """``for target in iterable if conditions`` of a comprehension."""

    at: At
    target: Expression
    iterable: Expression
    conditions: list[Expression]


class Comprehension(Struct, array_like=True, tag=22):
    """``kind`` is ``list``, ``set``, ``dict`` (then ``key`` is set) or ``generator``."""

    at: At
    kind: str
    key: Expression | None
    element: Expression
    clauses: list[Clause]


class Yield(Struct, array_like=True, tag=23):
    at: At
    value: Expression | None
    whole: bool  # ``yield from``


class Await(Struct, array_like=True, tag=24):
    at: At
    value: Expression


class Walrus(Struct, array_like=True, tag=25):
    at: At
    target: Name
    value: Expression


Expression = Union[
    Name, Constant, Literal, Formatted, FString, Display, DictDisplay, Unary, Binary, Boolean, Compare, Conditional, Call, Attribute,
    Subscript, Slice, Starred, Lambda, Comprehension, Yield, Await, Walrus,
]  # fmt: skip


class Evaluate(Struct, array_like=True, tag=30):
    """An expression that stands as a statement."""

    at: At
    value: Expression


class Assign(Struct, array_like=True, tag=31):
    at: At
    targets: list[Expression]
    value: Expression


class Annotate(Struct, array_like=True, tag=32):
    at: At
    target: Expression
    annotation: Expression
    value: Expression | None


class Augment(Struct, array_like=True, tag=33):
    at: At
    target: Expression
    op: str
    value: Expression


class Return(Struct, array_like=True, tag=34):
    at: At
    value: Expression | None


class Raise(Struct, array_like=True, tag=35):
    at: At
    value: Expression | None
    cause: Expression | None


class Assert(Struct, array_like=True, tag=36):
    at: At
    test: Expression
    message: Expression | None


class Delete(Struct, array_like=True, tag=37):
    at: At
    targets: list[Expression]


class Simple(Struct, array_like=True, tag=38, gc=False):
    """``pass``, ``break`` or ``continue``."""

    at: At
    kind: str


class Scope(Struct, array_like=True, tag=39):
    """``global`` or ``nonlocal`` names."""

    at: At
    kind: str
    names: list[str]


class Alias(Struct, array_like=True, tag=40, gc=False):
    at: At
    name: str
    asname: str


class Import(Struct, array_like=True, tag=41):
    at: At
    names: list[Alias]


class ImportFrom(Struct, array_like=True, tag=42):
    """``names`` is one alias ``*`` for a star import."""

    at: At
    module: str
    level: int
    names: list[Alias]


class If(Struct, array_like=True, tag=43):
    at: At
    test: Expression
    body: list[Statement]
    orelse: list[Statement]


class For(Struct, array_like=True, tag=44):
    at: At
    target: Expression
    iterable: Expression
    body: list[Statement]
    orelse: list[Statement]


class While(Struct, array_like=True, tag=45):
    at: At
    test: Expression
    body: list[Statement]
    orelse: list[Statement]


class Handler(Struct, array_like=True, tag=46):
    at: At
    exception: Expression | None
    name: str
    body: list[Statement]


class Try(Struct, array_like=True, tag=47):
    at: At
    body: list[Statement]
    handlers: list[Handler]
    orelse: list[Statement]
    final: list[Statement]


class WithItem(Struct, array_like=True, tag=48):
    at: At
    context: Expression
    target: Expression | None


class With(Struct, array_like=True, tag=49):
    at: At
    items: list[WithItem]
    body: list[Statement]


class Pattern(Struct, array_like=True, tag=50):
    """``kind`` is ``value``, ``capture``, ``star``, ``sequence``, ``mapping``, ``class``, ``or``.

    ``names`` are capture names, keywords of a class pattern, or empty; ``value`` is the literal, the class, or None.
    """

    at: At
    kind: str
    value: Expression | None
    names: list[str]
    keys: list[Expression]
    patterns: list[Pattern]


class Case(Struct, array_like=True, tag=51):
    at: At
    pattern: Pattern
    guard: Expression | None
    body: list[Statement]


class Match(Struct, array_like=True, tag=52):
    at: At
    subject: Expression
    cases: list[Case]


class FunctionDef(Struct, array_like=True, tag=53):
    """A function; ``body`` is None while it has only been indexed: ``lines`` says where it stands then."""

    at: At
    name: str
    parameters: list[Parameter]
    decorators: list[Expression]
    returns: Expression | None
    body: list[Statement] | None
    lines: tuple[int, int]
    is_async: bool = False


class ClassDef(Struct, array_like=True, tag=54):
    at: At
    name: str
    arguments: list[Argument]
    decorators: list[Expression]
    body: list[Statement]


class Unsupported(Struct, array_like=True, tag=55, gc=False):
    """What is not lowered: running it gives an Unknown that names it."""

    at: At
    kind: str


Statement = Union[
    Evaluate, Assign, Annotate, Augment, Return, Raise, Assert, Delete, Simple, Scope, Import, ImportFrom, If, For, While, Try, With,
    Match, FunctionDef, ClassDef, Unsupported,
]  # fmt: skip
