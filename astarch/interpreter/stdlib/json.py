"""``json``, of values that are known; files are not read."""

from __future__ import annotations

import json
from typing import Any

from ...ir.dim import Dim, Ratio, Real
from ...ir.unknown import Reason, Unknown
from ..builtins.exceptions import EXCEPTIONS
from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import failure, guarded, machined, outside, silent
from ..values import Class, Instance, Lost

OPAQUE = True
_ERROR = Class("JSONDecodeError", (EXCEPTIONS["ValueError"],), {}, "json.decoder")


def _plain(m: Machine, value: Any, default: Any, depth: int = 0) -> Any:
    """The value as the host's encoder takes it.

    Raises:
        Lost: A part of it is not known.
    """
    if type(value) is Unknown:
        raise Lost(value)
    m.step()
    if depth > 200:
        raise ValueError("Circular reference detected")
    if isinstance(value, Instance):
        value = payload_of(value)
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, dict):
        return {payload_of(key): _plain(m, item, default, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(m, item, default, depth + 1) for item in value]
    if isinstance(value, (Dim, Ratio, Real)):
        raise Lost(m.unknown(Reason.UNDECIDED, f"json of {value}"))
    if default is not None:
        return _plain(m, m.call(default, (value,), {}), default, depth + 1)
    raise TypeError(f"Object of type {m.class_of(value).name} is not JSON serializable")


def _dumps(m: Machine, obj: Any, *, default: Any = None, cls: Any = None, indent: Any = None, **options: Any) -> Any:
    if cls is not None:
        method = m.get(m.call(cls, (), {}), "default", None)
        default = method if default is None else default
    m.require_text(100 * indent if isinstance(indent, int) else 0)
    text = json.dumps(_plain(m, obj, default), indent=indent, **options)
    m.require_text(len(text))
    return text


def _loads(m: Machine, s: Any, *, cls: Any = None, object_hook: Any = None, object_pairs_hook: Any = None, **options: Any) -> Any:
    text = payload_of(s)
    if cls is not None:
        return m.unknown(Reason.UNSUPPORTED, "json.loads with a decoder of its own")
    try:
        return json.loads(text, object_hook=object_hook, object_pairs_hook=object_pairs_hook, **options)
    except json.JSONDecodeError as error:
        raised = failure(m, _ERROR, str(error))
        raised.value.__dict__.update(msg=error.msg, doc=error.doc, pos=error.pos, lineno=error.lineno, colno=error.colno)
        raise raised from None


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        "JSONDecodeError": _ERROR, **machined("json", dumps=_dumps), **silent("json", "dump"), **guarded("json", loads=_loads),
        **outside("json", "load"),
    }  # fmt: skip
