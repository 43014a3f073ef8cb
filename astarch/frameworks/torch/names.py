"""Every public name of torch, so that one it does not have can be told from one that is not described here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("public_names.txt")


@cache
def _table() -> dict[str, frozenset[str]]:
    """The names of each module that is listed; read when first asked for."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return {module: frozenset(names.split()) for module, _, names in (line.partition(": ") for line in lines if line[0] != "#")}


def exists(name: str) -> bool | None:
    """Whether torch has this; None when its module is not listed, or the name is one that every module has.

    >>> exists("torch.nn.functional.gelu"), exists("torch.nn.functional.gelu2"), exists("torch._inductor.config")
    (True, False, None)
    """
    module, _, part = name.rpartition(".")
    listed = _table().get(module)
    if listed is None:
        # below a name that torch does not have there is nothing either
        return False if module.startswith("torch.") and exists(module) is False else None
    if part in listed:
        return True
    return None if part.startswith("__") else False
