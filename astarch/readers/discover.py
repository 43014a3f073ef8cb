"""Every model of a project: the classes that are modules or layers, and the functions that build and return one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..ir.nodes import statements
from ..ir.program import ClassSource, Definition, File
from ..source.index import SourceError
from .listing import python_files
from .survey import Survey

#: Classes of the frameworks that a builder may return as they are.
_MODELS = ("torch.nn.Sequential", "keras.Sequential", "keras.models.Sequential", "keras.Model", "keras.models.Functional")

#: Classes of the frameworks that need no arguments; any other layer that is inherited from may.
_NEEDLESS = frozenset({"torch.nn.Module", "torch.nn.Sequential", "torch.nn.ModuleList", "torch.nn.ModuleDict", "torch.nn.ParameterList",
                       "torch.nn.ParameterDict", "torch.nn.Identity", "keras.layers.Layer"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One model.

    Args:
        name: Its qualified name in the file.
        kind: ``class`` or ``function``.
        file: Where it stands.
        line: The line of its definition.
        target: What the other commands take.
        needs: Its required arguments.
        framework: ``torch`` or ``keras``.
    """

    name: str
    kind: str
    file: str
    line: int
    target: str
    needs: tuple[str, ...] = ()
    framework: str = "torch"


def find_models(path: Path, search_path: Iterable[Path] = ()) -> list[Found]:
    """Every model defined or built in a file or a folder, in order of file and line."""
    survey = Survey([*search_path, path if path.is_dir() else path.parent])
    found: list[Found] = []
    for file in python_files([path]):
        try:
            found += models_of(survey.open(file))
        except SourceError:
            continue
    return found


def models_of(file: File, needless: bool = False) -> list[Found]:
    """The models of one file, in the order of the text.

    Args:
        file: Where they stand.
        needless: Whether only those are wanted that need no arguments.
    """
    classes = [cls for cls in file.classes if cls.framework and not cls.name.startswith("_") and not _is_local(file, cls.node)]
    found = [
        Found(cls.qualname, "class", file.path, cls.node.lineno, f"{file.path}:{cls.qualname}", _needs_of(cls), cls.framework)
        for cls in classes
    ]
    found = [one for one in found if not (needless and one.needs)]
    for node in file.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not (needless and required(node, 0)):
            framework = built(file, node)
            if framework:
                found.append(Found(node.name, "function", file.path, node.lineno, f"{file.path}:{node.name}", required(node, 0), framework))
    return sorted(found, key=lambda one: one.line)


def _is_local(file: File, node: ast.ClassDef) -> bool:
    return any(isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)) for outer in file.up(node))


def _needs_of(cls: ClassSource) -> tuple[str, ...]:
    """What its constructor needs; one that hands its arguments on needs what the next one does."""
    needed: list[str] = []
    for each in cls.lineage:
        init = each.methods.get("__init__")
        if init is not None:
            needed += required(init, 1)
            if init.args.vararg is None and init.args.kwarg is None:
                return tuple(needed)
    layers = [base for base in cls.outside if base.startswith(("torch.nn.", "keras.layers.")) and base not in _NEEDLESS]
    return (*needed, "*args") if layers else tuple(needed)


def required(function: Definition, skip: int) -> tuple[str, ...]:
    names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
    free = [arg.arg for arg, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if default is None]
    return (*names[: len(names) - len(function.args.defaults)][skip:], *free)


def parameters_of(file: File, name: str) -> list[str]:
    """The names that a model's constructor or builder takes, in the order of places."""
    function = constructor_of(file, name)
    if function is None:
        return []
    arguments = function.args
    places = [one.arg for one in (*arguments.posonlyargs, *arguments.args)][1 if name in file.by_name else 0 :]
    return [*places, *(one.arg for one in arguments.kwonlyargs)]


def default_of(file: File, name: str, wanted: re.Pattern[str]) -> int | None:
    """The number that the first parameter of some names has by default; None when there is none."""
    function = constructor_of(file, name)
    if function is None:
        return None
    found = (node.value for one, node in reversed(_defaults(function)) if wanted.fullmatch(one) and isinstance(node, ast.Constant))
    return next((value for value in found if isinstance(value, int) and not isinstance(value, bool)), None)


def hollow_parameters(file: File, name: str, none: bool = False) -> list[str]:
    """The parameters of a constructor or builder whose default holds nothing: who builds it mostly gives something else.

    Args:
        file: Where it stands.
        name: What it is called.
        none: Whether None counts, which more often than not is what it is built with.
    """
    function = constructor_of(file, name)
    return [one for one, node in _defaults(function) if _is_hollow(node, none)] if function is not None else []


def _is_hollow(node: ast.expr | None, none: bool) -> bool:
    if isinstance(node, (ast.Tuple, ast.List)):
        return not node.elts
    if isinstance(node, ast.Dict):
        return not node.keys
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("dict", "list", "tuple", "set") and not node.args and not node.keywords
    return isinstance(node, ast.Constant) and (node.value == "" or (none and node.value is None))


def _defaults(function: Definition) -> list[tuple[str, ast.expr | None]]:
    """The parameters that have a default, with it; those that need their names last."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args]
    pairs = [*zip(reversed(named), reversed(arguments.defaults)), *zip(arguments.kwonlyargs, arguments.kw_defaults)]
    return [(one.arg, node) for one, node in pairs]


def constructor_of(file: File, name: str) -> Definition | None:
    """What a class is built by, as its instances find it, or the builder of a name."""
    cls = file.by_name.get(name)
    found = cls.find("__init__") if cls is not None else None
    return found[1] if found is not None else file.functions.get(name)


def variables_of(file: File) -> list[Found]:
    """The top-level names of a file that are given a model, in the order of the text."""
    found: dict[str, Found] = {}
    for node in file.tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call) or not isinstance(node.targets[0], ast.Name):
            continue
        name, framework = node.targets[0].id, made(file, node.value)
        if framework:
            found[name] = Found(name, "variable", file.path, node.lineno, f"{file.path}:{name}", (), framework)
    return list(found.values())


def built(file: File, function: Definition, depth: int = 0) -> str:
    """The framework of the model that a function returns; empty when it returns none."""
    calls = (value for value in _returned(function) if isinstance(value, ast.Call))
    return next((framework for call in calls if (framework := made(file, call, function, depth))), "")


def made(file: File, call: ast.Call, function: Definition | None = None, depth: int = 0) -> str:
    """The framework of the model that a call makes; empty when it makes none."""
    name = file.resolve(call.func)
    if name in _MODELS:
        return "keras" if name.startswith("keras") else "torch"
    cls = file.program.class_at(name) if name else None
    if cls is not None and cls.framework:
        return cls.framework
    builder = file.program.function_at(name) if name and depth < 4 else None
    home = file.program.home(name) if builder is not None else None
    if builder is not None and home is not None and builder is not function and (inner := built(home, builder, depth + 1)):
        return inner
    for arg in call.args[:1]:  # `_create(Net, ...)`: a class handed to a builder
        given = file.program.class_at(file.resolve(arg)) if file.resolve(arg) else None
        if given is not None and given.framework:
            return given.framework
    return ""


def _returned(function: Definition) -> Iterator[ast.expr]:
    """What it returns: expressions, and what returned names were given."""
    names: set[str] = set()
    for node in statements(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Name):
            names.add(node.value.id)
        elif isinstance(node, ast.Return) and node.value is not None:
            yield node.value
    for node in statements(function) if names else ():
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id in names for target in node.targets):
            yield node.value
