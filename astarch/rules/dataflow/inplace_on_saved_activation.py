"""Rule: a shortcut that is changed before it is added."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import layer_of
from ..layers import ACTIVATIONS, torch_layer
from ..rule import Rule, argument, constant, replace

_PLACES = {"ReLU": 0, "ReLU6": 0, "SiLU": 0, "Hardswish": 0, "Hardsigmoid": 0, "Mish": 0, "SELU": 0, "ELU": 1, "CELU": 1, "LeakyReLU": 1}


class InplaceOnSavedActivation(Rule):
    """A shortcut is kept under a second name, and changed in place before it is used.

    ## Why
    `shortcut = x` copies nothing: an activation in place on `x` changes the shortcut as well, and what is added is not what was kept.

    ## Known problems
    Only what stands directly in the forward is seen, and only a second name (`shortcut = x`).

    ## Fix
    Unsafe: the activation gives a tensor of its own; the model computes something else.
    """

    code = "MDL316"
    severity = "warning"
    confidence = "likely"
    references = ("https://github.com/pytorch/pytorch/issues/15428",)
    bad = """
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            shortcut = x
            x = F.relu(x, inplace=True)
            return self.fc(x) + shortcut
    """
    good = """
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            shortcut = x
            x = F.relu(x, inplace=False)
            return self.fc(x) + shortcut
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.forward is None:
            return
        body = cls.forward.body
        for place, kept in enumerate(body):
            if not (isinstance(kept, ast.Assign) and isinstance(kept.value, ast.Name) and isinstance(kept.targets[0], ast.Name)):
                continue
            name, other = kept.value.id, kept.targets[0].id
            changed = _changed_next(cls, body[place + 1 :], name, other)
            if changed is None:
                continue
            statement, call, flag = changed
            after = body[body.index(statement) + 1 :]
            used = next((node for later in after for node in _reads(later, other)), None)
            if used is None:
                continue
            yield self.finding(
                cls.file,
                call,
                f"this changes `{other}` as well: it is another name for `{name}`",
                notes=[(kept, "the same tensor"), (used, "used here, changed")],
                help="let the activation give a tensor of its own",
                fix=None if flag is None else replace(cls.file, flag, "False", "let the activation give a tensor of its own"),
            )


def _changed_next(cls: ClassSource, body: list[ast.stmt], name: str, other: str) -> tuple[ast.stmt, ast.Call, ast.expr | None] | None:
    """The first statement that has to do with one of the names, when it changes the tensor in place."""
    for statement in body:
        mentioned = [node for node in ast.walk(statement) if isinstance(node, ast.Name) and node.id in (name, other)]
        if not mentioned:
            continue
        if not isinstance(statement, (ast.Assign, ast.Expr)):
            return None
        for call in ast.walk(statement):
            if isinstance(call, ast.Call) and (flag := _changes(cls, call, name)) is not None:
                return statement, call, flag if isinstance(flag, ast.expr) else None
        return None
    return None


def _changes(cls: ClassSource, call: ast.Call, name: str) -> ast.expr | bool | None:
    """The setting by which a call changes a tensor in place, False when it is not here; None when it does not."""
    func = call.func
    if isinstance(func, ast.Attribute) and func.attr in ("relu_", "sigmoid_", "tanh_") and _is(func.value, name):
        return False
    if not (call.args and _is(call.args[0], name)):
        return None
    dotted = cls.file.resolve(func)
    if dotted.startswith("torch.nn.functional."):
        flag = next((keyword.value for keyword in call.keywords if keyword.arg == "inplace"), None)
        return flag if flag is not None and constant(flag) is True else None
    if isinstance(func, ast.Attribute) and _is(func.value, "self"):
        made = layer_of(cls, func.attr)
        kind = torch_layer(cls.file, made)
        if made is not None and kind in ACTIVATIONS and kind in _PLACES:
            flag = argument(made, _PLACES[kind], "inplace")
            return False if flag is not None and constant(flag) is True else None
    return None


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _reads(statement: ast.stmt, name: str) -> Iterator[ast.Name]:
    """Where a statement reads a name; nothing after it is assigned anew."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node
