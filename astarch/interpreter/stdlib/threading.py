"""``threading``: one thread after another."""

from __future__ import annotations

from typing import Any

from ..builtins.hosts import OBJECT
from ..machine import Machine
from ..natives.collection_mixins import mixed
from ..natives.contexts import Decorating
from ..natives.describing import lenient, native
from ..values import Class

OPAQUE = True


class Lock(Decorating):
    """A lock that is always free."""

    def __init__(self, *args: Any) -> None:
        self._held = False

    def __enter__(self) -> bool:
        self._held = True
        return True

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> None:
        self._held = False

    def acquire(self, blocking: Any = True, timeout: Any = -1) -> bool:
        """Take it."""
        self._held = True
        return True

    def release(self) -> None:
        """Give it back."""
        self._held = False

    def locked(self) -> bool:
        """Whether it is held."""
        return self._held


class Event:
    """A flag."""

    described = True

    def __init__(self) -> None:
        self._set = False

    def set(self) -> None:
        """Raise it."""
        self._set = True

    def clear(self) -> None:
        """Lower it."""
        self._set = False

    def is_set(self) -> bool:
        """Whether it is raised."""
        return self._set

    def wait(self, timeout: Any = None) -> bool:
        """Nobody else could raise it."""
        return self._set


LOCK = native("lock", Lock, "threading", stores="acquire release locked", operations="enter exit", make=lambda m, *args: Lock(*args))
EVENT = native("Event", Event, "threading", methods="set clear is_set wait", make=lambda m: Event())
LOCAL = Class("local", (OBJECT,), {}, "threading")


def _start_thread(m: Machine, self: Any, group: Any = None, target: Any = None, name: Any = None, args: Any = (), kwargs: Any = None,
                  *, daemon: Any = None) -> None:  # fmt: skip
    self.__dict__.update(_target=target, name=name, _args=args, _kwargs=kwargs or {}, daemon=daemon)


def _run(m: Machine, self: Any) -> None:
    if self.__dict__.get("_target") is not None:
        m.call(self.__dict__["_target"], tuple(m.iterate(self.__dict__["_args"])), dict(self.__dict__["_kwargs"]))


THREAD = Class("Thread", (OBJECT,), mixed(
    "Thread", init__=_start_thread, run=_run, start=lambda m, self: m.call(m.get(self, "run"), (), {}) and None,
    join=lambda m, self, timeout=None: None, is_alive=lambda m, self: False,
), "threading")  # fmt: skip


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    locks = dict.fromkeys(("Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore"), LOCK)
    return {**locks, "Event": EVENT, "local": LOCAL, "Thread": THREAD,
            **lenient("threading", get_ident=lambda: 1, active_count=lambda: 1, get_native_id=lambda: 1)}  # fmt: skip
