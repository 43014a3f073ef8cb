"""Modules: found, never imported; their statements run when one of their names is needed.

A module of the program is a list of top-level statements. Looking up a name runs, in order, those statements that
bind or change it, and those run others as they need them: a model of a 2,000-line file costs only the definitions
it uses. A name that several statements bind is settled by all statements that mention it, in source order, so that
each sees what it would see in CPython.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from ..ir.unknown import Reason, Unknown
from .compile.dispatch import block
from .compile.scopes import Scope, walk
from .gaps import is_given_names
from .machine import Decision, Frame, Machine
from .registrations import holds
from .values import MISSING, PyModule, Raised

_STDLIB = os.path.join(os.path.dirname(__file__), "stdlib")
_DESCRIBED = frozenset(name[:-3] for name in os.listdir(_STDLIB) if name.endswith(".py"))


def _outline(file: Any) -> tuple[dict[str, list[int]], list[int], set[str]]:
    """Which statements settle each name, which import everything, and the names whose values functions change; found once per file."""
    found = file.compiled.get("outline")
    if found is None:
        binders: dict[str, list[int]] = {}
        for i, entry in enumerate(file.entries):
            for name in entry.binds:
                binders.setdefault(name, []).append(i)
        for name, indices in binders.items():
            if len(indices) > 1:
                binders[name] = [i for i, entry in enumerate(file.entries) if name in entry.binds or name in entry.reads]
        stars = [i for i, entry in enumerate(file.entries) if entry.star]
        changed = {name for entry in file.entries for name in entry.changes if name in binders}
        found = file.compiled["outline"] = binders, stars, changed
    return found


class Loading:
    """How far a module of the program has been run."""

    def __init__(self, m: Machine, module: PyModule, file: Any) -> None:
        self.m = m
        self.module = module
        self.file = file
        self.entries = file.entries
        self.scope = Scope("module", set(), None)
        self.done: set[Any] = set()
        self.binders, self.stars, self.changed = _outline(file)
        self.watched: dict[str, Any] = {}
        self.running: list[int] = []
        self.partial: dict[str, Any] = {}  # values that a later statement may still change
        m.registrations.add(self)

    def is_there(self, name: str) -> bool:
        """Whether a name comes from another module, or has been run already."""
        return (
            bool(self.stars) or name in self.module.namespace or any(self.entries[i].kind == "import" for i in self.binders.get(name, ()))
        )

    def resolve(self, name: str, limit: int = 1 << 60) -> Any:
        """The value of a name, running what binds it; `MISSING` when nothing does.

        Args:
            limit: Only what stands before this statement has a say: the one being run.
        """
        namespace = self.module.namespace
        self.file.used.add(name)
        if self.running and limit > self.running[-1]:
            limit = self.running[-1]
        if name in self.watched:
            if not holds(self.watched[name], self.m.wanted):
                self.m.registrations.settle(self.module, self.watched[name])
            return self.watched[name]
        for i in self.binders.get(name, ()):
            if i < limit and name not in self.entries[i].typing_only:
                self.run(i, name)
        if name in namespace:
            if name in self.changed and limit == 1 << 60:
                self.watched[name] = namespace.pop(name)
                return self.resolve(name)
            return namespace[name]
        if name in self.partial:
            value = self.partial[name]
            if self._is_settled(name):
                namespace[name] = self.partial.pop(name)
            return value
        for i in reversed(self.stars):
            if i < limit and (value := self._from_star(i, name)) is not MISSING:
                namespace[name] = value
                return value
        found = self._typed(name)
        return self._by_hook(name) if found is MISSING else found

    def _by_hook(self, name: str) -> Any:
        """A module's own ``__getattr__``."""
        if name.startswith("__") or "__getattr__" not in self.binders:
            return MISSING
        self.m.wanted = None
        hook = self.resolve("__getattr__")
        try:
            return MISSING if hook is MISSING else self.m.call(hook, (name,), {})
        except Raised as raised:
            if self.m.is_instance(raised.value, self.m.builtins["AttributeError"]) is True:
                return MISSING
            raise

    def run(self, index: int, name: str = "") -> None:
        """Run one statement; of an import only the part that binds the name."""
        entry = self.entries[index]
        key: Any = (index, name) if entry.kind == "import" and name else index
        if key in self.done or index in self.done:
            return
        self.done.add(key)
        self.file.used.update(entry.binds)
        compiled = self.file.compiled.get(key)
        if compiled is None:
            statements = self.file.statements(entry)
            if entry.kind == "import" and name:
                statements = [_only(statement, name) for statement in statements]
            compiled = self.file.compiled[key] = block(statements, self.scope)
        for bound in entry.binds:
            if bound in self.partial:
                self.module.namespace[bound] = self.partial.pop(bound)
        self._run(compiled, index)
        for bound in entry.binds:
            if bound in self.module.namespace and len(self.binders[bound]) > 1 and not self._is_settled(bound):
                self.partial[bound] = self.module.namespace.pop(bound)

    def _is_settled(self, name: str) -> bool:
        """Whether every statement that has a say in the value of a name has run."""
        return all(i in self.done or (i, name) in self.done for i in self.binders[name])

    def _run(self, compiled: Any, index: int) -> None:
        m = self.m
        frame = Frame(m, self.module, self.module.namespace)
        frame.limit = index
        caller, frame.caller = m.frame, m.frame
        wanted, m.wanted = m.wanted, None
        m.frame = frame
        m.importing += 1
        self.running.append(index)
        try:
            compiled(frame)
        finally:
            m.frame, m.wanted = caller, wanted
            m.importing -= 1
            self.running.pop()

    def imported(self) -> Iterator[str]:
        """The modules of its own package that its statements import, by dotted name."""
        self.file.list_names()
        root = self.module.name.partition(".")[0]
        for entry in self.entries:
            if entry.kind != "import" or entry.typing_only:
                continue
            for node in self.file.statements(entry):
                level = getattr(node, "level", 0)
                names = [alias.name for alias in getattr(node, "names", [])]
                if type(node).__name__ == "ImportFrom":
                    start = self.file.package
                    for _ in range(level - 1):
                        start = start.rpartition(".")[0]
                    source = ".".join(part for part in (start if level else "", node.module) if part)
                    names = [source, *(f"{source}.{name}" for name in names)] if node.module is None or not node.module else [source]
                yield from (name for name in names if name.partition(".")[0] == root)

    def run_all(self) -> None:
        """Run whatever has not run yet, in order."""
        self.file.list_names()
        for index in range(len(self.entries)):
            self.run(index)

    def _from_star(self, index: int, name: str) -> Any:
        for statement in self.file.statements(self.entries[index]):
            for node in walk([statement]):
                if type(node).__name__ == "ImportFrom" and node.names[0].name == "*":
                    source = import_relative(self.m, self.module, node.module, node.level, True)
                    if isinstance(source, PyModule) and _exports(self.m, source, name):
                        value = source.get(name)
                        if value is not MISSING:
                            return value
        return MISSING

    def _typed(self, name: str) -> Any:
        """A name bound only under ``if TYPE_CHECKING``: lazy packages serve those at run time.

        One that is imported by itself is not a stand-in that comes with everything of some module where a package is missing.
        """
        for index, entry in enumerate(self.entries):
            for node in walk(self.file.statements(entry)) if name in entry.typing_only else ():
                if type(node).__name__ in ("Import", "ImportFrom") and _binds(node, name):
                    self._run(block([_only(node, name)], self.scope), index)
                    return self.module.namespace.get(name, MISSING)
        for entry in self.entries:
            for node in walk(self.file.statements(entry)) if entry.typed_star else ():
                if type(node).__name__ == "ImportFrom" and node.names[0].name == "*":
                    if not _may_bind(self.m, absolute(self.file.package, node), name):
                        continue  # hundreds of others are left alone
                    source = import_relative(self.m, self.module, node.module, node.level, True)
                    if isinstance(source, PyModule) and (value := source.get(name)) is not MISSING:
                        return value
        return MISSING


