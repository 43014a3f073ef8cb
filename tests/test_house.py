"""The house keeps its plan: who may import whom, no cycles, no large files or functions, honest names, late imports where wanted."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "astarch"
FILES = sorted(HOUSE.rglob("*.py"))

#: The nouns at the door, which any room that talks to users may know.
DOOR = {"errors", "targets", "inputs", "version"}

#: Who may import whom, beside their own room; longest name first. A room is a dotted prefix below `astarch`.
ABOVE = {"ir", "source", "interpreter", "frameworks", "readers", "rules", "compare", "render", "config", "environment", *DOOR}
ABOVE |= {"checking", "drawing", "matching", "review"}
MAY_IMPORT: dict[str, set[str]] = {
    "ir": set(),
    "source": {"ir"},
    "interpreter": {"ir", "source.syntax"},
    "interpreter.engine": {"ir", "source"},  # `run_program` reads text of its own
    "frameworks": {"ir"},
    # A framework's own protocol (its modules, containers, calls, library) binds descriptions to the interpreter; its
    # layers and ops stay plain and never see it.
    "frameworks.*.*": {"ir", "interpreter"},
    "frameworks.*.tensor": {"ir"},
    "frameworks.*.layers.*": {"ir"},
    "frameworks.*.ops.*": {"ir"},
    "readers": {"ir", "source", "interpreter", "frameworks", *DOOR},
    "rules": {"ir", "source.syntax"},
    "compare": {"ir"},
    "render": {"ir"},
    "errors": set(),
    "version": set(),
    "targets": {"errors"},
    "inputs": {"errors", "ir"},
    "environment": {"errors"},
    "config": DOOR,
    "matching": {"ir", "compare", *DOOR},
    "review": {"ir", "source", "interpreter.cycles", "readers", "compare", "config", *DOOR},
    "drawing": {"ir", "render", *DOOR},
    "api": {
        "checking",
        "drawing",
        "matching",
        "review",
        "ir",
        "source",
        "interpreter",
        "frameworks",
        "readers",
        "rules",
        "compare",
        "render",
        "config",
        "environment",
        *DOOR,
    },
    "checking": {"ir", "source", "interpreter.cycles", "readers", "rules", "config", "environment", "review", *DOOR},
    "cli": {"api", "checking", "config", "render", "ir", *DOOR},
    "integrations": {"api", "checking", "render", *DOOR},
    "__main__": {"cli"},
    "": {"api", "ir", *DOOR},  # astarch/__init__.py, the public surface
}

#: Packages of others, and the only rooms that may import them.
OTHERS = {
    "libcst": {"source"},
    "click": {"cli"},
    "rich": {"cli", "render"},
    "tomllib": {"config"},
    "tomli": {"config"},
    "msgspec": {"source", "interpreter", "readers", "render", "checking"},
    "pathspec": {"source", "readers"},
    "platformdirs": {"source"},
    "einops": {"frameworks.einops"},
    "numpy": {"readers"},
    "onnx": {"readers"},
    "h5py": {"readers"},
    "safetensors": {"readers"},
    "pylint": {"integrations"},
    "graphviz": {"render"},
}

#: What is analysed is never imported.
NEVER = {"torch", "torchvision", "timm", "transformers", "keras", "tensorflow", "jax"}

#: Where an import may stand inside a function: the door, so that it opens fast; readers, for optional packages;
#: the source room, so that a warm run does not load libcst.
LATE = ("api", "checking", "cli", "drawing", "readers", "source", "integrations")

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers"}


#: `verify --against live` runs the model in another process, since the user asks for it with that word. One file starts that
#: process; the other is the text that it is given, never imported here, and builds the model from the user's own expression.
STARTS_A_PROCESS = {("readers.live", "subprocess")}
RUN_ELSEWHERE = HOUSE / "readers" / "live_child.py"


def dotted(file: Path) -> str:
    """`astarch/ir/dim.py` is `ir.dim`; a package is its folder."""
    parts = file.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def is_typing(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def imports(file: Path, *, typing: bool = True, late: bool = True) -> Iterator[tuple[ast.stmt, str]]:
    """Every import with the absolute name it names; imports of a package's names count as those of its modules."""

    def walk(nodes: list[ast.stmt] | list[ast.AST]) -> Iterator[ast.stmt]:
        for node in nodes:
            if is_typing(node) and not typing:
                yield from walk(node.orelse)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                yield node
            elif late or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from walk(list(ast.iter_child_nodes(node)))

    for node in walk(tree(file).body):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
            continue
        package = ["astarch", *dotted(file).split(".")] if dotted(file) else ["astarch"]
        if file.name != "__init__.py":
            package = package[:-1]
        start = package[: len(package) - node.level + 1] if node.level else []
        for alias in node.names:
            name = ".".join([*start, *([node.module] if node.module else []), alias.name])
            yield node, name


