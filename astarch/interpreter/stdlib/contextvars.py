"""``contextvars``: variables of the current context; there is only one here."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives.describing import native
from ..values import MISSING


class Variable:
    """``contextvars.ContextVar``."""

    described = True

    def __init__(self, name: Any, default: Any = MISSING) -> None:
        self.name = name
        self._default = default
        self._value: Any = MISSING

    def get(self, default: Any = MISSING) -> Any:
        """The value, or a default."""
        for value in (self._value, default, self._default):
            if value is not MISSING:
                return value
        raise LookupError(self.name)

    def set(self, value: Any) -> Any:
        """Give it a value; what comes back restores the old one."""
        old, self._value = self._value, value
        return Token(old)

    def reset(self, token: Any) -> None:
        """Restore the value it had."""
        self._value = token.old


class Token:
    """What ``ContextVar.set`` gives back."""

    described = True

    def __init__(self, old: Any) -> None:
        self.old = old


VARIABLE = native("ContextVar", Variable, "contextvars", attributes="name", stores="get set reset",
                  make=lambda m, name, *, default=MISSING: Variable(name, default))  # fmt: skip


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {"ContextVar": VARIABLE}
