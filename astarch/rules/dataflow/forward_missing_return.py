"""Rule: a forward that gives nothing back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from ...ir.diagnostic import Diagnostic, Edit, Fix
from ...ir.program import ClassSource, Definition, File, dotted_text
from ...ir.span import Span
from ..calls import own_call
from ..layers import keras_layer, makes_module
from ..rule import Rule


class ForwardMissingReturn(Rule):
    """The forward computes something and returns nothing.

    ## Why
    The caller gets `None`; the error shows up somewhere else.

    ## Known problems
    A forward that stores its result on `self` or in an argument is left alone.

    ## Fix
    Unsafe: `return` of what the last statement computes, or of the name that it assigns.
    """

    code = "MDL307"
    framework = "both"
    bad = (
        """
    class Net(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.fc = nn.Linear(8, width)

        def forward(self, x):
            return self.fc(x)

    def small(**options) -> Net:
        made(8, **options)

    def made(width, **options):
        return Net(width)
    """,
        """
    class Net(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.fc = nn.Linear(8, width)

        def forward(self, x):
            return self.fc(x)

    @torch.no_grad()
    def small(width) -> Net:
        if width < 1:
            raise ValueError("too small")
        net = Net(width)
        net
    """,
        """
    def head(width):
        layers = nn.Sequential(nn.Linear(width, 8), nn.ReLU())
        layers
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        @torch.no_grad()
        def forward(self, x) -> "Result":
            if x.dim() != 2:
                raise ValueError("rows, please")
            Result(logits=self.fc(x))

    class Result(dict):
        pass
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            x = self.fc(x)
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def features(self, x):
            x = F.relu(x)
            x + self.fc(x)

        def forward(self, x):
            return self.features(x).mean(1)
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def features(self, x):
            return F.relu(self.fc(x))

        def forward(self, x):
            self.features(x)
    """,
    )
    good = (
        """
    class Net(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.fc = nn.Linear(8, width)

        def forward(self, x):
            return self.fc(x)

    def small(**options) -> Net:
        return made(8, **options)

    def made(width, **options):
        return Net(width)
    """,
        """
    class Net(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.fc = nn.Linear(8, width)

        def forward(self, x):
            return self.fc(x)

    @torch.no_grad()
    def small(width) -> Net:
        if width < 1:
            raise ValueError("too small")
        net = Net(width)
        return net
    """,
        """
    def head(width):
        layers = nn.Sequential(nn.Linear(width, 8), nn.ReLU())
        return layers
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        @torch.no_grad()
        def forward(self, x) -> "Result":
            if x.dim() != 2:
                raise ValueError("rows, please")
            return Result(logits=self.fc(x))

    class Result(dict):
        pass
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            x = self.fc(x)
            return x
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def features(self, x):
            x = F.relu(x)
            return x + self.fc(x)

        def forward(self, x):
            return self.features(x).mean(1)
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def features(self, x):
            return F.relu(self.fc(x))

        def forward(self, x):
            return self.features(x)
    """,
        """
    def halved(net: nn.Module) -> nn.Module:
        converted(net)

    def converted(net):
        return net.half()
    """,
    )

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.file.path.rpartition("/")[2].startswith("modular_"):
            return
        forward = cls.forward
        for method in cls.methods.values():
            promised = _says_it_gives(method)
            if not (promised or all(map(_keeps_it, method.decorator_list))) or not (method is forward or _is_used(cls, method.name)):
                continue
            gives = _returns(cls.file, method, promised)
            if gives is None:
                continue
            for last in _ends(method.body):
                if isinstance(last, ast.Assign) and method is forward and not gives:
                    yield from self._assigned(cls, method, last)
                elif isinstance(last, ast.Expr) and (
                    _computes(cls, last.value) or _names_results(method, last.value) or (promised and _makes_something(last.value))
                ):
                    at = cls.file.span(last)
                    fix = Fix("return it", (Edit(Span(at.file, at.line, at.column, at.line, at.column), "return "),))
                    yield self._finding(cls, method, last, fix)

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        if file.path.rpartition("/")[2].startswith("modular_"):
            return
        for function in file.functions.values():
            last = next((one for one in _ends(function.body) if isinstance(one, ast.Expr) and _is_lost(file, function, one.value)), None)
            end = function.body[-1]
            promised = isinstance(end, ast.Expr) and isinstance(end.value, (ast.Call, ast.Name)) and _promises(file, function)
            last = end if promised else last
            if last is None or _returns(file, function, promised) is not False:
                continue
            if promised or all(map(_keeps_it, function.decorator_list)):
                at = file.span(last)
                fix = Fix("return it", (Edit(Span(at.file, at.line, at.column, at.line, at.column), "return "),))
                message = f"`{function.name}` returns nothing: its callers get None"
                yield self.finding(file, function, message, notes=[(last, "made, then dropped")], fix=fix)

    def _assigned(self, cls: ClassSource, forward: Definition, last: ast.Assign) -> Iterator[Diagnostic]:
        """A forward whose last statement names its result."""
        if len(last.targets) != 1 or not isinstance(last.targets[0], ast.Name):
            return
        for node in cls.file.walk(forward):
            if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
                return
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and dotted_text(node.value.func) != "print":
                return
        if any(own_call(cls, node) for node in cls.file.walk(forward)):
            at = cls.file.span(last)
            end = Span(at.file, at.end_line, at.end_column, at.end_line, at.end_column)
            name = last.targets[0].id
            fix = Fix(f"return `{name}`", (Edit(end, "\n" + " " * last.col_offset + f"return {name}"),))
            yield self._finding(cls, forward, last, fix)

    def _finding(self, cls: ClassSource, method: Definition, last: ast.stmt, fix: Fix) -> Diagnostic:
        message = f"`{method.name}` of `{cls.name}` returns nothing: its callers get None"
        return self.finding(cls.file, method, message, notes=[(last, "computed, then dropped")], fix=fix)


#: Nobody makes one of these for its effect.
_MODELS = frozenset(f"{package}.{name}" for package in ("keras", "keras.models") for name in ("Model", "Sequential"))


def _is_lost(file: File, function: Definition, node: ast.expr) -> bool:
    """Whether the last statement of a function is a model or a tensor that nobody gets: only named, or made for those who ask for it."""
    calls = [call for call in file.within(function, ast.Call) if file.resolve(call.func).startswith(("torch.", "keras.", "tensorflow."))]
    if isinstance(node, ast.Name):
        return bool(calls) and _names_results(function, node)
    made = node.func if isinstance(node, ast.Call) and isinstance(node.func, ast.Call) else node
    if isinstance(node, ast.Call) and file.resolve(node.func) in _MODELS:
        return True
    if not isinstance(made, ast.Call) or not (makes_module(file, made) or keras_layer(file, made)):
        return False
    asked = (ast.Assign, ast.Call, ast.BinOp, ast.Return, ast.Attribute)
    return any(isinstance(file.parents[call], asked) for call in file.called.get(f"{file.name}.{function.name}", ()))


def _promises(file: File, function: Definition) -> bool:
    """Whether a function says that it gives a model: no decorator can make one of nothing. One that it is given it may change in place."""
    taken = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    return _is_model(file, function.returns) and not any(_is_model(file, one.annotation) for one in taken)


def _is_model(file: File, annotation: ast.expr | None) -> bool:
    name = file.resolve(annotation) if annotation is not None else ""
    given = file.program.class_at(name) if name else None
    return name.startswith("torch.nn.") or (given is not None and bool(given.framework))


def _keeps_it(decorator: ast.expr) -> bool:
    """Whether a decorator leaves what a method gives as it is."""
    return dotted_text(decorator).startswith(("torch.jit.", "jit."))


#: What a method that may give nothing says it gives, or one whose result nobody can tell.
_MAYBE_NOTHING = re.compile(r"\b(None|Optional|NoReturn|Never|Any|object|Iterator|Generator|Iterable)\b")


def _says_it_gives(method: Definition) -> bool:
    """Whether a method says that it gives something: no decorator can make that of nothing."""
    return method.returns is not None and not _MAYBE_NOTHING.search(ast.unparse(method.returns))


def _makes_something(node: ast.expr) -> bool:
    """Whether a statement only makes an instance of a class: ``Output(logits=x)``."""
    if not isinstance(node, ast.Call) or not (node.args or node.keywords):
        return False
    name = dotted_text(node.func).rpartition(".")[2]
    return name[:1].isupper() and not name.isupper()


def _returns(file: File, method: Definition, promised: bool = False) -> bool | None:
    """Whether it gives something on some path; None when it is a generator, or may never come back (unless it says what it gives)."""
    nodes = list(file.walk(method))
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in nodes):
        return None
    gives = any(isinstance(node, ast.Return) and node.value is not None for node in nodes)
    return gives if gives or promised or not any(isinstance(node, ast.Raise) for node in nodes) else None


def _ends(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements after which it comes back without saying so: at the end, and at the ends of the arms that stand there."""
    last = body[-1]
    if isinstance(last, ast.If):
        yield from _ends(last.body)
        if last.orelse:
            yield from _ends(last.orelse)
    elif isinstance(last, (ast.With, ast.AsyncWith)):
        yield from _ends(last.body)
    else:
        yield last


def _is_used(cls: ClassSource, name: str) -> bool:
    """Whether the class computes with what its own method gives."""
    for node in cls.reads.get(name, []):
        call = cls.file.parents[node]
        if (
            isinstance(call, ast.Call)
            and call.func is node
            and isinstance(cls.file.parents[call], (ast.Assign, ast.Call, ast.BinOp, ast.Return, ast.Attribute))
        ):
            return True
    return False


def _names_results(forward: Definition, node: ast.expr) -> bool:
    """Whether a statement only names what was computed before: ``x``, ``mean, spread``."""
    names = node.elts if isinstance(node, ast.Tuple) else [node]
    stored = {found.id for found in ast.walk(forward) if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store)}
    stored |= {found.arg for found in ast.walk(forward) if isinstance(found, ast.arg)}
    return bool(names) and all(isinstance(name, ast.Name) and name.id in stored for name in names)


def _computes(cls: ClassSource, node: ast.expr) -> bool:
    """Whether an expression is a result, and nothing that is done for its effect."""
    if isinstance(node, ast.Tuple):
        return any(_computes(cls, item) for item in node.elts)
    if isinstance(node, ast.IfExp):
        return _computes(cls, node.body) or _computes(cls, node.orelse)
    if isinstance(node, (ast.BinOp, ast.Subscript)):
        return True
    if isinstance(node, ast.Call):
        name = cls.file.resolve(node.func)
        if name.startswith("torch."):
            return not name.endswith("_") and name.startswith(("torch.nn.functional.", "torch.cat", "torch.stack", "torch.flatten"))
        if isinstance(node.func, ast.Attribute) and not node.func.attr.endswith("_") and _is_own(cls, node.func.value):
            return True
        return bool(own_call(cls, node)) or _is_given(cls, node.func)
    return False


def _is_given(cls: ClassSource, node: ast.expr) -> bool:
    """Whether it is a method of its own that gives something whenever it comes back."""
    if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"):
        return False
    method = cls.methods.get(node.attr)
    returns = [found for found in cls.file.walk(method) if isinstance(found, ast.Return)] if method is not None else []
    return bool(returns) and all(found.value is not None for found in returns)


def _is_own(cls: ClassSource, node: ast.expr) -> bool:
    """Whether a method is called on what a layer of its own gives: ``self.head(x).flatten(1)``."""
    while isinstance(node, ast.Call):
        if own_call(cls, node):
            return True
        node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return False