def home(name: str) -> str:
    """The module of ours that an imported name comes from: the longest prefix that is a file or folder."""
    parts = name.split(".")[1:]
    while parts:
        place = HOUSE.joinpath(*parts)
        if place.with_suffix(".py").is_file() or place.is_dir():
            return ".".join(parts)
        parts.pop()
    return ""


def fits(name: str, pattern: str) -> bool:
    parts, wanted = name.split("."), pattern.split(".")
    return len(parts) >= len(wanted) and all(want in ("*", part) for want, part in zip(wanted, parts, strict=False))


def room(name: str) -> str:
    """The row of the table that a module falls under."""
    rows = [pattern for pattern in MAY_IMPORT if (name == pattern if pattern == "" else fits(name, pattern))]
    assert rows, f"astarch/{name.replace('.', '/')}.py stands in no room of the plan"
    return max(rows, key=lambda pattern: pattern.count("."))


def names(files: list[Path]) -> list[str]:
    return [str(file.relative_to(ROOT)) for file in files]


@pytest.mark.parametrize("file", FILES, ids=names(FILES))
def test_imports_follow_the_map(file: Path) -> None:
    name = dotted(file)
    row = room(name)
    allowed = MAY_IMPORT[row] | {row.split(".")[0]}
    strangers = []
    for node, imported in imports(file):
        top = imported.split(".")[0]
        assert top not in NEVER, f"{file}:{node.lineno}: {top} is described, never imported"
        if top == "astarch":
            there = home(imported)
            if there != name and not any(there == other or there.startswith(f"{other}.") for other in allowed if other):
                strangers.append(f"{file.relative_to(ROOT)}:{node.lineno} imports {there or 'astarch'}")
        elif top in OTHERS and not any(name == other or name.startswith(f"{other}.") for other in OTHERS[top]):
            strangers.append(f"{file.relative_to(ROOT)}:{node.lineno} imports {top}")
    assert not strangers


def test_no_import_cycle() -> None:
    edges = {dotted(file): {home(name) for _, name in imports(file, typing=False) if name.split(".")[0] == "astarch"} for file in FILES}
    edges = {name: targets - {name, ""} for name, targets in edges.items()}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name not in done:
            for target in sorted(edges.get(name, ())):
                visit(target, (*path, name))
            done.add(name)

    for name in sorted(edges):
        visit(name, ())


@pytest.mark.parametrize("file", FILES, ids=names(FILES))
def test_files_and_functions_stay_small(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 500
    functions = [node for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert not [f"{node.name}: {node.end_lineno - node.lineno + 1} lines" for node in functions if node.end_lineno - node.lineno >= 60]


@pytest.mark.parametrize("file", FILES, ids=names(FILES))
def test_files_say_what_they_are(file: Path) -> None:
    assert not FORBIDDEN_NAMES & {file.stem, file.parent.name}
    if tree(file).body:
        assert ast.get_docstring(tree(file)), "a module begins with a sentence"


@pytest.mark.parametrize("file", FILES, ids=names(FILES))
def test_late_imports_only_where_wanted(file: Path) -> None:
    early = {id(node) for node, _ in imports(file, late=False)}
    late = [f"{name} (line {node.lineno})" for node, name in imports(file) if id(node) not in early]
    assert not late or dotted(file).split(".")[0] in LATE


def test_only_commands_print() -> None:
    calls = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in FILES
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not calls


def test_nothing_is_executed() -> None:
    """No exec, eval, compile, unpickling, subprocess or dynamic import anywhere but for the word `live`."""
    forbidden = {"exec", "eval", "compile", "__import__"}
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.func.id}"
        for file in FILES
        if file != RUN_ELSEWHERE
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in forbidden
    ]
    assert not found
    modules = {(dotted(file), name.split(".")[0]) for file in FILES for _, name in imports(file)}
    running = {(name, module) for name, module in modules if module in ("pickle", "marshal", "shelve", "subprocess", "runpy", "code")}
    assert running == STARTS_A_PROCESS
    assert not [file for file in FILES for _, name in imports(file) if home(name) == dotted(RUN_ELSEWHERE)]


def test_public_names_are_true() -> None:
    import astarch

    listed = {name for names in astarch._ROOMS.values() for name in names}
    assert set(astarch.__all__) == listed | {"__version__"}
    for name in set(astarch.__all__) - {"read", "find"}:
        assert getattr(astarch, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        astarch.nothing  # noqa: B018


def test_readme_has_two_commands() -> None:
    """One line sets up and shows a real model, one sets up and passes all tests; `.ci/run` runs the second."""
    commands = [line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if "&& " in line or line == "scripts/test"]
    assert len(commands) == 2
    assert "astarch show" in commands[0]
    assert "pytest" in (ROOT / "scripts/test").read_text(encoding="utf-8")
