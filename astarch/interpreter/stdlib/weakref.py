"""``weakref``: references that keep their object, since nothing is collected while a program is analysed."""

from __future__ import annotations

from typing import Any

from ..builtins.hosts import CLASS_OF_HOST
from ..machine import Machine
from ..natives.describing import lenient, native


class Reference:
    """``weakref.ref``."""

    described = True

    def __init__(self, object: Any, callback: Any = None) -> None:
        self._object = object

    def __call__(self) -> Any:
        return self._object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and other._object is self._object

    def __hash__(self) -> int:
        return hash(self._object)


class Finalizer:
    """``weakref.finalize``: runs when it is called."""

    described = True
    alive = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._done = False

    def __call__(self) -> None:
        return None

    def detach(self) -> None:
        """Forget it."""


REFERENCE = native("ref", Reference, "weakref", operations="eq hash call", make=lambda m, *args: Reference(*args))


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        "ref": REFERENCE, "ReferenceType": REFERENCE, "WeakMethod": REFERENCE, "WeakSet": CLASS_OF_HOST[set],
        "WeakKeyDictionary": CLASS_OF_HOST[dict], "WeakValueDictionary": CLASS_OF_HOST[dict],
        **lenient("weakref", proxy=lambda value, callback=None: value, finalize=Finalizer),
    }  # fmt: skip
