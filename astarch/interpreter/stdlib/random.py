"""``random``: what it gives is not known."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Reason
from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import machined, outside, silent

OPAQUE = True


def _shuffle(m: Machine, x: Any, *rest: Any) -> None:
    items = payload_of(x)
    if isinstance(items, list) and len(items) > 1:
        lost = m.unknown(Reason.OUTSIDE, "random.shuffle()")
        items[:] = [lost] * len(items)


def _choice(m: Machine, seq: Any) -> Any:
    items = payload_of(seq)
    if isinstance(items, (list, tuple, range, str)) and len(items) == 1:
        return items[0]
    return m.unknown(Reason.OUTSIDE, "random.choice()")


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        **outside("random", """random randint randrange uniform gauss normalvariate betavariate expovariate triangular getrandbits sample
            choices getstate randbytes lognormvariate vonmisesvariate gammavariate paretovariate weibullvariate"""),
        **silent("random", "seed setstate"), **machined("random", shuffle=_shuffle, choice=_choice),
    }  # fmt: skip
