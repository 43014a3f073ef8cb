"""``heapq``."""

from __future__ import annotations

import heapq
from typing import Any

from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import guarded, holds_unknown, known
from ..values import Lost


def _on_heap(name: str) -> Any:
    def call(m: Machine, heap: Any, *items: Any) -> Any:
        values = payload_of(heap)
        lost = holds_unknown(values)
        if lost is not None:
            raise Lost(lost)
        return getattr(heapq, name)(values, *items)

    return call


def _picking(name: str) -> Any:
    return lambda m, n, iterable, key=None: getattr(heapq, name)(payload_of(n), known(m, iterable), key=key)


def _merge(m: Machine, *iterables: Any, key: Any = None, reverse: Any = False) -> Any:
    return heapq.merge(*(m.iterate(items) for items in iterables), key=key, reverse=bool(reverse))


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return guarded(
        "heapq", **{name: _on_heap(name) for name in ("heappush", "heappop", "heapify", "heapreplace", "heappushpop")},
        **{name: _picking(name) for name in ("nlargest", "nsmallest")}, merge=_merge,
    )  # fmt: skip
