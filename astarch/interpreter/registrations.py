"""Registries: what decorators and base classes put there, run before a registry is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .machine import Machine
from .values import Builtin, Class, Function, PyModule

if TYPE_CHECKING:
    from .imports import Loading


class Registrations:
    """Definitions not yet run whose decorators put them into a registry.

    A registry is a variable that functions of its module change. Before such a function's module reads it, everything
    that would have been registered by importing the modules read so far is.
    """

    def __init__(self, m: Machine) -> None:
        self._machine = m
        self._all: list[Loading] = []
        self._fresh: list[tuple[Loading, str, list[int]]] = []
        self._later: list[tuple[Loading, str, list[int]]] = []  # of classes of their own file that nobody has asked for yet
        self._waiting: dict[int, list[tuple[Loading, int]]] = {}
        self._busy = False
        self._reached: set[str] = set()

    def add(self, loading: Loading) -> None:
        """Note the decorated definitions of a module."""
        self._all.append(loading)
        roots: dict[str, list[int]] = {}
        for i, entry in enumerate(loading.entries):
            for root in (*entry.decorators, *entry.bases):
                roots.setdefault(root, []).append(i)
        self._fresh.extend((loading, root, indices) for root, indices in roots.items())

    def settle(self, module: PyModule, registry: Any) -> None:
        """Run the definitions that functions of a module decorate; where one key is looked up, first those of that name."""
        if self._busy or self._machine.importing:
            return  # in CPython the import would not have finished either
        wanted, self._machine.wanted = self._machine.wanted, None
        self._busy = True
        for loading in self._all:
            loading.file.list_names()
        try:
            self._run_waiting(module, wanted)
            if type(registry) not in _PLAIN and not holds(registry, wanted):
                self._reach(module)
                self._run_waiting(module, wanted)
                if not holds(registry, wanted):
                    self._run_waiting(module, None)
        finally:
            self._busy = False

    def _run_waiting(self, module: PyModule, wanted: str | None) -> None:
        while True:
            self._sort()
            waiting = self._waiting.pop(id(module), [])
            chosen = [(loading, i) for loading, i in waiting if wanted is None or wanted in loading.entries[i].binds]
            if len(chosen) < len(waiting):
                self._waiting[id(module)] = [item for item in waiting if item not in chosen]
            if not chosen:
                return
            for loading, index in chosen:
                loading.run(index)

    def _reach(self, module: PyModule) -> None:
        """Read what the packages around a module import: in CPython all of it has been by now."""
        package = module.name.rpartition(".")[0]
        while package:
            found = self._machine.modules.get(package)
            if isinstance(found, PyModule) and found.state is not None and found.file.is_package:
                self._reach_imports(found)
            package = package.rpartition(".")[0]

    def _reach_imports(self, package: PyModule) -> None:
        if package.name in self._reached:
            return
        self._reached.add(package.name)
        for name in package.state.imported():
            below = self._machine.project.find(name) is not None and self._machine.import_module(name, True)
            if isinstance(below, PyModule) and below.state is not None and below.file.is_package:
                self._reach_imports(below)

    def _sort(self) -> None:
        """Put the fresh definitions to the module that will ask for them."""
        while self._fresh or any(root in loading.module.namespace for loading, root, _ in self._later):
            known = [item for item in self._later if item[1] in item[0].module.namespace]
            if known:
                self._later = [item for item in self._later if item not in known]
            fresh, self._fresh = self._fresh, []
            for loading, root, indices in (*known, *fresh):
                if loading.is_there(root):
                    self._put(loading, root, indices)
                else:
                    self._later.append((loading, root, indices))

    def _put(self, loading: Loading, root: str, indices: list[int]) -> None:
        owner = loading.module.get(root)
        if isinstance(owner, Class):
            owner = getattr(owner.find("__init_subclass__"), "function", None)
        if isinstance(owner, Function):
            self._waiting.setdefault(id(owner.module), []).extend((loading, i) for i in indices)


#: What no definition registers itself in.
_PLAIN = frozenset({bool, int, float, str, Builtin})


def holds(registry: Any, key: str | None) -> bool:
    """Whether a registry has the key that is looked up; without one all of it is asked for."""
    return key is not None and isinstance(registry, (dict, set, list)) and key in registry
