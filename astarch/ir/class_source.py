"""A class as it is written: what it inherits, assigns and reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .program import File

Definition = ast.FunctionDef | ast.AsyncFunctionDef

#: Base classes that say nothing of a model: they add no attribute that matters.
PLAIN_BASES = frozenset({"object", "abc.ABC", "typing.Generic", "typing.Protocol", "builtins.object"})

#: Base classes that make a class a module or a layer, though their source is not read.
_TORCH_ROOTS = ("torch.nn.", "torch.jit.ScriptModule", "pytorch_lightning.", "lightning.", "transformers.", "timm.", "torchvision.models.")
_KERAS_ROOTS = ("keras.", "keras_hub.", "keras_nlp.", "keras_cv.")
_KERAS_CLASSES = ("Layer", "Model", "Sequential", "Functional", "Wrapper")


class Assigned(NamedTuple):
    """``self.name = value`` in a method; the value is None when it is unpacked or added to."""

    name: str
    value: ast.expr | None
    node: ast.stmt
    target: ast.expr
    method: Definition


def dotted_text(node: ast.AST) -> str:
    """``a.b.c`` as text; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


#: Methods that register under a name; and all that name something, with the place of the name among the arguments.
_REGISTERING = frozenset({"add_module", "register_module", "register_buffer", "register_parameter", "save_hyperparameters"})
_NAMING = {"add_module": 0, "register_module": 0, "register_buffer": 0, "register_parameter": 0, "add_weight": 0,
           "setattr": 1, "__setattr__": 1}  # fmt: skip

#: The statements of `_stores`.
_STORING = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith)


