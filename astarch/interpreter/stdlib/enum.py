"""``enum``."""

from __future__ import annotations

from typing import Any

from ..builtins.hosts import CONSTRUCTORS
from ..machine import Machine
from ..natives.describing import lenient, machined
from ..natives.enums import ENUM, ENUM_META, FLAG, INT_ENUM, INT_FLAG, REPR_ENUM, STR_ENUM, Auto, Marked, unique


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        "Enum": ENUM, "IntEnum": INT_ENUM, "StrEnum": STR_ENUM, "ReprEnum": REPR_ENUM, "Flag": FLAG, "IntFlag": INT_FLAG,
        "EnumMeta": ENUM_META, "EnumType": ENUM_META, "property": CONSTRUCTORS["property"],
        "STRICT": "strict", "CONFORM": "conform", "EJECT": "eject", "KEEP": "keep", "UNIQUE": "one name per value",
        "CONTINUOUS": "no skipped integer values", "NAMED_FLAGS": "multi-flag aliases may not contain unnamed flags",
        **lenient(
            "enum", auto=Auto, member=lambda value: Marked(value, True), nonmember=lambda value: Marked(value, False),
            verify=lambda *checks: lenient("enum", verify=lambda cls: cls)["verify"], global_enum=lambda cls, *rest: cls,
        ),
        **machined("enum", unique=unique),
    }  # fmt: skip
