"""``string``."""

from __future__ import annotations

import string
from typing import Any

from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.collection_mixins import as_dict
from ..natives.describing import guarded, holds_unknown, native
from ..values import Builtin

_NAMES = "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits printable punctuation whitespace"


def _filled(method: str) -> Builtin:
    def fill(m: Machine, self: Any, mapping: Any = None, /, **named: Any) -> Any:
        template = payload_of(self)
        values = {**(as_dict(m, mapping) if mapping is not None else {}), **named}
        lost = holds_unknown(list(values.values()))
        if lost is not None:
            return lost
        texts = {key: m.text_of(value) for key, value in values.items()}
        m.require_text(len(template.template) * (1 + max(map(len, texts.values()), default=0)))
        return getattr(template, method)(texts)

    return Builtin(f"Template.{method}", fill, True)


TEMPLATE = native(
    "Template", string.Template, "string", attributes="template", make=lambda m, template: string.Template(payload_of(template)),
    extra={name: _filled(name) for name in ("substitute", "safe_substitute")},
)  # fmt: skip


def _capwords(m: Machine, s: Any, sep: Any = None) -> str:
    return string.capwords(payload_of(s), sep)


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {"Template": TEMPLATE, **{name: getattr(string, name) for name in _NAMES.split()}, **guarded("string", capwords=_capwords)}
