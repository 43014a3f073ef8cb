"""Every public name of Keras, of today and of Keras 2, so that one it does not have can be told from one that is not described here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parents[1] / "public_names.txt"


@cache
def _table() -> dict[str, frozenset[str]]:
    """The names of each module that is listed; read when first asked for."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return {module: frozenset(names.split()) for module, _, names in (line.partition(": ") for line in lines if line[0] != "#")}


def is_missing(module: str, part: str) -> bool:
    """Whether a module of Keras certainly has no such name.

    >>> is_missing("keras.layers", "Conv2d"), is_missing("keras.layers", "CuDNNLSTM"), is_missing("keras.src.layers", "Conv2d")
    (True, False, False)
    """
    listed = _table().get(module)
    return listed is not None and part not in listed and not part.startswith("_")
