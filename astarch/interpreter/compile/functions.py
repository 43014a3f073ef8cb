"""Functions, lambdas and classes: what their definitions make."""

from __future__ import annotations

from typing import Any

from ...ir.span import NOWHERE, Span
from ...ir.unknown import Lost
from ...source import syntax as s
from ..machine import Frame, Machine
from ..values import MISSING, Function
from .dispatch import Run, block, compiles, expression
from .filling.code import compiled
from .generators import generator_block
from .names import bind
from .scopes import Scope, bound_names, function_scope


def docstring(body: list[s.Statement] | None) -> str | None:
    """The text that a body begins with."""
    first = body[0] if body else None
    if isinstance(first, s.Evaluate) and isinstance(first.value, s.Constant) and isinstance(first.value.value, str):
        return first.value.value
    return None


class Code:
    """What all functions made from one definition share; the body is compiled at the first call.

    Attributes:
        positional: Parameters that can be given by position, in order.
        rest: Name of ``*args``, or None.
        keyword_only: Parameters that can only be given by name.
        keywords: Name of ``**kwargs``, or None.
    """

    __slots__ = ("_filler", "all_names", "by_keyword", "doc_text", "is_async", "is_expression", "is_generator", "is_simple", "keyword_only",
                 "keywords", "name", "node", "parameters", "positional", "positional_only", "rest", "run", "scope", "span")  # fmt: skip

    def __init__(self, node: Any, name: str, scope: Scope, file: Any) -> None:
        parameters: list[s.Parameter] = node.parameters
        self.node = node
        self.name = name
        self.parameters = parameters
        mangled = scope.mangled
        self.positional = tuple(mangled(p.name) for p in parameters if p.kind in ("/", ""))
        self.positional_only = frozenset(mangled(p.name) for p in parameters if p.kind == "/")
        self.keyword_only = tuple(mangled(p.name) for p in parameters if p.kind == "k")
        self.rest = next((mangled(p.name) for p in parameters if p.kind == "*"), None)
        self.keywords = next((mangled(p.name) for p in parameters if p.kind == "**"), None)
        self.all_names = (*self.positional, *self.keyword_only)
        self.by_keyword = frozenset(self.all_names) - self.positional_only
        self.is_simple = self.rest is None and self.keywords is None and not self.keyword_only
        self.is_generator = False
        self.is_expression = isinstance(node, s.Lambda)
        self.is_async = getattr(node, "is_async", False)
        self.run: Any = None
        self.scope = scope
        self._filler: Any = MISSING
        self.span = Span(file.path, *node.at) if file is not None else NOWHERE

    def compile(self, function: Function) -> Any:
        """Compile the body, reading it first if it was left out; remember it."""
        if self.is_expression:
            alone = [s.Return(self.node.at, self.node.body)]
            scope, self.is_generator = function_scope(self.parameters, alone, self.scope)
            if self.is_generator:
                self.is_expression = False
                self.run = generator_block(alone, scope)
                return self.run
            self.run = expression(self.node.body, scope)
            return self.run
        body = self.body(function)
        scope, self.is_generator = function_scope(self.parameters, body, self.scope)
        self.run = generator_block(body, scope) if self.is_generator else block(body, scope)
        return self.run

    def filler(self, function: Function) -> Run | None:
        """What runs the body where it only fills tensors (`filling`); None where that is not worth trying."""
        if self._filler is MISSING:
            self._filler = compiled(function)
        return self._filler

    def body(self, function: Function) -> list[s.Statement]:
        """The statements of the body."""
        if self.node.body is None:
            self.node.body = function.module.file.body(*self.node.lines)
        return self.node.body

    @property
    def doc(self) -> str | None:
        """The docstring, when the body has been read."""
        return None if self.is_expression else docstring(self.node.body)

    def annotations(self, m: Machine, function: Function) -> dict[str, Any]:
        """The evaluated annotations; those that cannot be evaluated are left as text."""
        frame = Frame(m, function.module, {}, function.outer, function, function.cell)
        found: dict[str, Any] = {}
        for parameter in self.parameters:
            if parameter.annotation is not None:
                found[parameter.name] = expression(parameter.annotation, self.scope)(frame)
        returns = getattr(self.node, "returns", None)
        if returns is not None:
            found["return"] = expression(returns, self.scope)(frame)
        return found

    def of(self, function: Function) -> FunctionCode:
        """What ``function.__code__`` gives."""
        return FunctionCode(function)


