"""Rule: a method takes the place of one that is called with other arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, Definition, dotted_text
from ..rule import Rule, has_star
from ..signatures import complaint, signature_of


class OverrideSignatureMismatch(Rule):
    """A method takes the place of one that its base class calls with other arguments.

    ## Why
    The base class calls `self.make_block(...)` as it knows it; the method that is found takes something else, and the call fails.

    ## Known problems
    Base classes that look at the signature first, or catch what is raised, are left alone, as are templates (`modular_*.py`).
    """

    code = "MDL109"
    framework = "both"
    bad = """
    class Base(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = self.make_block(8, 16)

        def make_block(self, channels, width):
            return nn.Conv2d(channels, width, 3)

        def forward(self, x):
            return self.block(x)


    class Net(Base):
        def make_block(self, channels, width, stride):
            return nn.Conv2d(channels, width, 3, stride)
    """
    good = (
        """
    class Base(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = self.make_block(8, 16)

        def make_block(self, channels, width):
            return nn.Conv2d(channels, width, 3)

        def forward(self, x):
            return self.block(x)


    class Net(Base):
        def make_block(self, channels, width, stride=1):
            return nn.Conv2d(channels, width, 3, stride)
    """,
        """
    import inspect


    class Base(nn.Module):
        def run(self, x):
            if "scale" in inspect.signature(self.step).parameters:
                return self.step(x, scale=2)
            return self.step(x)

        def step(self, x, scale=1):
            return x * scale

        def forward(self, x):
            return self.run(x)


    class Net(Base):
        def step(self, x):
            return x
    """,
        """
    class Base(nn.Module):
        def run(self, x):
            return self.step(x, 2)

        def step(self, x, scale):
            return x * scale

        def forward(self, x):
            return self.run(x)


    class Net(Base):
        run = nn.Module.__call__

        def step(self, x):
            return x
    """,
    )

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.file.path.rpartition("/")[2].startswith("modular_"):
            return
        own = {name: method for name, method in cls.methods.items() if not method.decorator_list and not name.startswith("__")}
        for parent in cls.lineage[1:] if own else ():
            for name in [name for name in own if name in parent.asks]:
                for method, call in parent.asks[name]:
                    found = cls.find(method.name)
                    if found is None or found[1] is not method or has_star(call):  # replaced on the way: never run
                        continue
                    before = next((each.methods[name] for each in parent.lineage if name in each.methods), None)
                    wrong = complaint(signature_of(own[name]), call)
                    if not wrong or before is None or before.decorator_list or complaint(signature_of(before), call):
                        continue
                    if _is_rebound(cls, parent, method.name) or _is_careful(parent, method):
                        continue
                    yield Diagnostic(
                        self.code,
                        self.name,
                        self.severity,
                        f"`{parent.name}` calls `{name}` in a way that this one does not take: it {wrong}",
                        cls.file.span(own[name]),
                        notes=self.places((parent.file, call, "called here"), (parent.file, before, "as it was")),
                        help="take what the base class gives; what comes on top needs a default",
                    )
                    own.pop(name)
                    break


def _is_rebound(cls: ClassSource, parent: ClassSource, name: str) -> bool:
    """Whether a class on the way to a parent binds a name without a definition: ``transform = Other.transform``."""
    return any(name in each.bound for each in cls.lineage[: cls.lineage.index(parent)])


def _is_careful(cls: ClassSource, method: Definition) -> bool:
    """Whether a method looks at what it calls first, or catches what comes of it."""
    names = {dotted_text(call.func).rpartition(".")[2] for call in cls.file.within(method, ast.Call)}
    return bool(names & {"signature", "getfullargspec", "hasattr"}) or bool(cls.file.within(method, ast.Try))
