"""Rule: `get_config` leaves out an argument of `__init__`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic, Edit, Fix
from ...ir.program import ClassSource
from ...ir.span import Span
from ..rule import Rule


class KerasGetConfigIncomplete(Rule):
    """`get_config` leaves out an argument of `__init__`.

    ## Why
    A saved model is loaded with the default instead of the value it was trained with, or not at all.

    ## Fix
    Safe: the missing key is added.
    """

    code = "MDL702"
    severity = "warning"
    framework = "keras"
    bad = """
    class Block(keras.layers.Layer):
        def __init__(self, units, rate=1):
            super().__init__()
            self.units = units
            self.rate = rate

        def get_config(self):
            config = super().get_config()
            config.update({"units": self.units})
            return config
    """
    good = """
    class Block(keras.layers.Layer):
        def __init__(self, units, rate=1):
            super().__init__()
            self.units = units
            self.rate = rate

        def get_config(self):
            config = super().get_config()
            config.update({"units": self.units, "rate": self.rate})
            return config
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        init, config = cls.methods.get("__init__"), cls.methods.get("get_config")
        if init is None or config is None or "from_config" in cls.methods or len(cls.lineage) > 1 or not cls.closed:
            return
        if any(cls in other.lineage for other in cls.file.classes if other is not cls) or cls.file.program.inherited_elsewhere(
            cls.name, cls.file.path
        ):
            return
        if any(
            isinstance(node, (ast.For, ast.DictComp, ast.Name)) and getattr(node, "id", "vars") in ("vars", "locals", "copy")
            for node in cls.file.walk(config)
        ):
            return
        said = {node.value for node in cls.file.walk(config) if isinstance(node, ast.Constant)} | {
            keyword.arg for node in cls.file.walk(config) if isinstance(node, ast.Call) for keyword in node.keywords
        }
        shown = next((node for node in cls.file.walk(config) if isinstance(node, ast.Dict) and node.values and None not in node.keys), None)
        for arg in (*init.args.args[1:], *init.args.kwonlyargs):
            if arg.arg in said or arg.arg in ("name", "dtype", "trainable", "activity_regularizer", "autocast", "data_format"):
                continue
            fix = None
            if shown is not None and any(one.name == arg.arg for one in cls.assigned):
                at = cls.file.span(shown.values[-1])
                place = Span(at.file, at.end_line, at.end_column, at.end_line, at.end_column)
                fix = Fix("add it", (Edit(place, f', "{arg.arg}": self.{arg.arg}'),), safe=True)
            yield self.finding(
                cls.file,
                config,
                f"`get_config` leaves out `{arg.arg}`: a saved `{cls.name}` is loaded without it",
                notes=[(arg, "an argument of __init__")],
                fix=fix,
            )
