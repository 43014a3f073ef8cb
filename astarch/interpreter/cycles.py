"""The host's search for reference cycles: seldom while a program is read, and for little afterwards."""

from __future__ import annotations

import gc
import threading
from collections.abc import Generator
from contextlib import contextmanager

from .machine import Machine
from .values import Class, PyModule

#: Objects made between two searches. Nearly all that a reading makes lives as long as the reading: at the usual pace of some
#: hundreds, looking it all through again and again takes a third of the time.
PACE = 1_000_000

_lock = threading.Lock()
_before: list[tuple[int, int, int]] = []  # one entry per reading at work, the host's own pace first


@contextmanager
def rarely_searched() -> Generator[None]:
    """Search less often from here on, until the last of all that are inside leaves."""
    with _lock:
        _before.append(gc.get_threshold())
        if 0 < _before[-1][0] < PACE:  # zero: somebody switched it off
            gc.set_threshold(PACE, *_before[-1][1:])
    try:
        yield
    finally:
        with _lock:
            usual = _before[0]
            _before.pop()
            if not _before:
                gc.set_threshold(*usual)


class Aside:
    """What a long run has parsed stays for long, in trees without cycles: it is put aside, where no search goes through it.

    Inside, nothing is searched but what `searched` encloses. Where the host's program has put something aside itself, nothing is done: taking
    back is for all or nothing.
    """

    def __init__(self) -> None:
        self._works = gc.isenabled() and not gc.get_freeze_count()

    def __enter__(self) -> Aside:
        if self._works:
            gc.disable()
        return self

    def __exit__(self, *error: object) -> None:
        if self._works:
            gc.unfreeze()
            gc.enable()

    def put(self) -> None:
        """Put all there is aside."""
        if self._works:
            gc.freeze()

    @contextmanager
    def searched(self) -> Generator[None]:
        """What is made inside is searched as usual."""
        if self._works:
            gc.enable()
        try:
            yield
        finally:
            if self._works:
                gc.disable()

    def search(self) -> None:
        """Search what is not put aside, now."""
        if self._works:
            gc.collect()


def take_apart(machine: Machine) -> None:
    """Undo the references of a finished run that go round: it is gone at once then, and need not be searched for."""
    for module in machine.modules.values():
        if not isinstance(module, PyModule):  # a program may put any object of its own in the place of a module
            continue
        for value in module.namespace.values():
            if type(value) is Class and value.module == module.name and value.span.line:  # what is described outlives the run
                value.take_apart()
        module.namespace.clear()
        module.resolve = module.state = None
    vars(machine).clear()
