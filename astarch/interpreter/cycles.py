"""The host's search for reference cycles: seldom while a program is read, and for little afterwards."""

from __future__ import annotations

import gc
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from .machine import Machine
from .values import Class, PyModule

#: Objects made between two searches. Nearly all that a reading makes lives as long as the reading: at the usual pace of some
#: hundreds, looking it all through again and again takes a third of the time.
PACE = 1_000_000

#: The same from the end of a reading until what it worked with is gone: all of it would be looked through, and nothing of it be found.
LATER = 100_000

#: So many objects must have been made since the last search for one more.
_WORTH = 200_000

_lock = threading.RLock()  # what is thrown away may come back here from anywhere


@dataclass
class _Pace:
    """How often the host searches: what was usual before, who is inside, how many runs have yet to be taken apart."""

    usual: tuple[int, int, int] = (0, 0, 0)
    inside: int = 0
    held: int = 0
    ours: int = 0

    def set(self, pace: int) -> None:
        """Search as seldom as that; where the host never searches, or has changed its mind since, nothing is done."""
        if gc.get_threshold()[0] == (self.ours or self.usual[0]) and 0 < self.usual[0] < pace:
            gc.set_threshold(pace, *self.usual[1:])
            self.ours = pace

    def reset(self) -> None:
        """As was usual."""
        if self.ours and gc.get_threshold()[0] == self.ours:
            gc.set_threshold(*self.usual)
        self.ours = 0


_pace = _Pace()


@contextmanager
def rarely_searched() -> Generator[None]:
    """Search less often from here on, until the last of all that are inside leaves and what they worked with is gone."""
    with _lock:
        if not _pace.inside and not _pace.ours:
            _pace.usual = gc.get_threshold()
        _pace.inside += 1
        _pace.set(PACE)
    try:
        yield
    finally:
        with _lock:
            _pace.inside -= 1
            if not _pace.inside:
                if _pace.held:
                    _pace.set(LATER)
                else:
                    _pace.reset()


def hold() -> None:
    """What a run worked with is there from now on, until `let_go`."""
    with _lock:
        _pace.held += 1


def let_go() -> None:
    """It is gone."""
    with _lock:
        _pace.held -= 1
        if not _pace.held and not _pace.inside:
            _pace.reset()


class Aside:
    """What a long run has parsed stays for long, in trees without cycles: it is put aside, where no search goes through it.

    Inside, nothing is searched but what `searched` encloses. Where the host's program has put something aside itself, nothing is done: taking
    back is for all or nothing.

    Args:
        alone: Whether the process is for this only: then nothing is taken back.
    """

    def __init__(self, alone: bool = False) -> None:
        self._alone = alone
        self._works = gc.isenabled() and (alone or not gc.get_freeze_count())

    @classmethod
    @contextmanager
    def from_others(cls) -> Generator[None]:
        """Put all there is aside for processes that begin inside: a search in one of them would copy what it only looks at."""
        aside = cls()
        aside.put()
        try:
            yield
        finally:
            if aside._works:
                gc.unfreeze()

    def __enter__(self) -> Aside:
        if self._works:
            gc.disable()
        return self

    def __exit__(self, *error: object) -> None:
        if self._works:
            if not self._alone:
                gc.freeze()  # what is new counts as old from here on: it is not searched at once
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

    def sweep(self) -> None:
        """Search what is not put aside."""
        if self._works:
            gc.collect()

    def search(self) -> bool:
        """Search what is not put aside, if it is worth it by now; whether it was."""
        worth = self._works and gc.get_count()[0] > _WORTH
        if worth:
            gc.collect()
        return worth


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