def absolute(package: str, node: Any) -> str:
    """The module that an import names, from within a package."""
    for _ in range(node.level - 1):
        package = package.rpartition(".")[0]
    return node.module if not node.level else f"{package}.{node.module}" if node.module and package else node.module or package


def _may_bind(m: Machine, module: str, name: str) -> bool:
    """Whether a module, or one that it imports everything from, has a statement that binds a name; it is not run for that."""
    names = m.bound_below.get(module)
    if names is None:
        m.bound_below[module] = frozenset()  # modules that import everything from each other
        names = m.bound_below[module] = frozenset(_bound_below(m, module))
    return "*" in names or name in names or (bool(name) and m.project is not None and m.project.find(f"{module}.{name}") is not None)


def _bound_below(m: Machine, module: str) -> Iterator[str]:
    file = m.project.find(module) if m.project is not None else None
    if file is None:
        yield "*"
        return
    file.list_names()
    for entry in file.entries:
        yield from (*entry.binds, *entry.typing_only)
        if "__getattr__" in entry.binds:
            yield "*"
        for node in walk(file.statements(entry)) if entry.star or entry.typed_star else ():
            if type(node).__name__ == "ImportFrom" and node.names[0].name == "*":
                below = absolute(file.package, node)
                _may_bind(m, below, "")
                yield from m.bound_below[below]


