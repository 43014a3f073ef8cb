"""``typeguard``: types are not checked here, and what checks them hands on what it decorates."""

from __future__ import annotations

from typing import Any

from ..builtins.exceptions import EXCEPTIONS
from ..machine import Machine
from ..natives.describing import lenient, silent
from ..values import Builtin, Class

#: Whatever else it has is not known.
OPAQUE = True


def handed_on(target: Any = None, /, **options: Any) -> Any:
    """A decorator that changes nothing, with options or without."""
    return Builtin("typechecked", lambda inner: inner, False, True) if target is None else target


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        **lenient("typeguard", typechecked=handed_on, typeguard_ignore=handed_on, check_type=lambda value, expected_type, **options: value),
        **silent("typeguard", "install_import_hook"),
        "TypeCheckError": Class("TypeCheckError", (EXCEPTIONS["Exception"],), {}, "typeguard"),
    }
