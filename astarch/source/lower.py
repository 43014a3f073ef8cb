"""libcst to the small syntax: the only place that knows libcst's node classes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import libcst as cst

from ..ir.parsing import literal
from . import syntax as s
from .positions import Positions

#: Code points that `int()` may be asked to read; longer numbers are no sizes of a model.
_LONGEST_NUMBER = 4000


class Lowering:
    """Lowers one parsed piece of a file.

    Args:
        module: What libcst parsed.
        line: The line of the file on which its first line stands.
        elided: Function bodies left out of the text: ``{first line: last line}`` in the file.
    """

    def __init__(self, module: cst.Module, line: int, elided: dict[int, int]) -> None:
        self.at = Positions(module, line).at
        self.elided = elided
        self.outer: s.At = (line, 1, line, 1)

    # --- places -----------------------------------------------------------------------------------------------

    def place(self, node: Any) -> s.At:
        return self.at.get(id(node), self.outer)

    # --- statements -------------------------------------------------------------------------------------------

    def block(self, body: Any) -> list[s.Statement]:
        """The statements of a suite, one-line or indented."""
        statements: list[s.Statement] = []
        for item in body:
            if isinstance(item, cst.SimpleStatementLine):
                statements.extend(self.statement(small) for small in item.body)
            elif isinstance(item, cst.BaseSmallStatement):
                statements.append(self.statement(item))
            else:
                statements.append(self.statement(item))
        return statements

    def suite(self, node: Any) -> list[s.Statement]:
        return self.block(node.body)

    def statement(self, node: Any) -> s.Statement:
        lower = _STATEMENTS.get(type(node))
        at = self.at.get(id(node))
        if at is not None:
            self.outer = at
        if lower is None:
            return s.Unsupported(self.place(node), type(node).__name__)
        return lower(self, node, self.place(node))

    # --- expressions ------------------------------------------------------------------------------------------

    def expression(self, node: Any) -> Any:
        lower = _EXPRESSIONS.get(type(node))
        at = self.at.get(id(node)) or self.outer
        if lower is None:
            return s.Literal(at, "unsupported", type(node).__name__)
        return lower(self, node, at)

    def optional(self, node: Any) -> Any:
        return None if node is None else self.expression(node)

    def parameters(self, node: cst.Parameters) -> list[s.Parameter]:
        found: list[s.Parameter] = []
        found += [self.parameter(p, "/") for p in node.posonly_params]
        found += [self.parameter(p, "") for p in node.params]
        if isinstance(node.star_arg, cst.Param):
            found.append(self.parameter(node.star_arg, "*"))
        found += [self.parameter(p, "k") for p in node.kwonly_params]
        if node.star_kwarg is not None:
            found.append(self.parameter(node.star_kwarg, "**"))
        return found

    def parameter(self, node: cst.Param, kind: str) -> s.Parameter:
        annotation = self.expression(node.annotation.annotation) if node.annotation else None
        return s.Parameter(self.place(node.name), kind, _identifier(node.name.value), self.optional(node.default), annotation)

    def arguments(self, nodes: Any) -> list[s.Argument]:
        return [
            s.Argument(self.place(arg.value), arg.star, _identifier(arg.keyword.value) if arg.keyword else "", self.expression(arg.value))
            for arg in nodes
        ]


Lower = Callable[[Lowering, Any, s.At], Any]


# --- constants and names --------------------------------------------------------------------------------------------

_WORDS: dict[str, Any] = {"None": None, "True": True, "False": False}


def _name(low: Lowering, node: cst.Name, at: s.At) -> Any:
    if node.value in _WORDS:
        return s.Constant(at, _WORDS[node.value])
    return s.Name(at, _identifier(node.value))


def _identifier(text: str) -> str:
    """A name as Python stores it."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _integer(low: Lowering, node: cst.Integer, at: s.At) -> Any:
    text = node.value.replace("_", "")
    if len(text) > _LONGEST_NUMBER:
        return s.Literal(at, "unsupported", "a number of that length")
    value = int(text, 0) if not text.isdigit() else int(text)
    return s.Constant(at, value) if value < 2**63 else s.Literal(at, "int", str(value))


def _float(low: Lowering, node: cst.Float, at: s.At) -> Any:
    return s.Constant(at, float(node.value.replace("_", "")))


def _imaginary(low: Lowering, node: cst.Imaginary, at: s.At) -> Any:
    return s.Literal(at, "complex", node.value.replace("_", "").lower())