@dataclass(eq=False)
class ClassSource:
    """A class as it is written."""

    node: ast.ClassDef
    file: File

    def release(self) -> None:
        """Forget what was found out."""
        node, file = self.node, self.file
        self.__dict__.clear()
        self.node, self.file = node, file

    @property
    def name(self) -> str:
        return self.node.name

    @cached_property
    def qualname(self) -> str:
        """The dotted name inside its module."""
        return self.file.qualname(self.node)

    @cached_property
    def bases(self) -> list[str]:
        """Its base classes as dotted names; ``?`` for one that is no plain name."""
        nodes = [base.value if isinstance(base, ast.Subscript) else base for base in self.node.bases]
        return [
            self.file.resolve(node) or (dotted_text(node) if dotted_text(node) in ("object", "Exception", "dict", "list", "tuple") else "?")
            for node in nodes
        ]

    @cached_property
    def lineage(self) -> tuple[ClassSource, ...]:
        """Itself and the classes of the project it inherits from, nearest first."""
        found: dict[int, ClassSource] = {id(self.node): self}
        for base in self.bases:
            parent = self.file.program.class_at(base)
            if parent is not None and id(parent.node) not in found and parent is not self:
                if parent.name == self.name and parent.file is self.file:
                    continue
                for each in parent.lineage:
                    found.setdefault(id(each.node), each)
        return tuple(found.values())

    @cached_property
    def outside(self) -> frozenset[str]:
        """The base classes of its lineage that the project does not define."""
        program = self.file.program
        return frozenset(base for each in self.lineage for base in each.bases if program.class_at(base) is None and base not in PLAIN_BASES)

    @cached_property
    def framework(self) -> str:
        """``torch`` or ``keras`` when it is certainly a module or layer of it, otherwise empty."""
        for base in self.outside:
            last = base.rpartition(".")[2]
            if base.startswith(_TORCH_ROOTS) and (base.startswith("torch.") or last.endswith(("Module", "Model", "Net"))):
                return "torch" if not base.startswith("torch.nn.functional") else ""
            if base.startswith(_KERAS_ROOTS) and (last in _KERAS_CLASSES or base.startswith("keras.layers.")):
                return "keras"
        return ""

    @cached_property
    def closed(self) -> bool:
        """Whether everything it inherits is known: its own project's classes, and `torch.nn.Module` or `keras.Layer` itself."""
        return self.outside <= {"torch.nn.Module", "keras.layers.Layer", "keras.Layer", "keras.Model"} and not self.node.keywords

    @cached_property
    def methods(self) -> dict[str, Definition]:
        """Its own methods by name."""
        return {node.name: node for node in self.node.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}

    def find(self, name: str) -> tuple[ClassSource, Definition] | None:
        """A method as an instance would find it, and the class that has it."""
        return next(((each, each.methods[name]) for each in self.lineage if name in each.methods), None)

    @cached_property
    def forward(self) -> Definition | None:
        """Its own ``forward``, or ``call`` of a Keras layer."""
        return self.methods.get("call" if self.framework == "keras" else "forward")

    @cached_property
    def class_names(self) -> set[str]:
        """Names that its body binds."""
        found: set[str] = set()
        for node in self.file.walk(self.node)[1:]:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
                found.add(node.name)
        for node in self.node.body:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []:
                found.update(name.id for name in ast.walk(target) if isinstance(name, ast.Name))
            if isinstance(node, (ast.If, ast.For, ast.Try, ast.With)):
                found.update(name.id for name in ast.walk(node) if isinstance(name, ast.Name))
        return found

    @cached_property
    def bound(self) -> set[str]:
        """Names that an assignment in its body binds, with a value: ``forward = other``."""
        return {name.id for node in self.node.body if isinstance(node, ast.Assign) for name in node.targets if isinstance(name, ast.Name)}

    @cached_property
    def assigned(self) -> list[Assigned]:
        """What its methods assign on ``self``, in the order of the text."""
        found: list[Assigned] = []
        for method in self.methods.values():
            me = first_parameter(method)
            for node in [node for kind in _STORING for node in self.file.within(method, kind)]:
                for target, value in _stores(node):
                    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == me:
                        found.append(Assigned(target.attr, value, node, target, method))
        return sorted(found, key=lambda one: (one.node.lineno, one.node.col_offset))

    @cached_property
    def kept(self) -> dict[str, list[tuple[ClassSource, Assigned]]]:
        """What it and the classes it inherits from assign on ``self``, by name, each with its class."""
        found: dict[str, list[tuple[ClassSource, Assigned]]] = {}
        for each in self.lineage:
            for one in each.assigned:
                found.setdefault(one.name, []).append((each, one))
        return found

    @cached_property
    def reads(self) -> dict[str, list[ast.Attribute]]:
        """What its methods read of ``self``, by name."""
        found: dict[str, list[ast.Attribute]] = {}
        for method in self.methods.values():
            me = first_parameter(method)
            for node in self.file.within(method, ast.Attribute):
                if isinstance(node.value, ast.Name) and node.value.id == me and isinstance(node.ctx, ast.Load):
                    found.setdefault(node.attr, []).append(node)
        return found

    @cached_property
    def asks(self) -> dict[str, list[tuple[Definition, ast.Call]]]:
        """The methods that its methods call on ``self``, by name, each with the method that does."""
        found: dict[str, list[tuple[Definition, ast.Call]]] = {}
        for method in self.methods.values():
            for call in self.file.within(method, ast.Call):
                if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "self":
                    found.setdefault(call.func.attr, []).append((method, call))
        return found

    @cached_property
    def dynamic(self) -> bool:
        """Whether it makes attributes in ways that source alone does not show."""
        if {"__getattr__", "__getattribute__", "__new__"} & self.methods.keys() or self.node.decorator_list:
            return True
        for node in self.file.within(self.node, ast.Call):
            name = dotted_text(node.func)
            if name in ("setattr", "object.__setattr__", "vars", "super().__setattr__") and not (
                len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
            ):
                return True
            if name.rpartition(".")[2] in _REGISTERING and not (node.args and isinstance(node.args[0], ast.Constant)):
                return True
        attributes = self.file.within(self.node, ast.Attribute)
        return any(node.attr in ("__dict__", "_modules", "_buffers", "_parameters") for node in attributes)

    @cached_property
    def named(self) -> set[str]:
        """Names it registers by a text: ``register_buffer("mask", ...)``, ``setattr(self, "x", ...)``."""
        found: set[str] = set()
        for node in self.file.within(self.node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
            place = _NAMING.get(name)
            if place is not None and len(node.args) > place and isinstance(text := node.args[place], ast.Constant):
                found.add(str(text.value))
        return found


def _stores(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Targets of an assignment with their values."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _unpacked(target, node.value)
    elif isinstance(node, ast.AnnAssign):
        yield node.target, node.value
    elif isinstance(node, ast.AugAssign):
        yield node.target, None
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        yield from _unpacked(node.target, None)
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        for item in node.items:
            if item.optional_vars is not None:
                yield from _unpacked(item.optional_vars, None)


def _unpacked(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """What an assignment to a target stores where: ``(self.a, self.b), c = ...``; the value is None when it is one of many."""
    if isinstance(target, ast.Starred):
        yield from _unpacked(target.value, None)
    elif isinstance(target, (ast.Tuple, ast.List)):
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
        starred = any(isinstance(one, ast.Starred) for one in (*target.elts, *parts))
        values = parts if len(parts) == len(target.elts) and not starred else [None] * len(target.elts)
        for one, part in zip(target.elts, values, strict=True):
            yield from _unpacked(one, part)
    else:
        yield target, value


def first_parameter(function: Definition) -> str:
    """The name of the first parameter, ``self`` of a method; empty for a static or class method."""
    if any(dotted_text(decorator) in ("staticmethod", "classmethod") for decorator in function.decorator_list):
        return ""
    names = [*function.args.posonlyargs, *function.args.args]
    return names[0].arg if names else ""
