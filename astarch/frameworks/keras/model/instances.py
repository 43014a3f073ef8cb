"""Instances of described classes: descriptions use them as Keras' own source uses ``self``."""

from __future__ import annotations

from typing import Any

from ....interpreter.attributes import bind
from ....interpreter.values import CURRENT, MISSING, Builtin, Instance

_SLOTS = frozenset({"py_class", "payload", "span", "given", "__dict__"})


class ObjectInstance(Instance):
    """An instance of a described class that is no layer: an initializer, a policy."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        found = self.py_class.find(name)
        if found is MISSING:
            raise AttributeError(f"'{self.py_class.name}' object has no attribute '{name}'")
        return bind(CURRENT.get(), found, self, self.py_class)


class LayerInstance(ObjectInstance):
    """An instance of `keras.layers.Layer` or a class derived from it."""

    __slots__ = ()
    described_module = True

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _SLOTS:
            object.__setattr__(self, name, value)
        else:
            CURRENT.get().put(self, name, value)

    @property
    def described_as(self) -> str:
        """The public name of the nearest described class it is an instance of."""
        return next((str(cls.namespace["described_as"]) for cls in self.py_class.mro if "described_as" in cls.namespace), "")


class MetricInstance(ObjectInstance):
    """An instance of `keras.metrics.Metric`: a layer's tracker keeps it apart."""

    __slots__ = ()


class ModuleInstance(ObjectInstance):
    """An instance of `tf.Module` that is no layer."""

    __slots__ = ()


def method(instance: Instance, name: str) -> Any:
    """A method, bound: the instance's own attribute first."""
    own = instance.__dict__.get(name, MISSING)
    return bind(CURRENT.get(), instance.py_class.find(name), instance, instance.py_class) if own is MISSING else own


def defined(instance: Instance, name: str) -> Any:
    """A method as the class defines it, unbound."""
    return instance.py_class.find(name)


def raw(instance: Instance, name: str) -> Any:
    """The host function of a described method, or None when the program defines it."""
    found = instance.py_class.find(name)
    return getattr(found.function, "raw", None) if isinstance(found, Builtin) else None