def _ellipsis(low: Lowering, node: cst.Ellipsis, at: s.At) -> Any:
    return s.Literal(at, "ellipsis", "...")


def _text(value: str | bytes, at: s.At) -> Any:
    if isinstance(value, bytes):
        return s.Literal(at, "bytes", value.decode("latin-1"))
    try:
        value.encode()
    except UnicodeEncodeError:  # lone surrogates cannot be written to the cache
        return s.Literal(at, "escaped", value.encode("unicode-escape").decode())
    return s.Constant(at, value)


def _string(low: Lowering, node: cst.SimpleString, at: s.At) -> Any:
    return _text(literal(node.value), at)


def _concatenated(low: Lowering, node: cst.ConcatenatedString, at: s.At) -> Any:
    pieces: list[Any] = []
    rest: Any = node
    while isinstance(rest, cst.ConcatenatedString):
        pieces.append(rest.left)
        rest = rest.right
    pieces.append(rest)
    if all(isinstance(piece, cst.SimpleString) for piece in pieces):
        values: list[Any] = [literal(piece.value) for piece in pieces]
        return _text((b"" if isinstance(values[0], bytes) else "").join(values), at)
    parts: list[Any] = []
    for piece in pieces:
        lowered = low.expression(piece)
        parts.extend(lowered.parts if isinstance(lowered, s.FString) else [lowered])
    return s.FString(at, parts)


def _fstring(low: Lowering, node: cst.FormattedString, at: s.At) -> Any:
    prefix = node.start.rstrip("\"'").lower().replace("f", "").replace("t", "")
    quote = node.start.lstrip("fFrRtT")
    return s.FString(at, _fstring_parts(low, node.parts, prefix, quote, at))


def _fstring_parts(low: Lowering, nodes: Any, prefix: str, quote: str, at: s.At) -> list[Any]:
    parts: list[Any] = []
    for part in nodes:
        if isinstance(part, cst.FormattedStringText):
            text = part.value.replace("{{", "{").replace("}}", "}")
            parts.append(_text(literal(f"{prefix}{quote}{text}{quote}"), at))
            continue
        if part.equal is not None:
            source = cst.Module([]).code_for_node(part.expression)
            parts.append(s.Constant(at, f"{source}{cst.Module([]).code_for_node(part.equal)}"))
        spec = None
        if part.format_spec is not None:
            spec = s.FString(at, _fstring_parts(low, part.format_spec, prefix, quote, at))
        conversion = part.conversion or ("r" if part.equal is not None and spec is None else "")
        parts.append(s.Formatted(at, low.expression(part.expression), conversion, spec))
    return parts


# --- operators ------------------------------------------------------------------------------------------------------

