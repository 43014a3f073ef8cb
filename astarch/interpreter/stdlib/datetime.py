"""``datetime``: arithmetic of dates that are given; what day it is today is not known."""

from __future__ import annotations

import datetime  # noqa: ICN001
from typing import Any

from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import holds_unknown, native, outside
from ..values import Builtin, StaticMethod

_OPERATIONS = "eq lt le gt ge hash str"


def _maker(host: Any) -> Any:
    def make(m: Machine, *args: Any, **kwargs: Any) -> Any:
        lost = holds_unknown([*args, *kwargs.values()])
        return lost if lost is not None else host(*map(payload_of, args), **{key: payload_of(value) for key, value in kwargs.items()})

    return make


def _statics(host: Any, names: str) -> dict[str, Any]:
    return {name: StaticMethod(Builtin(name, getattr(host, name), False, False)) for name in names.split()}


def _clocks(names: str) -> dict[str, Any]:
    return {name: StaticMethod(function) for name, function in outside("datetime", names).items()}


DELTA = native("timedelta", datetime.timedelta, "datetime", attributes="days seconds microseconds", methods="total_seconds",
               operations=_OPERATIONS, make=_maker(datetime.timedelta))  # fmt: skip
ZONE = native("timezone", datetime.timezone, "datetime", make=_maker(datetime.timezone), extra={"utc": datetime.timezone.utc})
DATE = native(
    "date", datetime.date, "datetime", attributes="year month day",
    methods="isoformat weekday isoweekday toordinal strftime replace timetuple",
    operations=_OPERATIONS, make=_maker(datetime.date), extra={**_statics(datetime.date, "fromisoformat fromordinal"), **_clocks("today")},
)  # fmt: skip
TIME = native("time", datetime.time, "datetime", attributes="hour minute second microsecond tzinfo", methods="isoformat strftime replace",
              operations=_OPERATIONS, make=_maker(datetime.time))  # fmt: skip
DATETIME = native(
    "datetime", datetime.datetime, "datetime", attributes="hour minute second microsecond tzinfo",
    methods="date time isoformat strftime replace",
    operations=_OPERATIONS, make=_maker(datetime.datetime), bases=(DATE,),
    extra={**_statics(datetime.datetime, "fromisoformat strptime combine"), **_clocks("now utcnow today fromtimestamp")},
)  # fmt: skip


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {"timedelta": DELTA, "timezone": ZONE, "date": DATE, "time": TIME, "datetime": DATETIME, "UTC": datetime.timezone.utc,
            "MINYEAR": 1, "MAXYEAR": 9999}  # fmt: skip
