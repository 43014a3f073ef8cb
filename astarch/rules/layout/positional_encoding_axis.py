"""Rule: positions are taken from the axis of the batch."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..assignments import only_value
from ..rule import Rule

_MOVING = ("transpose", "permute", "swapaxes", "movedim", "t", "squeeze", "view", "reshape", "expand", "repeat")


class PositionalEncodingAxis(Rule):
    """A table of positions of shape `1×length×width` is cut along its first axis.

    ## Why
    `self.pe[: x.size(0)]` takes as many *rows* as there are examples; where the table begins with an axis of 1, it takes all of it. It
    fails for every other length than that of the table, or adds the same position to a whole sequence.
    """

    code = "MDL603"
    severity = "warning"
    references = ("https://github.com/tanjimin/C.Origami/issues/42",)
    bad = """
    class Positions(nn.Module):
        def __init__(self, width, length=100):
            super().__init__()
            table = torch.randn(length, width)
            self.register_buffer("pe", table.unsqueeze(0))

        def forward(self, x):
            return x + self.pe[: x.size(0)]
    """
    good = """
    class Positions(nn.Module):
        def __init__(self, width, length=100):
            super().__init__()
            table = torch.randn(length, width)
            self.register_buffer("pe", table.unsqueeze(0))

        def forward(self, x):
            return x + self.pe[:, : x.size(1)]
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        tables = dict(_tables(cls))
        if not tables or cls.forward is None:
            return
        for node in cls.file.within(cls.forward, ast.Subscript):
            name = dotted_text(node.value).removeprefix("self.")
            cut = node.slice
            if name in tables and isinstance(cut, ast.Slice) and cut.lower is None and cut.step is None and _is_size(cut.upper):
                yield self.finding(
                    cls.file,
                    node,
                    f"this cuts the first axis of `self.{name}`, which has size 1: positions lie along the second",
                    notes=[(tables[name], "made 1×length×width")],
                    help=f"self.{name}[:, : x.size(1)]",
                )


def _tables(cls: ClassSource) -> Iterator[tuple[str, ast.expr]]:
    """The buffers and parameters that are made with a leading axis of 1, in one piece."""
    init = cls.methods.get("__init__")
    for call in cls.file.within(init, ast.Call) if init is not None else ():
        named = dotted_text(call.func) == "self.register_buffer" and len(call.args) > 1 and isinstance(call.args[0], ast.Constant)
        if named and _is_led_by_one(cls, call.args[1], 0):
            yield ast.literal_eval(call.args[0]), call.args[1]
    for one in cls.assigned:
        value = one.value
        if one.method is not init or not isinstance(value, ast.Call) or not value.args or len(cls.kept.get(one.name, ())) > 1:
            continue
        if cls.file.resolve(value.func) == "torch.nn.Parameter" and _is_led_by_one(cls, value.args[0], 0):
            yield one.name, value


def _is_led_by_one(cls: ClassSource, node: ast.expr, depth: int) -> bool:
    """Whether a value is certainly made with a first axis of 1 and two more: ``zeros(1, n, d)``, ``table.unsqueeze(0)``."""
    if isinstance(node, ast.Name):
        value = only_value(cls.file, node, node)
        return value is not None and depth < 3 and _is_led_by_one(cls, value, depth + 1)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr == "unsqueeze":
        inner = node.func.value
        moved = isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in (*_MOVING, "unsqueeze")
        return not moved and len(node.args) == 1 and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0
    made = cls.file.resolve(node.func) in ("torch.zeros", "torch.ones", "torch.randn", "torch.empty", "torch.rand")
    return made and len(node.args) == 3 and isinstance(node.args[0], ast.Constant) and node.args[0].value == 1


def _is_size(node: ast.expr | None) -> bool:
    """Whether this is a size of some tensor: ``x.size(0)``, ``x.shape[1]``."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "size" and len(node.args) == 1
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