_BINARY: dict[type[cst.BaseBinaryOp], str] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.FloorDivide: "//", cst.Modulo: "%", cst.Power: "**",
    cst.MatrixMultiply: "@", cst.LeftShift: "<<", cst.RightShift: ">>", cst.BitAnd: "&", cst.BitOr: "|", cst.BitXor: "^",
}  # fmt: skip
_AUGMENTED: dict[type[cst.BaseAugOp], str] = {
    cst.AddAssign: "+", cst.SubtractAssign: "-", cst.MultiplyAssign: "*", cst.DivideAssign: "/", cst.FloorDivideAssign: "//",
    cst.ModuloAssign: "%", cst.PowerAssign: "**", cst.MatrixMultiplyAssign: "@", cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>", cst.BitAndAssign: "&", cst.BitOrAssign: "|", cst.BitXorAssign: "^",
}  # fmt: skip
_UNARY: dict[type[cst.BaseUnaryOp], str] = {cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~", cst.Not: "not"}
_COMPARE: dict[type[cst.BaseCompOp], str] = {
    cst.Equal: "==", cst.NotEqual: "!=", cst.LessThan: "<", cst.LessThanEqual: "<=", cst.GreaterThan: ">", cst.GreaterThanEqual: ">=",
    cst.In: "in", cst.NotIn: "not in", cst.Is: "is", cst.IsNot: "is not",
}  # fmt: skip


def _unary(low: Lowering, node: cst.UnaryOperation, at: s.At) -> Any:
    return s.Unary(at, _UNARY[type(node.operator)], low.expression(node.expression))


def _binary(low: Lowering, node: cst.BinaryOperation, at: s.At) -> Any:
    return s.Binary(at, _BINARY[type(node.operator)], low.expression(node.left), low.expression(node.right))


def _boolean(low: Lowering, node: cst.BooleanOperation, at: s.At) -> Any:
    op = "and" if isinstance(node.operator, cst.And) else "or"
    return s.Boolean(at, op, low.expression(node.left), low.expression(node.right))


def _comparison(low: Lowering, node: cst.Comparison, at: s.At) -> Any:
    ops = [_COMPARE[type(target.operator)] for target in node.comparisons]
    return s.Compare(at, low.expression(node.left), ops, [low.expression(target.comparator) for target in node.comparisons])


def _conditional(low: Lowering, node: cst.IfExp, at: s.At) -> Any:
    return s.Conditional(at, low.expression(node.test), low.expression(node.body), low.expression(node.orelse))


def _walrus(low: Lowering, node: cst.NamedExpr, at: s.At) -> Any:
    return s.Walrus(at, low.expression(node.target), low.expression(node.value))


# --- access and calls -----------------------------------------------------------------------------------------------


def _attribute(low: Lowering, node: cst.Attribute, at: s.At) -> Any:
    return s.Attribute(at, low.expression(node.value), _identifier(node.attr.value))


def _subscript(low: Lowering, node: cst.Subscript, at: s.At) -> Any:
    items = [_element(low, element.slice, at) for element in node.slice]
    alone = len(items) == 1 and not isinstance(items[0], s.Starred) and not _has_comma(node.slice[0])
    return s.Subscript(at, low.expression(node.value), items[0] if alone else s.Display(at, "tuple", items))


def _has_comma(element: cst.SubscriptElement) -> bool:
    return isinstance(element.comma, cst.Comma)


def _element(low: Lowering, node: Any, at: s.At) -> Any:
    if isinstance(node, cst.Slice):
        return s.Slice(at, low.optional(node.lower), low.optional(node.upper), low.optional(node.step))
    value = low.expression(node.value)
    return s.Starred(at, value) if node.star else value


def _call(low: Lowering, node: cst.Call, at: s.At) -> Any:
    return s.Call(at, low.expression(node.func), low.arguments(node.args))


def _starred(low: Lowering, node: cst.StarredElement, at: s.At) -> Any:
    return s.Starred(at, low.expression(node.value))


# --- displays and comprehensions ------------------------------------------------------------------------------------


def _display(kind: str) -> Lower:
    def lower(low: Lowering, node: Any, at: s.At) -> Any:
        return s.Display(at, kind, [_display_item(low, element) for element in node.elements])

    return lower


def _display_item(low: Lowering, element: Any) -> Any:
    value = low.expression(element.value)
    return s.Starred(value.at, value) if isinstance(element, cst.StarredElement) else value


def _dict(low: Lowering, node: cst.Dict, at: s.At) -> Any:
    keys = [low.expression(e.key) if isinstance(e, cst.DictElement) else None for e in node.elements]
    return s.DictDisplay(at, keys, [low.expression(e.value) for e in node.elements])


def _comprehension(kind: str) -> Lower:
    def lower(low: Lowering, node: Any, at: s.At) -> Any:
        clauses: list[s.Clause] = []
        clause = node.for_in
        while clause is not None:
            conditions = [low.expression(condition.test) for condition in clause.ifs]
            clauses.append(s.Clause(at, low.expression(clause.target), low.expression(clause.iter), conditions))
            clause = clause.inner_for_in
        if kind == "dict":
            return s.Comprehension(at, kind, low.expression(node.key), low.expression(node.value), clauses)
        return s.Comprehension(at, kind, None, low.expression(node.elt), clauses)

    return lower


def _lambda(low: Lowering, node: cst.Lambda, at: s.At) -> Any:
    return s.Lambda(at, low.parameters(node.params), low.expression(node.body))


def _yield(low: Lowering, node: cst.Yield, at: s.At) -> Any:
    if isinstance(node.value, cst.From):
        return s.Yield(at, low.expression(node.value.item), True)
    return s.Yield(at, low.optional(node.value), False)


def _await(low: Lowering, node: cst.Await, at: s.At) -> Any:
    return s.Await(at, low.expression(node.expression))


_EXPRESSIONS: dict[type, Lower] = {
    cst.Name: _name, cst.Integer: _integer, cst.Float: _float, cst.Imaginary: _imaginary, cst.Ellipsis: _ellipsis,
    cst.SimpleString: _string, cst.ConcatenatedString: _concatenated, cst.FormattedString: _fstring,
    cst.UnaryOperation: _unary, cst.BinaryOperation: _binary, cst.BooleanOperation: _boolean, cst.Comparison: _comparison,
    cst.IfExp: _conditional, cst.NamedExpr: _walrus, cst.Attribute: _attribute, cst.Subscript: _subscript, cst.Call: _call,
    cst.Tuple: _display("tuple"), cst.List: _display("list"), cst.Set: _display("set"), cst.Dict: _dict,
    cst.ListComp: _comprehension("list"), cst.SetComp: _comprehension("set"), cst.DictComp: _comprehension("dict"),
    cst.GeneratorExp: _comprehension("generator"), cst.Lambda: _lambda, cst.Yield: _yield, cst.Await: _await,
    cst.StarredElement: _starred,
}  # fmt: skip


# --- statements -----------------------------------------------------------------------------------------------------


def _evaluate(low: Lowering, node: cst.Expr, at: s.At) -> Any:
    return s.Evaluate(at, low.expression(node.value))


def _assign(low: Lowering, node: cst.Assign, at: s.At) -> Any:
    return s.Assign(at, [low.expression(target.target) for target in node.targets], low.expression(node.value))


def _annotate(low: Lowering, node: cst.AnnAssign, at: s.At) -> Any:
    return s.Annotate(at, low.expression(node.target), low.expression(node.annotation.annotation), low.optional(node.value))


def _augment(low: Lowering, node: cst.AugAssign, at: s.At) -> Any:
    return s.Augment(at, low.expression(node.target), _AUGMENTED[type(node.operator)], low.expression(node.value))


def _return(low: Lowering, node: cst.Return, at: s.At) -> Any:
    return s.Return(at, low.optional(node.value))


def _raise(low: Lowering, node: cst.Raise, at: s.At) -> Any:
    return s.Raise(at, low.optional(node.exc), low.optional(node.cause.item) if node.cause else None)


def _assert(low: Lowering, node: cst.Assert, at: s.At) -> Any:
    return s.Assert(at, low.expression(node.test), low.optional(node.msg))


def _delete(low: Lowering, node: cst.Del, at: s.At) -> Any:
    target = low.expression(node.target)
    return s.Delete(at, target.items if isinstance(target, s.Display) and target.kind == "tuple" else [target])


def _simple(kind: str) -> Lower:
    return lambda low, node, at: s.Simple(at, kind)


def _scope(kind: str) -> Lower:
    return lambda low, node, at: s.Scope(at, kind, [_identifier(item.name.value) for item in node.names])


def _dotted(node: Any) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    return _identifier(".".join([node.value, *reversed(parts)]))


def _aliases(low: Lowering, nodes: Any, at: s.At) -> list[s.Alias]:
    if isinstance(nodes, cst.ImportStar):
        return [s.Alias(at, "*", "")]
    return [s.Alias(at, _dotted(n.name), _identifier(n.asname.name.value) if n.asname else "") for n in nodes]


def _import(low: Lowering, node: cst.Import, at: s.At) -> Any:
    return s.Import(at, _aliases(low, node.names, at))


def _import_from(low: Lowering, node: cst.ImportFrom, at: s.At) -> Any:
    return s.ImportFrom(at, _dotted(node.module) if node.module else "", len(node.relative), _aliases(low, node.names, at))


def _orelse(low: Lowering, node: Any) -> list[s.Statement]:
    if node is None:
        return []
    return [low.statement(node)] if isinstance(node, cst.If) else low.suite(node.body)


def _if(low: Lowering, node: cst.If, at: s.At) -> Any:
    return s.If(at, low.expression(node.test), low.suite(node.body), _orelse(low, node.orelse))


def _for(low: Lowering, node: cst.For, at: s.At) -> Any:
    if node.asynchronous:
        return s.Unsupported(at, "async for")
    return s.For(at, low.expression(node.target), low.expression(node.iter), low.suite(node.body), _orelse(low, node.orelse))


def _while(low: Lowering, node: cst.While, at: s.At) -> Any:
    return s.While(at, low.expression(node.test), low.suite(node.body), _orelse(low, node.orelse))


def _try(low: Lowering, node: cst.Try, at: s.At) -> Any:
    names = [_identifier(cst.ensure_type(h.name.name, cst.Name).value) if h.name else "" for h in node.handlers]
    handlers = [s.Handler(low.place(h), low.optional(h.type), name, low.suite(h.body)) for name, h in zip(names, node.handlers)]
    final = low.suite(node.finalbody.body) if node.finalbody else []
    return s.Try(at, low.suite(node.body), handlers, _orelse(low, node.orelse), final)


def _with(low: Lowering, node: cst.With, at: s.At) -> Any:
    if node.asynchronous:
        return s.Unsupported(at, "async with")
    items = [s.WithItem(at, low.expression(i.item), low.expression(i.asname.name) if i.asname else None) for i in node.items]
    return s.With(at, items, low.suite(node.body))


def _function(low: Lowering, node: cst.FunctionDef, at: s.At) -> Any:
    decorators = [low.expression(d.decorator) for d in node.decorators]
    returns = low.expression(node.returns.annotation) if node.returns else None
    parameters = low.parameters(node.params)
    body: list[s.Statement] | None = low.suite(node.body)
    first = body[0].at[0] if body else 0
    lines = (first, low.elided.get(first, 0))
    if lines[1]:
        body = None
    return s.FunctionDef(at, _identifier(node.name.value), parameters, decorators, returns, body, lines, node.asynchronous is not None)


def _class(low: Lowering, node: cst.ClassDef, at: s.At) -> Any:
    arguments = low.arguments([*node.bases, *node.keywords])
    decorators = [low.expression(d.decorator) for d in node.decorators]
    return s.ClassDef(at, _identifier(node.name.value), arguments, decorators, low.suite(node.body))


# --- match ----------------------------------------------------------------------------------------------------------


def _match(low: Lowering, node: cst.Match, at: s.At) -> Any:
    cases = [s.Case(low.place(c), _pattern(low, c.pattern, at), low.optional(c.guard), low.suite(c.body)) for c in node.cases]
    return s.Match(at, low.expression(node.subject), cases)


def _pattern(low: Lowering, node: Any, at: s.At) -> s.Pattern:
    if isinstance(node, (cst.MatchValue, cst.MatchSingleton)):
        return s.Pattern(at, "value", low.expression(node.value), [], [], [])
    if isinstance(node, cst.MatchOr):
        return s.Pattern(at, "or", None, [], [], [_pattern(low, e.pattern, at) for e in node.patterns])
    if isinstance(node, cst.MatchAs):
        inner = [_pattern(low, node.pattern, at)] if node.pattern else []
        return s.Pattern(at, "capture", None, [node.name.value] if node.name else [], [], inner)
    if isinstance(node, cst.MatchStar):
        return s.Pattern(at, "star", None, [node.name.value] if node.name else [], [], [])
    if isinstance(node, (cst.MatchList, cst.MatchTuple)):
        items = [_pattern(low, e if isinstance(e, cst.MatchStar) else e.value, at) for e in node.patterns]
        return s.Pattern(at, "sequence", None, [], [], items)
    if isinstance(node, cst.MatchMapping):
        keys = [low.expression(e.key) for e in node.elements]
        rest = [node.rest.value] if node.rest else []
        return s.Pattern(at, "mapping", None, rest, keys, [_pattern(low, e.pattern, at) for e in node.elements])
    if isinstance(node, cst.MatchClass):
        patterns = [_pattern(low, e.value, at) for e in node.patterns] + [_pattern(low, e.pattern, at) for e in node.kwds]
        return s.Pattern(at, "class", low.expression(node.cls), [e.key.value for e in node.kwds], [], patterns)
    return s.Pattern(at, "unsupported", None, [], [], [])


_STATEMENTS: dict[type, Lower] = {
    cst.Expr: _evaluate, cst.Assign: _assign, cst.AnnAssign: _annotate, cst.AugAssign: _augment, cst.Return: _return,
    cst.Raise: _raise, cst.Assert: _assert, cst.Del: _delete, cst.Pass: _simple("pass"), cst.Break: _simple("break"),
    cst.Continue: _simple("continue"), cst.Global: _scope("global"), cst.Nonlocal: _scope("nonlocal"), cst.Import: _import,
    cst.ImportFrom: _import_from, cst.If: _if, cst.For: _for, cst.While: _while, cst.Try: _try, cst.With: _with,
    cst.FunctionDef: _function, cst.ClassDef: _class, cst.Match: _match,
}  # fmt: skip


def lower(text: str, line: int = 1, elided: dict[int, int] | None = None) -> list[s.Statement]:
    """Parse and lower a piece of source.

    Args:
        text: Whole statements.
        line: The line of the file on which the text begins.
        elided: Function bodies left out of the text, see `Lowering`.

    Raises:
        libcst.ParserSyntaxError: The text is not Python.
    """
    module = cst.parse_module(text)
    return Lowering(module, line, elided or {}).block(module.body)
