"""Instances of modules, and the ways through what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...interpreter.attributes import bind, put
from ...interpreter.values import CURRENT, MISSING, Instance

_SLOTS = frozenset({"py_class", "payload", "span", "given", "__dict__"})
REGISTERED = ("_parameters", "_buffers", "_modules")


class ModuleInstance(Instance):
    """An instance of `torch.nn.Module` or a class derived from it.

    Descriptions use it as torch's source uses ``self``: attributes are found in the registered parameters, buffers and
    children, then in the class of the program.
    """

    __slots__ = ()
    described_module = True

    def __getattr__(self, name: str) -> Any:
        attributes = self.__dict__
        for key in REGISTERED:
            registered = attributes.get(key)
            if registered is not None and name in registered:
                return registered[name]
        found = self.py_class.find(name)
        if found is MISSING:
            raise AttributeError(f"'{self.py_class.name}' object has no attribute '{name}'", name=name, obj=self)
        return bind(CURRENT.get(), found, self, self.py_class)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _SLOTS:
            object.__setattr__(self, name, value)
        else:
            put(CURRENT.get(), self, name, value)

    @property
    def described_as(self) -> str:
        """The public name of the nearest described class it is an instance of."""
        return next((str(cls.namespace["described_as"]) for cls in self.py_class.mro if "described_as" in cls.namespace), "")


def walk(module: Any, prefix: str, memo: set[Any], remove_duplicate: bool) -> Iterator[tuple[str, Any]]:
    """``named_modules``: the module, then its children depth first."""
    stack: list[tuple[str, Any]] = [(prefix, module)]
    rounds = 0
    while stack:
        path, current = stack.pop()
        if remove_duplicate:
            if id(current) in memo:
                continue
            memo.add(id(current))
        rounds += 1
        if rounds & 1023 == 0:
            CURRENT.get().step()
        yield path, current
        if not isinstance(current, ModuleInstance):
            continue
        children = current.__dict__.get("_modules") or {}
        below = [(f"{path}.{name}" if path else name, child) for name, child in children.items() if child is not None]
        stack.extend(reversed(below))


def members(module: Any, key: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator[tuple[str, Any]]:
    """``named_parameters`` and ``named_buffers``."""
    seen: set[int] = set()
    modules = walk(module, prefix, set(), remove_duplicate) if recurse else iter([(prefix, module)])
    for path, current in modules:
        if not isinstance(current, ModuleInstance):
            continue
        for name, value in list(current.__dict__.get(key, {}).items()):
            if value is None or id(value) in seen:
                continue
            if remove_duplicate:
                seen.add(id(value))
            yield (f"{path}.{name}" if path else name), value
