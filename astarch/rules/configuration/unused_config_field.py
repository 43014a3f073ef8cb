"""Rule: a field of a configuration that nothing reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, File, dotted_text
from ..rule import Rule


class UnusedConfigField(Rule):
    """A field of a configuration is read nowhere.

    ## Why
    Who sets it believes that it does something: a `dropout` that no layer takes.

    ## Known problems
    What only a training script outside of the package reads looks the same.
    """

    code = "MDL404"
    severity = "info"
    confidence = "possible"
    framework = "both"
    bad = """
    @dataclass
    class Config:
        hidden: int = 8
        dropout: float = 0.1


    class Net(nn.Module):
        def __init__(self, config: Config):
            super().__init__()
            self.fc = nn.Linear(config.hidden, 2)

        def forward(self, x):
            return self.fc(x)
    """
    good = """
    @dataclass
    class Config:
        hidden: int = 8
        dropout: float = 0.1


    class Net(nn.Module):
        def __init__(self, config: Config):
            super().__init__()
            self.fc = nn.Linear(config.hidden, 2)
            self.drop = nn.Dropout(config.dropout)

        def forward(self, x):
            return self.drop(self.fc(x))
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        configurations = [cls for cls in file.classes if cls.name.endswith(("Config", "Args", "Arguments")) and _is_dataclass(cls)]
        if not configurations or any(dotted_text(call.func) in ("asdict", "dataclasses.asdict", "vars") for call in file.all(ast.Call)):
            return
        read = {node.attr for node in file.all(ast.Attribute) if isinstance(node.ctx, ast.Load)}
        read |= {node.value for node in file.all(ast.Constant) if isinstance(node.value, str)}
        for cls in configurations:
            if not any(_takes(other, cls) for other in file.classes if other.framework):
                continue
            for node in cls.node.body:
                name = node.target.id if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else ""
                if name and name not in read and not file.program.mentioned(name, file.path):
                    yield self.finding(file, node, f"nothing reads `{name}` of `{cls.name}`: it has no effect")


def _is_dataclass(cls: ClassSource) -> bool:
    names = [dotted_text(item.func if isinstance(item, ast.Call) else item) for item in cls.node.decorator_list]
    return any(name.rpartition(".")[2] == "dataclass" for name in names)


def _takes(cls: ClassSource, config: ClassSource) -> bool:
    """Whether a model is made with a configuration of this class."""
    init = cls.methods.get("__init__")
    return init is not None and any(arg.annotation is not None and dotted_text(arg.annotation) == config.name for arg in init.args.args)