def _binds(node: Any, name: str) -> bool:
    return any(_bound(node, alias) == name for alias in node.names)


def _bound(node: Any, alias: Any) -> str:
    if alias.asname or type(node).__name__ == "ImportFrom":
        return alias.asname or alias.name
    return alias.name.partition(".")[0]


def _only(node: Any, name: str) -> Any:
    """An import statement reduced to the aliases that bind a name."""
    if type(node).__name__ not in ("Import", "ImportFrom"):
        return node
    names = [alias for alias in node.names if _bound(node, alias) == name]
    if len(names) == len(node.names):
        return node
    copy = type(node)(*[getattr(node, field) for field in node.__struct_fields__])
    copy.names = names
    return copy


def _exports(m: Machine, source: PyModule, name: str) -> bool:
    """Whether ``from source import *`` brings a name."""
    listed = source.get("__all__")
    if listed is not MISSING and not isinstance(listed, Unknown):
        return name in list(m.iterate(listed))
    return not name.startswith("_")


# --- finding modules --------------------------------------------------------------------------------------------------


def import_module(m: Machine, name: str, guarded: bool = False) -> Any:
    """The module of a dotted name.

    Args:
        guarded: A handler around the import catches its failure: then a package that is not there is taken as not
            installed; otherwise it is taken as there, but unknown.
    """
    module = m.modules.get(name)
    if module is None:
        module = _find_module(m, name, guarded)
        m.modules[name] = module
    return module


def _find_module(m: Machine, name: str, guarded: bool) -> Any:
    for library in m.libraries:
        described = library.module(name)
        if described is not None:
            return described
    file = m.project.find(name) if m.project is not None else None
    if m.project is not None and file is not None and m.project.is_own(file):
        return load(m, name, file)
    described = _standard(m, name)
    if described is not None:
        return described
    if file is not None and not _is_standard(name):
        return load(m, name, file)
    if m.project is not None and m.project.is_namespace(name):
        return PyModule(name, _submodules(m, name))
    if name.partition(".")[0] in sys.stdlib_module_names:
        return _opaque(m, name, Reason.OUTSIDE)
    required = m.project is not None and m.project.is_required(name)
    if not required and (_source_of_package(m, name) or (guarded and not _is_taken_as_there(m, name))):
        m.assume(f"{name} is not installed")
        raise m.error("ModuleNotFoundError", f"No module named '{name}'")
    return _opaque(m, name, Reason.EXTERNAL)