class FunctionCode:
    """``function.__code__``: what can be asked of it, and the function to be made again from it."""

    described = True

    def __init__(self, function: Function) -> None:
        code = function.code
        self._function = function
        self.co_name = code.name
        self.co_varnames = (*code.all_names, *(name for name in (code.rest, code.keywords) if name))
        self.co_argcount = len(code.positional)
        self.co_posonlyargcount = len(code.positional_only)
        self.co_kwonlyargcount = len(code.keyword_only)
        self.co_filename = code.span.file
        self.co_firstlineno = code.span.line

    def again(self) -> Function:
        """A new function of the same code."""
        old = self._function
        made = Function(old.code, old.module, old.outer, dict(old.defaults), old.cell, old.qualname)
        made.attributes = dict(old.attributes) if old.attributes is not None else None
        return made


def _defaults(parameters: list[s.Parameter], scope: Scope) -> list[tuple[str, Run]]:
    return [(scope.mangled(p.name), expression(p.default, scope)) for p in parameters if p.default is not None]


def _maker(node: Any, name: str, scope: Scope) -> Run:
    """The closure that makes the function each time its definition runs."""
    defaults = _defaults(node.parameters, scope)
    in_module, in_class = scope.kind == "module", scope.kind == "class"
    codes: list[Code] = []

    def make(frame: Frame) -> Function:
        if not codes:
            codes.append(Code(node, name, scope, frame.module.file))
        values = {parameter: default(frame) for parameter, default in defaults} if defaults else {}
        if in_module:
            outer: tuple[dict[str, Any], ...] = ()
            qualname = name
        elif in_class:
            outer = frame.outer
            qualname = f"{frame.names['__qualname__']}.{name}"
        else:
            outer = (frame.names, *frame.outer)
            qualname = f"{frame.function.qualname if frame.function else ''}.<locals>.{name}"
        return Function(codes[0], frame.module, outer, values, frame.cell, qualname)

    return make


@compiles(s.Lambda)
def _lambda(node: s.Lambda, scope: Scope) -> Run:
    return _maker(node, "<lambda>", scope)


@compiles(s.FunctionDef)
def _function(node: s.FunctionDef, scope: Scope) -> Run:
    make = _maker(node, node.name, scope)
    decorators = [(expression(decorator, scope), decorator.at) for decorator in node.decorators]
    store, at = bind(node.name, scope), node.at

    def run(frame: Frame) -> None:
        frame.at = at
        store(frame, _decorated(frame, decorators, make))

    return run


def _decorated(frame: Frame, decorators: list[Any], make: Run) -> Any:
    try:
        wrappers = [(decorator(frame), at) for decorator, at in decorators]
        value = make(frame)
        for wrapper, at in reversed(wrappers):
            frame.at = at
            value = frame.machine.call(wrapper, (value,), {})
    except Lost as lost:
        return lost.unknown
    return value


@compiles(s.ClassDef)
def _class(node: s.ClassDef, scope: Scope) -> Run:
    inner = Scope("class", bound_names(node.body), scope, node.name)
    body = block(node.body, inner)
    bases = [(a.star, a.keyword, expression(a.value, scope)) for a in node.arguments]
    decorators = [(expression(decorator, scope), decorator.at) for decorator in node.decorators]
    store, at, name = bind(node.name, scope), node.at, node.name
    in_function = scope.kind in ("function", "comprehension")
    in_module = scope.kind == "module"
    text = docstring(node.body)

    def make(frame: Frame) -> Any:
        m = frame.machine
        parents, keywords = _bases(frame, bases)
        qualname = name
        if in_function:
            qualname = f"{frame.function.qualname if frame.function else ''}.<locals>.{name}"
        elif not in_module:
            qualname = f"{frame.names['__qualname__']}.{name}"
        namespace: dict[str, Any] = {"__module__": frame.module.name, "__qualname__": qualname}
        if text is not None:
            namespace["__doc__"] = text
        cell: list[Any] = [None]
        outer = (frame.names, *frame.outer) if in_function else frame.outer
        opened = Frame(m, frame.module, namespace, outer, None if not in_function else frame.function, cell)
        opened.caller, opened.limit = frame, frame.limit
        m.prepare_class(opened, name, parents, keywords)
        m.frame = opened
        try:
            body(opened)
        finally:
            m.frame = frame
        frame.at = at
        cls = m.build_class(name, parents, namespace, keywords, Span(frame.module.file.path, *at) if frame.module.file else NOWHERE)
        cell[0] = cls
        return cls

    def run(frame: Frame) -> None:
        store(frame, _decorated(frame, decorators, make))

    return run


def _bases(frame: Frame, arguments: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    parents: list[Any] = []
    keywords: dict[str, Any] = {}
    for star, keyword, value in arguments:
        found = value(frame)
        if star == "*":
            parents.extend(frame.machine.iterate(found))
        elif star == "**":
            keywords.update(found)
        elif keyword:
            keywords[keyword] = found
        else:
            parents.append(found)
    return parents, keywords
