"""``abc``."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives.abstract import ABC, ABC_META, abstract_method
from ..natives.describing import machined
from ..values import ClassMethod, Property, StaticMethod


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        "ABC": ABC, "ABCMeta": ABC_META,
        **machined(
            "abc", abstractmethod=abstract_method, get_cache_token=lambda m: 0, update_abstractmethods=lambda m, cls: cls,
            abstractproperty=lambda m, function: Property(abstract_method(m, function)),
            abstractclassmethod=lambda m, function: ClassMethod(abstract_method(m, function)),
            abstractstaticmethod=lambda m, function: StaticMethod(abstract_method(m, function)),
        ),
    }  # fmt: skip
