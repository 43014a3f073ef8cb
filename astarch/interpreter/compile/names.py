"""Names: reading, binding, deleting; and the targets of assignments."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Numbers, Unknown
from ...source import syntax as s
from ..builtins.functions import BUILTINS
from ..builtins.hosts import gather, payload_of
from ..machine import Frame
from ..operators import remove, store
from ..values import MISSING, Lost
from .dispatch import Run, Store, compiles, expression
from .scopes import Scope


@compiles(s.Name)
def _name(node: s.Name, scope: Scope) -> Run:
    return load(scope.mangled(node.id), scope, node.at)


def load(name: str, scope: Scope, at: Any = None) -> Run:
    """Read a name from where it lives; ``at`` is where it stands, for when it is not bound."""
    place = scope.find(name)
    if scope.kind == "class":
        return _load_in_class(name, place, scope)
    if place is None:
        return _load_class_around(scope) if name == "__class__" and scope.class_name else _load_global(name, at)
    if place == -1:
        return _load_local(name, at)

    def outer(frame: Frame) -> Any:
        try:
            return frame.outer[place][name]
        except KeyError:
            frame.at = at or frame.at
            raise frame.machine.error(
                "NameError", f"cannot access free variable '{name}' where it is not associated with a value"
            ) from None

    return outer


def _load_local(name: str, at: Any) -> Run:
    def local(frame: Frame) -> Any:
        try:
            return frame.names[name]
        except KeyError:
            frame.at = at or frame.at
            raise frame.machine.error(
                "UnboundLocalError", f"cannot access local variable '{name}' where it is not associated with a value"
            ) from None

    return local


def _load_class_around(scope: Scope) -> Run:
    """``__class__`` in a method: the class in whose body it stands."""
    from_module = _load_global("__class__")
    return lambda frame: frame.cell[0] if frame.cell is not None and frame.cell[0] is not None else from_module(frame)


def _load_global(name: str, at: Any = None) -> Run:
    if name in BUILTINS:
        return _load_builtin(name, at)

    def load_global(frame: Frame) -> Any:
        try:
            return frame.module.namespace[name]
        except KeyError:
            return global_value(frame, name, at)

    return load_global


def _load_builtin(name: str, at: Any) -> Run:
    """A name of the language, unless the module binds it."""
    own = BUILTINS[name]

    def load_builtin(frame: Frame) -> Any:
        module = frame.module
        found = module.namespace.get(name, MISSING)
        if found is not MISSING:
            return found
        if name in module.unbound:
            return own
        value = global_value(frame, name, at)
        if value is own and module.state is not None and not module.state.running:  # nothing that has yet to run can bind it
            module.unbound.add(name)
        return value

    return load_builtin


def global_value(frame: Frame, name: str, at: Any = None) -> Any:
    """A module's name that is not bound yet, or a built-in."""
    m = frame.machine
    loading = frame.module.state
    if loading is not None and name in m.builtins and name not in loading.binders and not loading.stars:
        return m.builtins[name]
    resolve = frame.module.resolve
    if resolve is not None:
        value = resolve(name, frame.limit) if frame.function is None else resolve(name)
        if value is not MISSING:
            return value
    if name in m.builtins:
        return m.builtins[name]
    frame.at = at or frame.at
    raise m.error("NameError", f"name '{name}' is not defined")


def _load_in_class(name: str, place: int | None, scope: Scope) -> Run:
    """A class body sees its own names first (a metaclass may have put some there), then those around it."""
    around = None if place == -1 else place
    if place == -1:
        outside = Scope("function", set(), scope.parent)
        around = outside.find(name)

    def load_in_class(frame: Frame) -> Any:
        if name in frame.names:
            return frame.names[name]
        if around is not None:
            return frame.outer[around][name]
        if name in frame.module.namespace:
            return frame.module.namespace[name]
        return global_value(frame, name)

    return load_in_class


