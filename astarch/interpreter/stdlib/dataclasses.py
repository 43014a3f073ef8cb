"""``dataclasses``."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives import records
from ..natives.describing import lenient, machined, native
from ..values import Builtin, Class

FIELD = native(
    "Field", records.Field, "dataclasses", attributes="name type default default_factory init repr hash compare metadata kw_only",
)  # fmt: skip


def _dataclass(m: Machine, cls: Any = None, /, **options: Any) -> Any:
    if isinstance(cls, Class):
        return records.make_record(m, cls, **options)
    return cls if cls is not None else Builtin("dataclass", lambda m, cls: _dataclass(m, cls, **options), True)


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        "Field": FIELD, "FrozenInstanceError": records.FROZEN_ERROR, "InitVar": records.INIT_ONLY, "KW_ONLY": records.KEYWORDS_ONLY,
        "MISSING": records.ABSENT,
        **lenient("dataclasses", field=records.Field, fields=records.fields_of, is_dataclass=records.is_record),
        **machined(
            "dataclasses", dataclass=_dataclass, asdict=records.as_dict, astuple=records.as_tuple, replace=records.replaced,
            make_dataclass=records.make_class_of_fields,
        ),
    }  # fmt: skip
