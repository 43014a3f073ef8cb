"""Rule: a class that holds layers does not inherit from `nn.Module`."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..holders import held_layers
from ..layers import torch_layer
from ..rule import Rule


class SubmoduleNotAModule(Rule):
    """A class that holds layers does not inherit from `nn.Module`.

    ## Why
    Only modules are looked into: the layers of a plain object are not trained, not saved, and stay where they are at `.to(device)`.
    """

    code = "MDL115"
    references = ("https://github.com/EleutherAI/gpt-neox/pull/267",)
    bad = """
    class Head:
        def __init__(self):
            self.fc = nn.Linear(8, 2)

        def forward(self, x):
            return self.fc(x)


    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.head = Head()

        def forward(self, x):
            return self.head.forward(x)
    """
    good = """
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 2)

        def forward(self, x):
            return self.fc(x)


    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.head = Head()

        def forward(self, x):
            return self.head(x)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for one, other, layer in held_layers(cls):
            kind = torch_layer(other.file, layer.value)
            if not kind:
                continue
            yield Diagnostic(
                self.code,
                self.name,
                self.severity,
                f"`{other.name}` holds a `{kind}` and is no `nn.Module`: what is in `self.{one.name}` is neither trained nor saved",
                cls.file.span(one.node),
                notes=self.places((other.file, other.node, "is no module"), (other.file, layer.node, "never registered")),
                help=f"let `{other.name}` inherit from nn.Module, and call super().__init__() first",
            )
