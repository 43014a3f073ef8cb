"""Rule: a layer assigned before the base class's ``__init__`` has run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic, Edit, Fix
from ...ir.program import ClassSource
from ...ir.span import Span
from ..layers import is_parameter, makes_module
from ..rule import Rule


class ModuleAssignedBeforeSuperInit(Rule):
    """A layer is assigned before `super().__init__()`.

    ## Why
    The tables in which `nn.Module` registers layers do not exist yet: the assignment raises
    `AttributeError: cannot assign module before Module.__init__() call`.

    ## Known problems
    Numbers, texts and functions may be assigned before; only layers and parameters are reported.

    ## Fix
    Safe: the call of `super().__init__()` moves up.
    """

    code = "MDL102"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            self.fc = nn.Linear(2, 2)
            super().__init__()
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(2, 2)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        init = cls.methods.get("__init__")
        if init is None or cls.file.path.rpartition("/")[2].startswith("modular_"):
            return
        call = next((node for node in init.body if _calls_init(node)), None)
        inner = [node for node in cls.file.walk(init) if isinstance(node, ast.Attribute) and node.attr == "__init__"]
        if call is None or len(inner) != 1:
            return
        for one in cls.assigned:
            if one.method is not init or one.node not in init.body or one.node.lineno >= call.lineno:
                continue
            made = makes_module(cls.file, one.value) or ("Parameter" if is_parameter(cls.file, one.value) else "")
            if made:
                message = f"`self.{one.name}` is assigned a `{made}` before `super().__init__()` has run"
                yield self.finding(
                    cls.file, one.node, message, notes=[(call, "runs only here")], fix=self._moved(cls, init.body, one.node, call)
                )
                return

    def _moved(self, cls: ClassSource, body: list[ast.stmt], target: ast.stmt, call: ast.stmt) -> Fix | None:
        if (
            not isinstance(call, ast.Expr)
            or not isinstance(call.value, ast.Call)
            or call.value.args
            or call.value.keywords
            or call.lineno != call.end_lineno
        ):
            return None
        path, text = cls.file.path, cls.file.source(call)
        place = Span(path, target.lineno, target.col_offset + 1, target.lineno, target.col_offset + 1)
        last = call is body[-1]
        gone = (
            Span(path, call.lineno - 1, len(cls.file.lines[call.lineno - 2]) + 1, call.lineno, (call.end_col_offset or 0) + 1)
            if last
            else Span(path, call.lineno, 1, call.lineno + 1, 1)
        )
        return Fix("move `super().__init__()` up", (Edit(place, f"{text}\n" + " " * target.col_offset), Edit(gone, "")), safe=True)


def _calls_init(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr == "__init__"
    )
