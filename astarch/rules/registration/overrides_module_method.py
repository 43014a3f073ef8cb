"""Rule: a method that replaces one of ``nn.Module``'s and cannot be called like it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, Definition
from ..rule import Rule

#: How many arguments torch itself gives these methods.
_GIVEN = {
    "train": 1,
    "eval": 0,
    "parameters": 0,
    "named_parameters": 0,
    "children": 0,
    "modules": 0,
    "zero_grad": 0,
    "half": 0,
    "float": 0,
    "double": 0,
    "cpu": 0,
    "apply": 1,
    "requires_grad_": 1,
}


class OverridesModuleMethod(Rule):
    """A method has the name of one of `nn.Module`'s, and another signature.

    ## Why
    Torch calls it itself: `model.eval()` is `self.train(False)`, an optimizer calls `parameters()`. Those calls then fail. A `train`
    that takes something else than a mode is given False, and the model stays in training.
    """

    code = "MDL118"
    bad = (
        """
    class Net(nn.Module):
        def train(self, loader, epochs):
            for batch in loader:
                self(batch)
    """,
        """
    class Net(nn.Module):
        def train(self, loader):
            for batch in loader:
                self(batch)
    """,
    )
    good = """
    class Net(nn.Module):
        def fit(self, loader, epochs):
            for batch in loader:
                self(batch)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if not cls.closed:
            return
        for name, given in _GIVEN.items():
            method = cls.methods.get(name)
            if method is None or method.decorator_list:
                continue
            required = len(method.args.args) + len(method.args.posonlyargs) - 1 - len(method.args.defaults)
            required += sum(default is None for default in method.args.kw_defaults)
            if required > given:
                text = "without arguments" if given == 0 else "with one argument"
                yield self.finding(
                    cls.file,
                    method,
                    f"`{name}` replaces a method that torch itself calls {text}, and needs {required}",
                    help="give it another name",
                )
            elif name == "train" and required == 1 and not _sets_the_mode(cls, method):
                yield self.finding(
                    cls.file,
                    method,
                    "`train` replaces the method that `eval()` calls with False, and does not set the mode",
                    help="give it another name",
                )


def _sets_the_mode(cls: ClassSource, method: Definition) -> bool:
    """Whether a `train` hands on what it is given to the one that it replaces, or sets the mode itself."""
    attributes = cls.file.within(method, ast.Attribute)
    return any(node.attr in ("train", "training", "mode", "eval") for node in attributes) or any(
        isinstance(node, ast.Raise) for node in method.body
    )
