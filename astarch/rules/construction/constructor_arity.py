"""Rule: a layer constructed with too few, too many or unknown arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import own_module, torch_layer
from ..rule import Rule, has_star
from ..signatures import complaint, layer_signature, signature_of, written


class ConstructorArity(Rule):
    """A layer is constructed with arguments that its `__init__` does not take.

    ## Why
    Python raises `TypeError` as soon as the model is built.

    ## Known problems
    Calls that hand on `*args` or `**kwargs`, and classes with a decorator or a metaclass, are not judged.
    """

    code = "MDL105"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call in file.all(ast.Call):
            if not file.resolve(call.func) or has_star(call):
                continue
            layer = torch_layer(file, call)
            if layer:
                signature = layer_signature(layer)
                wrong = complaint(signature, call) if signature is not None else ""
                if wrong and not _is_caught(file, call):
                    assert signature is not None
                    yield self.finding(file, call, f"`nn.{layer}` {wrong}", help=f"it is {written(layer, signature)}")
                continue
            own = own_module(file, call)
            if (
                own is None
                or not own.closed
                or any(each.node.decorator_list or {"__new__", "__call__"} & each.methods.keys() for each in own.lineage)
            ):
                continue
            init = own.find("__init__")
            wrong = complaint(signature_of(init[1]), call) if init is not None and not init[1].decorator_list else ""
            if wrong and not _is_caught(file, call):
                assert init is not None
                notes = [(init[1], "takes these")] if init[0].file is file else []
                help = f"it is {written(own.name, signature_of(init[1]))}"
                yield self.finding(file, call, f"`{own.name}` {wrong}", notes=notes, help=help)


def _is_caught(file: File, call: ast.Call) -> bool:
    return any(isinstance(node, (ast.Try, ast.With)) for node in file.up(call))
