"""What the source of a project says before anything runs: files, names, classes, what they inherit, assign and read.

The nodes are those of the standard library's `ast`: a check reads whole repositories, and libcst would take ten times
as long for them. Files are read when one of their names is asked for, so that a file can be checked alone.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from .bindings import Scope, bindings, bound_among, may_bind, scopes_around
from .class_source import Assigned, ClassSource, Definition, dotted_text, first_parameter
from .nodes import Heads, Nodes, written
from .parsing import parsed
from .public_names import FOREIGN, public
from .span import Span

N = TypeVar("N", bound=ast.AST)
__all__ = ["Assigned", "ClassSource", "Definition", "File", "FoundText", "Program", "dotted_text", "first_parameter"]


#: The names that a module hands on, said in full at its top level.
_ALL = re.compile(r"^__all__\s*(?::[^=\n]*)?\+?=\s*([\[(][^\])]*[\])])[ \t]*$", re.MULTILINE)


class FoundText(NamedTuple):
    """A file as a finder gives it."""

    path: str
    is_package: bool
    text: str


class Outline(NamedTuple):
    """What stays of a file that was let go of: what its names mean, modules imported with a star, and what it defines."""

    names: dict[str, str]
    stars: list[str]
    defined: frozenset[str]


class File:
    """One file of source, parsed.

    Args:
        name: Dotted module name.
        path: Where it is.
        text: What stands in it.
        program: The project around it.
        is_package: Whether it is an ``__init__.py``.
    """

    def __init__(self, name: str, path: str, text: str, program: Program, is_package: bool = False) -> None:
        self.name, self.path, self.text, self.program, self.is_package = name, path, text, program, is_package
        self.tree = parsed(text)
        program.taken_in += len(text)
        self.lines = text.split("\n")
        self._resolved: dict[ast.AST, str] = {}
        self._bindings: dict[Scope, dict[str, str]] = {}
        self._rebound: dict[str, bool] = {}
        self._bindable: frozenset[str] | None = None
        self.via: set[tuple[str, str]] = set()  # what the meaning of a name in it went through: modules, each with the name asked for
        self._around: dict[ast.AST, ClassSource | None] = {}

    @cached_property
    def _nodes(self) -> Nodes:
        """Every node; a file that is only looked at for its names and classes is never gone through."""
        self.program.gone_through.append(self)
        self.program.taken_in += len(self.text)
        return Nodes(self.tree)

    def _may_bind(self, name: str) -> bool:
        """Whether a function may bind a name; a file that was not gone through is not gone through for that."""
        if name not in self._rebound:
            if self._bindable is None and "_nodes" in self.__dict__:
                self._bindable = bound_among(self._nodes)
            self._rebound[name] = may_bind(self.text, name) if self._bindable is None else name in self._bindable
        return self._rebound[name]

    @cached_property
    def _heads(self) -> Heads:
        return Heads(self.tree)

    def release(self) -> None:
        """Forget what was found out, and with it all that leads round to the file again: when nothing else asks for it, it is gone."""
        for cls in self.__dict__.get("classes", ()):
            cls.release()
        for name in ("_nodes", "_heads", "classes", "by_name", "by_node", "ambiguous", "functions", "called"):
            self.__dict__.pop(name, None)
        self._resolved.clear()
        self._bindings.clear()
        self._around.clear()

    @property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What a node stands in."""
        return self._nodes.parents

    def all(self, kind: type[N]) -> list[N]:
        """Every node of a kind, in the order of the text."""
        found: list[Any] | None = self._heads.of.get(kind)
        return self._nodes.all(kind) if found is None else found

    def qualname(self, node: ast.ClassDef) -> str:
        """The dotted name of a class inside its module."""
        return self._heads.qualnames[node]

    def span(self, node: ast.AST) -> Span:
        """Where a node stands; a definition is its line with the name."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        end_line, end_column = getattr(node, "end_lineno", line) or line, getattr(node, "end_col_offset", column + 1) or column
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            text = self.lines[line - 1]
            start = max(text.find(node.name, column), column)
            return Span(self.path, line, start + 1, line, start + len(node.name) + 1)
        return Span(self.path, line, self._column(line, column), end_line, self._column(end_line, end_column))

    def _column(self, line: int, offset: int) -> int:
        """The parser counts bytes, we count characters."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return (offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))) + 1

    def source(self, node: ast.AST) -> str:
        """The text of a node, as it is written."""
        if "\r" in self.text:  # the parser counts these as ends of lines
            return ast.get_source_segment(self.text, node) or ""
        return written(self.lines, node)

    def up(self, node: ast.AST) -> Iterator[ast.AST]:
        """What encloses a node, from the inside."""
        return self._nodes.up(node)

    def within(self, node: ast.AST, kind: type[N]) -> list[N]:
        """The nodes of a kind inside of a node."""
        return self._nodes.within(node, kind)

    def walk(self, node: ast.AST) -> list[ast.AST]:
        """A node and all that is in it, in the order of the text."""
        return self._nodes.walk(node)

    @cached_property
    def called(self) -> dict[str, list[ast.Call]]:
        """The calls of the file by the dotted name of what they call, each in the order of the text; under ``""`` those of no known name."""
        found: dict[str, list[ast.Call]] = {}
        for call in self.all(ast.Call):
            found.setdefault(self.resolve(call.func), []).append(call)
        return found

    def function_of(self, node: ast.AST) -> Definition | None:
        """The function a node stands in."""
        return next((found for found in self.up(node) if isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef))), None)

    def class_of(self, node: ast.AST) -> ClassSource | None:
        """The class a node stands in, through nested functions."""
        if node not in self._around:
            found = next((found for found in self.up(node) if isinstance(found, ast.ClassDef)), None)
            self._around[node] = self.by_node.get(found) if found is not None else None
        return self._around[node]

    # --- names -------------------------------------------------------------------------------------------------------

    @cached_property
    def classes(self) -> list[ClassSource]:
        """Every class, nested ones too."""
        return [ClassSource(node, self) for node in self.all(ast.ClassDef)]

    @cached_property
    def by_name(self) -> dict[str, ClassSource]:
        """The classes by their qualified names, the first of each."""
        return {found.qualname: found for found in reversed(self.classes)}

    @cached_property
    def functions(self) -> dict[str, Definition]:
        """The top-level functions, the first of each name."""
        return {node.name: node for node in reversed(self.tree.body) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}

    @cached_property
    def ambiguous(self) -> frozenset[str]:
        """Names that are defined more than once, on the arms of a condition mostly: which one is meant is not known."""
        names = [*(cls.qualname for cls in self.classes), *(node.name for node in self.tree.body if isinstance(node, ast.FunctionDef))]
        return frozenset(name for name, count in Counter(names).items() if count > 1)

    @cached_property
    def by_node(self) -> dict[ast.ClassDef, ClassSource]:
        """The classes by their nodes."""
        return {found.node: found for found in self.classes}

    @cached_property
    def names(self) -> dict[str, str]:
        """What the names of the module mean, as dotted names."""
        found: dict[str, str] = {}
        for node in self.all(ast.Import):
            for alias in node.names:
                found.setdefault(alias.asname or alias.name.partition(".")[0], alias.name if alias.asname else alias.name.partition(".")[0])
        for node in self.all(ast.ImportFrom):
            start = self._absolute(node)
            for alias in node.names:
                found.setdefault(alias.asname or alias.name, f"{start}.{alias.name}" if start else alias.name)
        for node in self.tree.body:
            for inner in self._definitions(node):
                found[inner] = f"{self.name}.{inner}"
        for node in self.tree.body:  # `Linear = partial(Linear, bias=False)`: no longer what was imported or defined
            if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Constant):
                for target in node.targets:
                    found.pop(target.id if isinstance(target, ast.Name) else "", None)
        return found

    def _definitions(self, node: ast.stmt) -> Iterator[str]:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name
        elif isinstance(node, ast.If | ast.Try):
            for child in (*node.body, *node.orelse):
                if isinstance(child, (ast.ClassDef, ast.FunctionDef)):
                    yield child.name

    @cached_property
    def aliases(self) -> dict[str, ast.expr]:
        """Top-level names that are bound to another name: ``BatchNorm2d = nn.BatchNorm2d``."""
        return {
            node.targets[0].id: node.value
            for node in self.tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, (ast.Name, ast.Attribute))
        }

    @cached_property
    def stars(self) -> list[str]:
        """Modules whose names are imported with a star."""
        return [self._absolute(node) for node in self.all(ast.ImportFrom) if any(alias.name == "*" for alias in node.names)]

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".") if self.name else []
        parts = parts[: len(parts) - node.level + (1 if self.is_package else 0)]
        return ".".join([*parts, *([node.module] if node.module else [])])

    def resolve(self, node: ast.AST) -> str:
        """The dotted name that an expression means: ``torch.nn.Conv2d``; empty when it is no name, or a local one."""
        found = self._resolved.get(node)
        if found is None:
            found = self._resolved[node] = self._meaning(node)
        return found

    def _local(self, node: ast.AST, name: str) -> str | None:
        """What a name means that a function around a node binds: empty for a value; None when no function does."""
        for scope in scopes_around(self._nodes, node) if self._may_bind(name) else ():
            if scope not in self._bindings:
                self._bindings[scope] = bindings(self._nodes, scope, self._absolute)
            if name in self._bindings[scope]:
                return self._bindings[scope][name]
        return None

    def _meaning(self, node: ast.AST) -> str:
        text = dotted_text(node)
        first, dot, rest = text.partition(".")
        if not first:
            return ""
        canonical = self.program.canonical
        local = self._local(node, first)
        if local is not None:
            return canonical(local + dot + rest, via=self.via) if local else ""
        if first in self.names:
            return canonical(self.names[first] + dot + rest, via=self.via)
        if first in self.aliases and self.aliases[first] is not node:
            start = self.resolve(self.aliases[first]) if dotted_text(self.aliases[first]).partition(".")[0] != first else ""
            return canonical(start + dot + rest, via=self.via) if start else ""
        for module in self.stars:
            name = canonical(f"{module}.{first}", via=self.via)
            self.via.add((module, first))
            if self.program.known(name):
                return canonical(name + dot + rest, via=self.via)
        return ""


