"""Rule: `get_config` leaves out an argument of `__init__`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic, Edit, Fix
from ...ir.program import ClassSource, Definition, dotted_text
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
        if not any(isinstance(node, ast.Return) for node in cls.file.walk(config)) or _hands_on(cls, config):
            return
        said = {node.value for node in cls.file.walk(config) if isinstance(node, ast.Constant)} | {
            keyword.arg for node in cls.file.walk(config) if isinstance(node, ast.Call) for keyword in node.keywords
        }
        shown = next((node for node in cls.file.walk(config) if isinstance(node, ast.Dict) and node.values and None not in node.keys), None)
        for arg in (*init.args.args[1:], *init.args.kwonlyargs):
            if (
                arg.arg in said
                or _only_loads(cls, init, arg.arg)
                or arg.arg in ("name", "dtype", "trainable", "activity_regularizer", "autocast", "data_format")
            ):
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


def _hands_on(cls: ClassSource, config: Definition) -> bool:
    """Whether it gives what was put together elsewhere: ``return self._config``, ``config.update(self._options)``."""
    return any(
        isinstance(node.value, ast.Name) and node.value.id == "self" and _is_whole(node, cls.file.parents[node])
        for node in cls.file.within(config, ast.Attribute)
    )


def _is_whole(node: ast.Attribute, outer: ast.AST) -> bool:
    """Whether an attribute stands where all of a config does."""
    if isinstance(outer, ast.Dict):
        return any(key is None and value is node for key, value in zip(outer.keys, outer.values, strict=True))
    if isinstance(outer, ast.keyword):
        return outer.arg is None
    if isinstance(outer, ast.Call):
        return node in outer.args and dotted_text(outer.func).rpartition(".")[2] in ("update", "dict", "deepcopy")
    return isinstance(outer, ast.Return)


def _only_loads(cls: ClassSource, init: Definition, name: str) -> bool:
    """Whether an argument only says which weights are loaded at first: what is saved has its own."""
    loads = [call for call in cls.file.within(init, ast.Call) if dotted_text(call.func) == "self.load_weights"]
    given = any(isinstance(arg, ast.Name) and arg.id == name for call in loads for arg in call.args)
    return given and not any(isinstance(one.value, ast.Name) and one.value.id == name for one in cls.assigned)