def _is_standard(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def _source_of_package(m: Machine, name: str) -> bool:
    """Whether the package around a missing module is read from source: then the module truly is not there."""
    package = name.rpartition(".")[0]
    return bool(package) and m.project is not None and m.project.find(package) is not None


def _submodules(m: Machine, name: str) -> Callable[..., Any]:
    def resolve(part: str, limit: int = 0) -> Any:
        return find_submodule(m, f"{name}.{part}")

    return resolve


def find_submodule(m: Machine, name: str) -> Any:
    """A submodule by its full name, or `MISSING`."""
    if m.project is not None and (m.project.find(name) is not None or m.project.is_namespace(name)):
        return import_module(m, name)
    for library in m.libraries:
        described = library.module(name)
        if described is not None:
            return described
    return MISSING


#: What a package says of itself, of which nothing is known when it is not read.
_OF_PACKAGES = frozenset({"__version__", "__version_info__", "__file__", "__path__", "__author__", "__dict__"})


def _opaque(m: Machine, name: str, reason: Reason) -> PyModule:
    def resolve(part: str, limit: int = 0) -> Any:
        if part.startswith("__") and part not in _OF_PACKAGES:
            return MISSING
        full = f"{name}.{part}"
        found = (library.stand_in(full) for library in m.libraries)
        standing = next((one for one in found if one is not MISSING), MISSING)
        return m.unknown(reason, full) if standing is MISSING else standing

    return PyModule(name, resolve)


def _standard(m: Machine, name: str) -> PyModule | None:
    """A described module of the standard library: `stdlib/a_b.py` describes ``a.b``."""
    stem = name.replace(".", "_")
    if stem not in _DESCRIBED or stem == "__init__":
        return None
    described = importlib.import_module(f"{__package__}.stdlib.{stem}")
    module = PyModule(name)
    module.namespace.update(described.namespace(m))
    module.namespace.setdefault("__name__", name)
    opaque = getattr(described, "OPAQUE", False)

    def resolve(part: str, limit: int = 0) -> Any:
        below = _standard(m, f"{name}.{part}")
        if below is not None:
            return below
        return m.unknown(Reason.OUTSIDE, f"{name}.{part}") if opaque and not part.startswith("__") else MISSING

    module.resolve = resolve
    return module


def load(m: Machine, name: str, file: Any) -> PyModule:
    """A module of the program, ready to be asked for names."""
    module = PyModule(name, None, file)
    m.modules[name] = module
    module.state = Loading(m, module, file)
    module.resolve = module.state.resolve
    module.namespace.update({"__name__": name, "__file__": file.path, "__package__": file.package, "__doc__": None, "__spec__": None,
                             "__builtins__": {}, "__debug__": True, "__loader__": None})  # fmt: skip
    if file.is_package:
        module.namespace["__path__"] = [os.path.dirname(file.path)]
    for library in m.libraries:
        module.namespace.update(library.overrides(name))
    if m.in_full is not None:
        m.in_full(module.state)
    return module


def import_relative(m: Machine, importer: PyModule, name: str, level: int, guarded: bool = False) -> Any:
    """The module that ``from ..name import`` names."""
    if level == 0:
        return import_module(m, name, guarded)
    package = importer.file.package if importer.file is not None else importer.name
    for _ in range(level - 1):
        package = package.rpartition(".")[0]
    if not package and not name:
        raise m.error("ImportError", "attempted relative import beyond top-level package")
    return import_module(m, f"{package}.{name}" if name and package else name or package, guarded)


def import_name(m: Machine, importer: PyModule, module: str, level: int, name: str, guarded: bool = False) -> Any:
    """``from module import name``."""
    source = import_relative(m, importer, module, level, guarded)
    if not isinstance(source, PyModule):
        return m.get(source, name)
    if source.state is not None and name not in source.state.binders and source.file.is_package:
        source.file.used.add(name)
        below = find_submodule(m, f"{source.name}.{name}")  # before any lazy machinery of the package is asked
        if below is not MISSING:
            return below
    value = source.get(name)
    if value is not MISSING:
        return value
    below = find_submodule(m, f"{source.name}.{name}")
    if below is not MISSING:
        return below
    if is_given_names(source):
        return m.unknown(Reason.UNSUPPORTED, f"{source.name}.{name}")
    raise m.error("ImportError", f"cannot import name '{name}' from '{source.name}'")


def import_star(m: Machine, frame: Frame, module: str, level: int) -> None:
    """``from module import *`` run as a statement; names are found when they are needed (`Loading.resolve`)."""
    if frame.names is not frame.module.namespace:
        raise m.error("SyntaxError", "import * only allowed at module level")


def names_of(m: Machine, module: PyModule) -> list[str]:
    """Every name a module defines, without running it."""
    for library in m.libraries:
        names = library.names(module.name)
        if names:
            return names
    if module.state is None:
        return sorted(module.namespace)
    module.file.list_names()
    return list(dict.fromkeys([*module.state.binders, *module.namespace]))


def find_spec(m: Machine, name: str) -> bool:
    """Whether a module could be imported here."""
    for library in m.libraries:
        if library.module(name) is not None:
            return True
    if m.project is not None and (m.project.find(name) is not None or m.project.is_namespace(name) or m.project.is_required(name)):
        return True
    return _is_standard(name) or _is_taken_as_there(m, name)


def _is_taken_as_there(m: Machine, name: str) -> bool:
    """Whether a package of which nothing is known is to count as installed: only where the program fails without it."""
    root = name.partition(".")[0]
    key = ("installed", root)
    if not m.decisions.get(key, False):
        m.absent[root] = Decision(key, f"{root} is installed", m.where(), False)
        return False
    return True