class Program:
    """The files of a project, read when they are asked for.

    Args:
        finder: Gives a module's file by its dotted name, or None.
        mentions: Whether another file of the project than the one given uses a word: as an attribute or a text (``read``), as an
            attribute that is assigned (``store``), as a class that others inherit from (``base``), among others (``mixed``).
    """

    def __init__(
        self, finder: Callable[[str], FoundText | None], mentions: Callable[[str, str, str], bool] = lambda word, path, how: False
    ) -> None:
        self._finder, self._mentions = finder, mentions
        self._files: dict[str, File | None] = {}
        self._texts: dict[str, FoundText | None] = {}
        self._names: dict[str, tuple[str, frozenset[tuple[str, str]]]] = {}  # what a name means, and what its meaning went through
        self._trail: set[tuple[str, str]] = set()  # that of the name that is followed now
        self._outlines: dict[str, Outline] = {}  # of files that were let go of
        self.gone_through: list[File] = []
        self.taken_in = 0  # characters that were parsed or gone through since it was last seen to what is held
        self._stated: dict[str, list[str] | None] = {}  # what modules hand on, where they say so in full
        self.seen: dict[str, set[str]] = {}  # what was asked for: by module, the names in it; to be emptied by who wants to know

    def _see(self, module: str, name: str) -> None:
        names = self.seen.get(module)
        if names is None:
            names = self.seen[module] = set()
        names.add(name)

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> Program:
        """A program from texts by dotted name."""
        return cls(lambda name: FoundText(name.replace(".", "/") + ".py", False, texts[name]) if name in texts else None)

    def home(self, name: str) -> File | None:
        """The module in which a dotted name stands; None when the project has none, or it is not Python."""
        module, _, last = name.rpartition(".")
        self._see(module, last)
        return self._file(module)

    def _file(self, name: str) -> File | None:
        if name in self._files:
            found = self._files[name]
            if found is not None:  # those asked for last stand last
                self._files[name] = self._files.pop(name)
        else:
            self._files[name] = None
            found = self._text(name)
            if found is not None:
                with contextlib.suppress(SyntaxError, ValueError, RecursionError):
                    self._files[name] = File(name, found.path, found.text, self, found.is_package)
        return self._files[name]

    def _text(self, name: str) -> FoundText | None:
        """The text of a module; kept, for it may be looked into many times before it is worth parsing."""
        if name not in self._texts:
            self._texts[name] = self._finder(name)
        return self._texts[name]

    def _may_define(self, module: str, name: str) -> bool:
        """Whether a module's text speaks of a name, or hands on those of others: only then it is parsed for it."""
        known = self._files.get(module) or self._text(module)
        if known is None or name not in known.text:
            return known is not None and "import *" in known.text
        if module not in self._stated:
            stated = _ALL.findall(known.text)
            in_full = stated and len(stated) == known.text.count("__all__") and "import *" not in known.text
            self._stated[module] = stated if in_full else None
        lists = self._stated[module]
        return lists is None or any(f'"{name}"' in names or f"'{name}'" in names for names in lists)

    def add(self, file: File) -> None:
        """Make a file known that was read otherwise."""
        self._files[file.name] = file

    def mentioned(self, word: str, path: str) -> bool:
        """Whether another file of the project uses an attribute of this name."""
        return self._mentions(word, path, "read")

    def assigned_elsewhere(self, word: str, path: str) -> bool:
        """Whether another file of the project assigns an attribute of this name."""
        return self._mentions(word, path, "store")

    def inherited_elsewhere(self, name: str, path: str) -> bool:
        """Whether a class of another file of the project inherits from a class of this name."""
        return self._mentions(name, path, "base")

    def mixed_elsewhere(self, name: str, path: str) -> bool:
        """Whether a class of another file of the project inherits from a class of this name, and from others."""
        return self._mentions(name, path, "mixed")

    def forget(self, most: int = 8_000_000) -> None:
        """Let go of files when they are many characters: a repository does not fit into memory as syntax.

        Of those, an outline stays: most are only asked what their names mean. What is kept is asked for its classes, mostly: which node
        stands where is worked out again when that is asked for.
        """
        if self.taken_in < most // 32:
            return
        self.taken_in = 0
        gone_through = sum(len(file.text) for file in self.gone_through)
        while gone_through > most // 8:
            file = self.gone_through.pop(0)
            gone_through -= len(file.text)
            file.__dict__.pop("_nodes", None)
        loaded = {name: file for name, file in self._files.items() if file is not None}
        kept = sum(len(file.text) for file in loaded.values())
        for name, file in loaded.items():
            if kept <= most:
                break
            kept -= len(file.text)
            self._outlines[name] = Outline(file.names, file.stars, frozenset({*file.by_name, *file.functions}))
            del self._files[name]
            file.release()

    def _outline(self, name: str) -> Outline | File | None:
        """What the names of a module mean; a file that was let go of is not parsed again for it."""
        return self._outlines.get(name) if name not in self._files and name in self._outlines else self._file(name)

    def known(self, name: str) -> bool:
        """Whether the project defines it."""
        module, _, last = name.rpartition(".")
        file = self._defining(module, last) if module else None
        return file is not None and ((module.partition(".")[0] not in FOREIGN and last in file.by_name) or last in file.functions)

    def canonical(self, name: str, via: set[tuple[str, str]] | None = None) -> str:
        """A dotted name as it is defined: re-exports are followed, and the frameworks' other names are mapped to their public ones.

        Args:
            name: The name.
            via: Where that goes which its meaning went through: modules, each with the name asked for; `seen` by default.
        """
        if name not in self._names:
            outer, self._trail = self._trail, set()
            found = self._followed(name, 0)
            self._names[name] = found, frozenset(self._trail)
            self._trail = outer
        found, trail = self._names[name]
        if trail and via is not None:
            via |= trail
        elif trail:
            for module, part in trail:
                self._see(module, part)
        return found

    def noted(self, file: File) -> dict[str, set[str]]:
        """What was asked for since `seen` was emptied, with all that this went through: by module, names in it."""
        found: dict[str, set[str]] = {}
        files = {id(file): file}
        names = [(file.name, name) for name in file.__dict__.get("by_name", ())]
        names += [(module, name) for module, all_names in self.seen.items() for name in all_names]
        for module, name in names:
            found.setdefault(module, set()).add(name)
            home = self._files.get(module)
            if home is None:
                continue
            files[id(home)] = home
            cls = home.__dict__.get("by_name", {}).get(name)
            for each in cls.lineage if cls is not None else ():
                files[id(each.file)] = each.file
                found.setdefault(each.file.name, set()).add(each.qualname)
                for base in each.bases:
                    found.setdefault(base.rpartition(".")[0], set()).add(base.rpartition(".")[2])
        for each in files.values():
            for module, name in each.via:
                found.setdefault(module, set()).add(name)
        found.pop(file.name, None)
        found.pop("", None)
        return found

    def _followed(self, name: str, depth: int) -> str:
        found = name
        parts = name.split(".")
        if parts[0] not in FOREIGN and depth < 12:
            for cut in range(len(parts) - 1, 0, -1):
                module = ".".join(parts[:cut])
                self._trail.add((module, parts[cut]))
                file = self._outline(module)
                if file is not None:
                    meaning = file.names.get(parts[cut])
                    if meaning is not None and meaning != ".".join(parts[: cut + 1]):
                        found = self._followed(".".join([meaning, *parts[cut + 1 :]]), depth + 1)
                    elif meaning is None:
                        found = self._starred(module, file.stars, parts[cut:], depth) or name
                    break
        return public(found)

    def _starred(self, star: str, modules: list[str], rest: list[str], depth: int) -> str:
        for module in modules:
            self._trail.add((module, rest[0]))
            other = self._outline(module) if self._may_define(module, rest[0]) else None
            if other is not None and module != star and depth < 6:
                name = self._followed(".".join([module, *rest]), depth + 1)
                defining, _, last = name.rpartition(".")
                self._trail.add((defining, last))
                if self.known(name):
                    return name
        return ""

    def class_at(self, name: str) -> ClassSource | None:
        """The class of a dotted name."""
        module, _, qualname = name.rpartition(".")
        if not module or module.partition(".")[0] in FOREIGN:
            return None
        self._see(module, qualname)
        file = self._defining(module, qualname)
        return file.by_name.get(qualname) if file is not None and qualname not in file.ambiguous else None

    def function_at(self, name: str) -> Definition | None:
        """The top-level function of a dotted name."""
        module, _, last = name.rpartition(".")
        if module:
            self._see(module, last)
        file = self._defining(module, last) if module else None
        return file.functions.get(last) if file is not None and last not in file.ambiguous else None

    def _defining(self, module: str, name: str) -> File | None:
        """A module, unless it is known to define nothing of that name."""
        outline = self._outlines.get(module) if module not in self._files else None
        return None if outline is not None and name not in outline.defined else self._file(module)
