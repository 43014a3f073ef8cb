"""The steps of training as their text says: `zero_grad`, `backward`, `step`, by optimizers that are surely some."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..ir.program import Definition, File, dotted_text
from .endings import values_of

Loop = ast.For | ast.While

_NAMED = re.compile(r"(opt|optim|optimizer)([_\d]\w*)?|\w+_(opt|optim|optimizer)|optimizer[A-Z]\w*")


def method_calls(file: File, node: ast.AST, name: str) -> list[ast.Call]:
    """The calls of a method of some name inside of a node."""
    return [call for call in file.within(node, ast.Call) if isinstance(call.func, ast.Attribute) and call.func.attr == name]


def is_made_by_torch(file: File, optimizer: ast.expr) -> bool:
    """Whether every value that the file gives the name of an optimizer is one of torch's own."""
    values = _values(file, optimizer)
    return bool(values) and all(isinstance(one, ast.Call) and file.resolve(one.func).startswith("torch.optim.") for one in values)


def _values(file: File, node: ast.expr) -> list[ast.expr]:
    """Everything that a file gives a name, or an attribute of ``self``."""
    if isinstance(node, ast.Name):
        return values_of(file, node.id)
    text = dotted_text(node)
    if not text.startswith("self.") or text.count(".") != 1:
        return []
    return [one.value for one in file.all(ast.Assign) if any(dotted_text(target) == text for target in one.targets)]


def optimizer_of(file: File, call: ast.Call) -> ast.expr | None:
    """The optimizer that a call of ``step`` surely is of: one of torch's, or an argument that is called so and whose ways are not ours."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "step":
        return None
    owner: ast.expr = call.func.value
    if len(call.args) == 1 and "scaler" in file.source(owner).lower():
        owner = call.args[0]  # scaler.step(optimizer)
    elif call.args or call.keywords:
        return None  # a closure does the rest
    if is_made_by_torch(file, owner):
        return None if any("LBFGS" in file.source(one) for one in _values(file, owner)) else owner
    if not isinstance(owner, ast.Name):
        return None
    function = file.function_of(call)
    named = _NAMED.fullmatch(owner.id) and not values_of(file, owner.id)
    own_ways = any(isinstance(node, ast.FunctionDef) and node.name == "step" for node in file.all(ast.FunctionDef))
    return owner if named and function is not None and not own_ways and _takes(function, owner.id) else None


def _takes(function: Definition, name: str) -> bool:
    arguments = function.args
    return any(one.arg == name for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))


def loops_around(file: File, node: ast.AST) -> Iterator[Loop]:
    """The loops that a node stands in, the innermost first, as far as its own function goes."""
    for outer in file.up(node):
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            return
        if isinstance(outer, (ast.For, ast.While)):
            yield outer


def has_helper(file: File) -> bool:
    """Whether a library may do what the text does not show: it steps, zeroes or goes backward by itself."""
    roots = {name.partition(".")[0] for name in file.names.values()}
    return not roots.isdisjoint(_HELPERS) or "register_hook" in file.text or "optimizer_step" in file.text


_HELPERS = frozenset({"accelerate", "apex", "catalyst", "deepspeed", "fairseq", "fastai", "horovod", "ignite", "lightning", "lightning_fabric",
                      "mmcv", "mmengine", "pytorch_lightning", "transformers"})  # fmt: skip
