"""Rule: a configuration is asked for a field that it does not have."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..rule import Rule


class UnknownConfigField(Rule):
    """A configuration is asked for a field that it does not have.

    ## Why
    `AttributeError`, as soon as that line runs.
    """

    code = "MDL403"
    framework = "both"
    bad = """
    @dataclass
    class Config:
        hidden: int = 8

    class Net(nn.Module):
        def __init__(self, config: Config):
            super().__init__()
            self.fc = nn.Linear(config.hiden, 2)
    """
    good = """
    @dataclass
    class Config:
        hidden: int = 8

    class Net(nn.Module):
        def __init__(self, config: Config):
            super().__init__()
            self.fc = nn.Linear(config.hidden, 2)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for method in cls.methods.values():
            for arg in (*method.args.args, *method.args.kwonlyargs):
                config = cls.file.program.class_at(cls.file.resolve(arg.annotation)) if arg.annotation is not None else None
                if (
                    config is None
                    or not _is_plain(config)
                    or any(
                        isinstance(node, ast.Name) and node.id == arg.arg and isinstance(node.ctx, ast.Store)
                        for node in cls.file.walk(method)
                    )
                ):
                    continue
                known = {name for each in config.lineage for name in (*each.class_names, *(one.name for one in each.assigned))}
                for node in cls.file.walk(method):
                    if (
                        isinstance(node, ast.Attribute)
                        and isinstance(node.ctx, ast.Load)
                        and isinstance(node.value, ast.Name)
                        and node.value.id == arg.arg
                    ) and (
                        node.attr not in known
                        and not node.attr.startswith("__")
                        and not _asked(cls, node.attr)
                        and not cls.file.program.mentioned(config.name, config.file.path)
                    ):
                        close = get_close_matches(node.attr, known, n=1)
                        yield self.finding(
                            cls.file,
                            node,
                            f"`{config.name}` has no field `{node.attr}`",
                            help=f"did you mean `{close[0]}`?" if close else "",
                        )


def _is_plain(config: ClassSource) -> bool:
    """A dataclass without anything that could make more attributes."""
    decorated = [dotted_text(item.func if isinstance(item, ast.Call) else item).rpartition(".")[2] for item in config.node.decorator_list]
    return decorated == ["dataclass"] and not config.outside and not any("__getattr__" in each.methods for each in config.lineage)


def _asked(cls: ClassSource, name: str) -> bool:
    """Whether the code asks first: ``hasattr(config, "name")``."""
    return any(isinstance(node, ast.Constant) and node.value == name for node in cls.file.all(ast.Constant))
