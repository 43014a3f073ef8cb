"""Rule: rows are asked of an embedding that it does not have."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, Definition, File, dotted_text
from ..assignments import only_value
from ..rule import Rule, argument

_EMBEDDINGS = ("torch.nn.Embedding", "keras.layers.Embedding")
_RANGES = ("torch.arange", "keras.ops.arange", "tensorflow.range")

#: Methods that leave every number what it is.
_KEEPING = frozenset({"unsqueeze", "squeeze", "expand", "repeat", "view", "reshape", "to", "long", "int", "cuda", "type_as", "clone",
                      "contiguous", "detach", "expand_as", "flatten", "transpose", "t"})  # fmt: skip


class EmbeddingIndexRange(Rule):
    """An embedding is asked for rows that it does not have.

    ## Why
    A table of positions without room for the class token, or for the offset that is added to them: torch raises IndexError, on a GPU it
    stops the process; TensorFlow on a GPU gives zeros.

    ## Known problems
    Only positions counted by `arange` are looked at, and indices that a run knows; the numbers of tokens are data. Where only the
    longest sequence that is allowed fails, it is a warning.
    """

    code = "MDL226"
    framework = "both"
    references = ("https://github.com/bentrevett/pytorch-seq2seq/issues/89",)
    bad = (
        """
    class Positions(nn.Module):
        def __init__(self, patches, width):
            super().__init__()
            self.table = nn.Embedding(patches, width)
            self.register_buffer("positions", torch.arange(patches + 1))

        def forward(self, x):
            return x + self.table(self.positions)
    """,
        """
    class Positions(nn.Module):
        def __init__(self, longest, width):
            super().__init__()
            self.longest = longest
            self.table = nn.Embedding(longest, width)

        def forward(self, x):
            length = x.size(1)
            assert length <= self.longest
            positions = torch.arange(length, device=x.device) + 2
            return x + self.table(positions)
    """,
    )
    good = (
        """
    class Positions(nn.Module):
        def __init__(self, patches, width):
            super().__init__()
            self.table = nn.Embedding(patches + 1, width)
            self.register_buffer("positions", torch.arange(patches + 1))

        def forward(self, x):
            return x + self.table(self.positions)
    """,
        """
    class Positions(nn.Module):
        def __init__(self, longest, width):
            super().__init__()
            self.longest = longest
            self.table = nn.Embedding(longest + 2, width)

        def forward(self, x):
            length = x.size(1)
            assert length <= self.longest
            positions = torch.arange(length, device=x.device) + 2
            return x + self.table(positions)
    """,
    )

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        tables = _tables(cls)
        if not tables or cls.forward is None or cls.dynamic:
            return
        for call in cls.file.within(cls.forward, ast.Call):
            name = dotted_text(call.func).removeprefix("self.")
            if name not in tables or dotted_text(call.func) != f"self.{name}" or len(call.args) != 1:
                continue
            highest = _highest(cls, cls.forward, call.args[0], 0)
            rows = _sum(cls, tables[name])
            if highest is None or rows is None:
                continue
            sure = highest.base == rows.base
            bound = highest if sure else _bounded(cls, cls.forward, highest)
            if bound is None or bound.base != rows.base or bound.more < rows.more:
                continue
            longest = "" if sure else " for the longest sequence that is allowed"
            yield self.finding(
                cls.file,
                call,
                f"`self.{name}` is asked for row {bound}{longest}, and has {rows}, counted from 0",
                notes=[(tables[name], f"{rows} rows")],
                severity="error" if sure else "warning",
            )


class _Sum(NamedTuple):
    """A name, or nothing, and a number added to it."""

    base: str
    more: int

    def __str__(self) -> str:
        if not self.base or not self.more:
            return self.base or str(self.more)
        return f"{self.base} {'+' if self.more > 0 else '-'} {abs(self.more)}"

    def plus(self, number: int) -> _Sum:
        return _Sum(self.base, self.more + number)


def _tables(cls: ClassSource) -> dict[str, ast.expr]:
    """The embeddings that it keeps, each made once in its constructor, with their number of rows."""
    found: dict[str, ast.expr] = {}
    for one in cls.assigned:
        made = one.value
        if not isinstance(made, ast.Call) or one.method.name != "__init__" or len(cls.kept.get(one.name, ())) != 1:
            continue
        if cls.file.resolve(made.func) in _EMBEDDINGS:
            rows = argument(made, 0, "num_embeddings") or argument(made, 0, "input_dim")
            if rows is not None:
                found[one.name] = rows
    return found


def _sum(cls: ClassSource, node: ast.expr, depth: int = 0) -> _Sum | None:
    """What an expression is as a name and a number; a kept argument of the constructor goes by the name of that."""
    if isinstance(node, ast.Constant):
        return _Sum("", node.value) if isinstance(node.value, int) and not isinstance(node.value, bool) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)) and depth < 6:
        left, right = _sum(cls, node.left, depth + 1), _sum(cls, node.right, depth + 1)
        if left is None or right is None or (right.base and (left.base or isinstance(node.op, ast.Sub))):
            return None
        return _Sum(left.base or right.base, left.more + (right.more if isinstance(node.op, ast.Add) else -right.more))
    text = dotted_text(node)
    owner, _, name = text.rpartition(".")
    if owner == "self":
        kept = cls.kept.get(name, ())
        value = kept[0][1].value if len(kept) == 1 and kept[0][0] is cls and kept[0][1].method.name == "__init__" else None
        return _sum(cls, value, depth + 1) if value is not None and depth < 6 else None
    if isinstance(node, ast.Name):
        return _named(cls, node, depth)
    return _Sum(text, 0) if owner in ("config", "cfg", "args", "self.config", "self.cfg", "self.args") else None


def _named(cls: ClassSource, name: ast.Name, depth: int) -> _Sum | None:
    """A local name: an argument of the constructor that stays what it was given, or what it was given once."""
    function = cls.file.function_of(name)
    if function is None:
        return None
    stored = any(node.id == name.id and not isinstance(node.ctx, ast.Load) for node in cls.file.within(function, ast.Name))
    if not stored:
        own = any(arg.arg == name.id for arg in (*function.args.args, *function.args.kwonlyargs))
        return _Sum(name.id, 0) if own and function is cls.methods.get("__init__") else None
    value = only_value(cls.file, name, name)
    if value is None or depth >= 6:
        return None
    return _sum(cls, value, depth + 1) or (_Sum(f"{function.name}:{name.id}", 0) if function is cls.forward else None)


def _highest(cls: ClassSource, function: Definition, node: ast.expr, depth: int) -> _Sum | None:
    """The highest number in a tensor of positions; None when that is not known."""
    if depth > 8:
        return None
    if isinstance(node, ast.Name):
        value = only_value(cls.file, node, node)
        return _highest(cls, function, value, depth + 1) if value is not None else None
    if isinstance(node, ast.Attribute):
        value = _kept_positions(cls, dotted_text(node).removeprefix("self.")) if dotted_text(node).startswith("self.") else None
        return _highest(cls, cls.methods["__init__"], value, depth + 1) if value is not None else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        start, number = _highest(cls, function, node.left, depth + 1), _sum(cls, node.right)
        if start is None or number is None or number.base:
            return None
        return start.plus(number.more if isinstance(node.op, ast.Add) else -number.more)
    if isinstance(node, ast.Subscript):
        return _highest(cls, function, node.value, depth + 1) if _is_new_axis(node.slice) else None
    if not isinstance(node, ast.Call):
        return None
    if cls.file.resolve(node.func) in _RANGES:
        return _last(cls, node)
    keeps = isinstance(node.func, ast.Attribute) and node.func.attr in _KEEPING
    return _highest(cls, function, node.func.value, depth + 1) if keeps and isinstance(node.func, ast.Attribute) else None


def _last(cls: ClassSource, call: ast.Call) -> _Sum | None:
    """The last number of an ``arange`` that counts by ones."""
    given = [arg for arg in call.args if not isinstance(arg, ast.Starred)]
    if len(given) != len(call.args) or len(given) not in (1, 2) or any(one.arg in (None, "step", "start", "end") for one in call.keywords):
        return None
    end = _sum(cls, given[-1])
    if end is None:
        end = _Sum(ast.unparse(given[-1]), 0) if _is_steady(cls, given[-1]) else None
    return end.plus(-1) if end is not None else None


def _is_steady(cls: ClassSource, size: ast.expr) -> bool:
    """Whether ``x.size(1)`` means the same wherever it stands in the function: nothing gives `x` another value."""
    function = cls.file.function_of(size)
    names = {node.id for node in cls.file.within(size, ast.Name)}
    stores = cls.file.within(function, ast.Name) if function is not None else []
    return isinstance(size, (ast.Call, ast.Subscript)) and not any(
        node.id in names and not isinstance(node.ctx, ast.Load) for node in stores
    )


def _kept_positions(cls: ClassSource, name: str) -> ast.expr | None:
    """What a buffer, or an attribute, was made of in the constructor."""
    init = cls.methods.get("__init__")
    if init is None or cls.forward is None:
        return None
    registered = [
        call.args[1]
        for call in cls.file.within(init, ast.Call)
        if dotted_text(call.func) == "self.register_buffer"
        and len(call.args) > 1
        and isinstance(call.args[0], ast.Constant)
        and call.args[0].value == name
    ]
    kept = [one.value for _, one in cls.kept.get(name, ()) if one.value is not None]
    return registered[0] if len(registered) == 1 and not kept else kept[0] if len(kept) == 1 and not registered else None


def _bounded(cls: ClassSource, function: Definition, highest: _Sum) -> _Sum | None:
    """The same for the longest sequence, where the function itself says how long one may be: ``assert length <= self.longest``."""
    for test, holds in _tests(cls.file, function):
        if len(test.ops) != 1:
            continue
        fits = (ast.LtE, ast.Lt) if holds else (ast.Gt, ast.GtE)
        if not isinstance(test.ops[0], fits) or not _is_said(cls, test.left, highest.base):
            continue
        limit = _sum(cls, test.comparators[0])
        if limit is not None:
            return limit.plus(highest.more - (1 if isinstance(test.ops[0], (ast.Lt, ast.GtE)) else 0))
    return None


def _is_said(cls: ClassSource, node: ast.expr, base: str) -> bool:
    """Whether an expression is the size that a sum goes by."""
    here = _sum(cls, node)
    return ast.unparse(node) == base or (here is not None and here.base == base and not here.more)


def _tests(file: File, function: Definition) -> Iterator[tuple[ast.Compare, bool]]:
    """Comparisons on which a function stops: what it asserts, and what it raises on."""
    for statement in function.body:
        if isinstance(statement, ast.Assert) and isinstance(statement.test, ast.Compare):
            yield statement.test, True
        elif isinstance(statement, ast.If) and isinstance(statement.test, ast.Compare) and isinstance(statement.body[-1], ast.Raise):
            yield statement.test, False


def _is_new_axis(node: ast.expr) -> bool:
    """Whether an index only adds axes, or takes all of one: ``[None, :]``."""
    return all(
        (isinstance(one, ast.Constant) and one.value is None)
        or (isinstance(one, ast.Slice) and one.lower is None and one.upper is None and one.step is None)
        for one in (node.elts if isinstance(node, ast.Tuple) else [node])
    )
