"""The host's search for reference cycles, while a program is read."""

from __future__ import annotations

import gc
import threading
from collections.abc import Generator
from contextlib import contextmanager

#: Objects made between two searches. Nearly all that a reading makes lives as long as the reading: at the usual pace of some
#: hundreds, looking it all through again and again takes a third of the time.
PACE = 100_000

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
