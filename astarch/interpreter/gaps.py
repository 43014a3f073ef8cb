"""What is found nowhere and may yet be there: what Python's own library has and nobody describes, names that a module is given unseen."""

from __future__ import annotations

import importlib
import re
import sys
from functools import lru_cache
from typing import Any

from ..ir.span import NOWHERE
from ..ir.unknown import Reason, Unknown
from .machine import Machine
from .values import Class, Instance, PyModule


def undescribed(m: Machine, value: Any, name: str) -> Unknown | None:
    """What a look-up comes to that found nothing: unknown where Python has a member of that name; None where it has none either."""
    if name.startswith("__"):
        return None
    if isinstance(value, PyModule):
        found = value.file is None and _has(value.name, "", name)
        return m.unknown(Reason.UNSUPPORTED, f"{value.name}.{name}") if found else None
    for cls in (value if isinstance(value, Class) else m.class_of(value)).mro:
        if cls.span is NOWHERE and _has(cls.module, cls.name, name):
            return m.unknown(Reason.UNSUPPORTED, f"{cls.name}.{name}")
    return None


def is_only_described(m: Machine, value: Any) -> bool:
    """Whether it is a callable described by what says nothing of its members; the methods of the frameworks' own types have none."""
    if not callable(value) or isinstance(value, Instance) or getattr(type(value), "memberless", ""):
        return False
    return m.class_of(value) is m.builtins["object"]


#: Ways in which a module, or what it defines, gives modules names that no statement of theirs binds: generated messages, registries.
_GIVING = re.compile(
    r"[(,]\s*globals\(\)\s*[,)]|\bglobals\(\)\.(?:update|setdefault)\(|\bglobals\(\)\[[^\]\n]+\]\s*=[^=]|\bsetattr\(|\bexec\("
)


def is_given_names(module: PyModule) -> bool:
    """Whether the names of a module of the program are not all in its statements."""
    file = module.file
    if file is None:
        return False
    found = file.compiled.get("is given names")
    if found is None:
        found = file.compiled["is given names"] = _GIVING.search("\n".join(file.lines)) is not None
    return found


@lru_cache(maxsize=4096)
def _has(module: str, cls: str, name: str) -> bool:
    """Whether a class of a module of the standard library has a member, or the module itself."""
    if module.partition(".")[0] not in sys.stdlib_module_names:
        return False
    try:
        home = importlib.import_module(module)
    except ImportError:
        return False
    owner = getattr(home, cls, None) if cls else home
    return owner is not None and hasattr(owner, name)
