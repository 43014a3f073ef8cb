"""Which module holds a parameter or a buffer."""

from __future__ import annotations

from ..ir.architecture import Architecture


def holder(name: str, architecture: Architecture, separator: str) -> str:
    """The module that holds it: the one that the reader says, else the nearest that its name leads through.

    >>> holder("fc.weight", Architecture("net.py:Net"), ".")
    ''
    """
    told = architecture.attributes.get("holders", {}).get(name)
    if told is not None:
        return str(told)
    found = name.rpartition(separator)[0]
    while found and found not in architecture.modules:
        found = found.rpartition(separator)[0]
    return found
