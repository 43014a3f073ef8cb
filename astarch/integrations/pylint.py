"""A pylint plugin: ``load-plugins = ["astarch.integrations.pylint"]``. Models are not built, only their source is read.

Pylint's message ids are a letter and four digits: ``MDL110`` is ``E9110``, or ``W9…`` for a warning; the names are the same.
Pylint itself does not know what a module registers: its ``not-callable`` and ``no-member`` about modules and their attributes are
left out, since `undefined-attribute` says what is really missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from astroid import nodes  # pyright: ignore[reportMissingImports]
from astroid.bases import Instance  # pyright: ignore[reportMissingImports]
from astroid.exceptions import AstroidError  # pyright: ignore[reportMissingImports]
from pylint.checkers import BaseRawFileChecker  # pyright: ignore[reportMissingImports]

from ..checking import check_text, listed, model_classes

if TYPE_CHECKING:
    from pylint.lint import PyLinter  # pyright: ignore[reportMissingImports]

_LETTERS = {"error": "E", "warning": "W", "info": "R"}

#: What pylint says wrongly of modules.
_LEFT_OUT = ("not-callable", "no-member")

#: The classes that models inherit from, where they are installed.
_ROOTS = ("torch.nn.modules.module.Module", "keras.src.layers.layer.Layer", "keras.src.models.model.Model")


@lru_cache(maxsize=4)
def _found(text: str, file: str) -> tuple[Any, ...]:
    return tuple(check_text(text, file))


@lru_cache(maxsize=64)
def _models(text: str, file: str) -> frozenset[int]:
    return model_classes(text, file)


def _text(module: Any) -> str:
    with module.stream() as stream:
        return stream.read().decode("utf-8", errors="replace").replace("\r\n", "\n")


class ModelChecker(BaseRawFileChecker):  # type: ignore[misc]
    """Asks the rules about each file; one for each family of rules, since pylint wants the ids of a checker to begin alike."""

    name = "astarch"
    msgs: ClassVar[Any] = {}

    def process_module(self, node: Any) -> None:
        """Report what is found in a file."""
        known = {name for _, name, *_ in self.msgs.values()}
        for finding in _found(_text(node), node.file):
            if finding.name in known:
                self.add_message(
                    finding.name,
                    line=finding.span.line,
                    args=(finding.message,),
                    col_offset=finding.span.column - 1,
                    end_lineno=finding.span.end_line,
                    end_col_offset=finding.span.end_column - 1,
                )


def _checkers(linter: PyLinter) -> Iterator[ModelChecker]:
    families: dict[str, dict[str, tuple[str, str, str]]] = {}
    for rule in listed():
        if rule["default"]:
            digits = rule["code"].removeprefix("MDL")
            families.setdefault(digits[0], {})[f"{_LETTERS[rule['severity']]}9{digits}"] = ("%s", rule["name"], rule["summary"])
    for digit, messages in families.items():
        family = type(f"ModelChecker{digit}", (ModelChecker,), {"msgs": messages})
        yield family(linter)


class Filtered:
    """A checker's `add_message` that does not speak of what a module registers.

    Args:
        say: What it was.
    """

    def __init__(self, say: Any) -> None:
        self.say = say

    def __call__(self, msgid: str, line: int | None = None, node: Any = None, *rest: Any, **named: Any) -> None:
        """Say it, or not."""
        if not (msgid in _LEFT_OUT and node is not None and _is_of_module(node)):
            self.say(msgid, line, node, *rest, **named)


def _is_of_module(node: Any) -> bool:
    """Whether a call or an attribute is one of a module, or of something that a module holds."""
    owner = node.func if isinstance(node, nodes.Call) else node.expr if isinstance(node, nodes.Attribute) else None
    root: Any = owner
    while isinstance(root, (nodes.Attribute, nodes.Subscript, nodes.Call)):
        root = root.func if isinstance(root, nodes.Call) else root.expr if isinstance(root, nodes.Attribute) else root.value
    if isinstance(root, nodes.Name) and _is_self(root):
        return True
    try:
        return owner is not None and any(isinstance(found, Instance) and _is_model(found._proxied) for found in owner.infer())
    except (AstroidError, RecursionError):
        return False


def _is_self(name: Any) -> bool:
    """Whether a name is the first parameter of a method of a module."""
    function = name.frame()
    while isinstance(function, nodes.Lambda) and not isinstance(function, nodes.FunctionDef) and function.parent is not None:
        function = function.parent.frame()
    if not isinstance(function, nodes.FunctionDef) or not isinstance(function.parent, nodes.ClassDef):
        return False
    arguments = [*function.args.posonlyargs, *(function.args.args or ())]
    return bool(arguments) and arguments[0].name == name.name and _is_model(function.parent)


def _is_model(cls: Any) -> bool:
    if not isinstance(cls, nodes.ClassDef):
        return False
    for one in (cls, *cls.ancestors()):
        module = one.root()
        if one.qname() in _ROOTS or (module.file and module.file == cls.root().file and one.lineno in _models(_text(module), module.file)):
            return True
    return False


def register(linter: PyLinter) -> None:
    """What pylint calls."""
    for checker in _checkers(linter):
        linter.register_checker(checker)
    load_configuration(linter)


def load_configuration(linter: PyLinter) -> None:
    """What pylint calls when all checkers are there."""
    for checker in linter.get_checkers():
        if checker.name == "typecheck" and not isinstance(checker.add_message, Filtered):
            checker.add_message = Filtered(checker.add_message)  # type: ignore[method-assign]