def bind(name: str, scope: Scope) -> Store:
    """Bind a name where it lives."""
    name = scope.mangled(name)
    place = -1 if scope.kind == "class" and name not in scope.globals | scope.nonlocals else scope.find(name)
    if place is None and scope.kind == "module":

        def bind_global(frame: Frame, value: Any) -> None:
            frame.module.namespace[name] = value

        return bind_global
    if place is None:

        def rebind_global(frame: Frame, value: Any) -> None:
            frame.machine.rebound += 1
            frame.module.namespace[name] = value

        return rebind_global
    if place == -1:

        def bind_local(frame: Frame, value: Any) -> None:
            frame.names[name] = value

        return bind_local

    def bind_outer(frame: Frame, value: Any) -> None:
        frame.outer[place][name] = value

    return bind_outer


def target(node: Any, scope: Scope) -> Store:
    """Compile the left side of an assignment."""
    kind = type(node)
    if kind is s.Name:
        return bind(node.id, scope)
    if kind is s.Attribute:
        return _attribute_target(node, scope)
    if kind is s.Subscript:
        return _item_target(node, scope)
    if kind is s.Display:
        return _unpacking(node, scope)
    if kind is s.Starred:
        return target(node.value, scope)
    return lambda frame, value: None


def _attribute_target(node: s.Attribute, scope: Scope) -> Store:
    receiver, name, at = expression(node.value, scope), scope.mangled(node.name), node.at

    def put(frame: Frame, value: Any) -> None:
        owner = receiver(frame)
        frame.at = at
        frame.machine.put(owner, name, value)

    return put


def _item_target(node: s.Subscript, scope: Scope) -> Store:
    container, index, at = expression(node.value, scope), expression(node.index, scope), node.at

    def put(frame: Frame, value: Any) -> None:
        holder, key = container(frame), index(frame)
        frame.at = at
        store(frame.machine, holder, key, value)

    return put


def _unpacking(node: s.Display, scope: Scope) -> Store:
    stores = [target(item, scope) for item in node.items]
    starred = next((i for i, item in enumerate(node.items) if type(item) is s.Starred), None)
    count, at = len(stores), node.at

    def unpack(frame: Frame, value: Any) -> None:
        if type(value) is Unknown:
            for place in stores:
                place(frame, value)
            return
        frame.at = at
        if value is None or type(value) is int or type(value) is float or type(value) is bool:
            raise frame.machine.error("TypeError", f"cannot unpack non-iterable {type(value).__name__} object")
        if type(value) is Numbers:
            value = value.formulas
        try:
            items = value if type(value) is tuple or type(value) is list else gather(frame.machine, payload_of(value))
        except Lost as lost:
            for place in stores:
                place(frame, lost.unknown)
            return
        if starred is not None:
            items = _spread(frame, items, starred, count)
        elif len(items) != count:
            problem = "too many values to unpack" if len(items) > count else "not enough values to unpack"
            raise frame.machine.error("ValueError", f"{problem} (expected {count}, got {len(items)})")
        for place, item in zip(stores, items):
            place(frame, item)

    return unpack


def _spread(frame: Frame, items: Any, starred: int, count: int) -> list[Any]:
    if len(items) < count - 1:
        raise frame.machine.error("ValueError", f"not enough values to unpack (expected at least {count - 1}, got {len(items)})")
    after = count - starred - 1
    middle = list(items[starred : len(items) - after])
    return [*items[:starred], middle, *items[len(items) - after :]]


def unbind(node: Any, scope: Scope) -> Run:
    """Compile a target of ``del``."""
    if type(node) is s.Attribute:
        receiver, name = expression(node.value, scope), scope.mangled(node.name)
        return lambda frame: frame.machine.delete(receiver(frame), name)
    if type(node) is s.Subscript:
        container, index = expression(node.value, scope), expression(node.index, scope)
        return lambda frame: remove(frame.machine, container(frame), index(frame))
    if type(node) is s.Display:
        parts = [unbind(item, scope) for item in node.items]
        return lambda frame: [part(frame) for part in parts] and None
    if type(node) is not s.Name:
        return lambda frame: None
    name = scope.mangled(node.id)
    place, at = scope.find(name), node.at

    def forget(frame: Frame) -> None:
        frame.at = at
        names = frame.module.namespace if place is None else frame.names if place == -1 else frame.outer[place]
        if names.pop(name, MISSING) is MISSING:
            if place is None:
                raise frame.machine.error("NameError", f"name '{name}' is not defined")
            raise frame.machine.error("UnboundLocalError", f"cannot access local variable '{name}' where it is not associated with a value")

    return forget
