"""Rule: a size is written out that the configuration says."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, Definition, dotted_text
from ..layers import KERAS_WEIGHTED, WEIGHTED, keras_layer, torch_layer
from ..rule import Rule, constant, replace

#: Smaller numbers are the same by chance: channels of an image, heads, kernels.
_SMALLEST = 32


class HardcodedDimension(Rule):
    """A size is written out that a field of the configuration says.

    ## Why
    `nn.Linear(config.hidden_size, 3072)` beside `intermediate_size = 3072`: whoever sets the field changes nothing, or gets a model that
    does not fit together.

    ## Known problems
    That the number is the field's default may be chance; so the rule is off by default.

    ## Fix
    Unsafe: the field instead of the number; models of another configuration change.
    """

    code = "MDL405"
    severity = "info"
    confidence = "possible"
    framework = "both"
    bad = """
    @dataclass
    class Config:
        hidden: int = 768
        inner: int = 3072


    class Net(nn.Module):
        def __init__(self, config: Config):
            super().__init__()
            self.up = nn.Linear(config.hidden, 3072)
            self.down = nn.Linear(config.inner, config.hidden)

        def forward(self, x):
            return self.down(self.up(x))
    """
    good = """
    @dataclass
    class Config:
        hidden: int = 768
        inner: int = 3072


    class Net(nn.Module):
        def __init__(self, config: Config):
            super().__init__()
            self.up = nn.Linear(config.hidden, config.inner)
            self.down = nn.Linear(config.inner, config.hidden)

        def forward(self, x):
            return self.down(self.up(x))
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        init = cls.methods.get("__init__")
        if init is None:
            return
        taken = _configuration(cls, init)
        if taken is None:
            return
        name, config = taken
        fields = _sizes(config)
        for call in cls.file.within(init, ast.Call):
            if torch_layer(cls.file, call) not in WEIGHTED and keras_layer(cls.file, call) not in KERAS_WEIGHTED:
                continue
            for node in [*call.args, *(keyword.value for keyword in call.keywords)]:
                value = constant(node)
                same = [field for field in fields if fields[field][0] == value]
                if type(value) is not int or len(same) != 1:
                    continue
                place = (config.file, fields[same[0]][1], f"`{same[0]}`, {value} by default")
                said = f"{name}.{same[0]}"
                message = f"{value} is what `{said}` says: a model of another configuration keeps it"
                found = self.finding(cls.file, node, message, fix=replace(cls.file, node, said, "take it from the configuration"))
                yield dataclasses.replace(found, notes=self.places(place))


def _configuration(cls: ClassSource, init: Definition) -> tuple[str, ClassSource] | None:
    """The argument by which a model is given its configuration, with the class of that, when an annotation says it."""
    for arg in (*init.args.args[1:], *init.args.kwonlyargs):
        said = cls.file.resolve(arg.annotation) if arg.annotation is not None and dotted_text(arg.annotation) else ""
        config = cls.file.program.class_at(said) if said else None
        if config is not None and config.name.endswith(("Config", "Args", "Arguments")):
            return arg.arg, config
    return None


def _sizes(config: ClassSource) -> dict[str, tuple[int, ast.stmt | ast.arg]]:
    """The numbers among the defaults of a configuration that may be sizes, with where they stand."""
    found: dict[str, tuple[int, ast.stmt | ast.arg]] = {}
    for node in config.node.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            value = constant(node.value)
            if type(value) is int and value >= _SMALLEST:
                found[node.target.id] = value, node
    init = config.methods.get("__init__")
    if init is not None:
        named = init.args.args[len(init.args.args) - len(init.args.defaults) :]
        for arg, default in zip(named, init.args.defaults, strict=True):
            value = constant(default)
            if type(value) is int and value >= _SMALLEST:
                found[arg.arg] = value, arg
    return found
