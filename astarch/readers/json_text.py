"""JSON somebody sent: bounded, not nested too deeply, each key once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from .opening import refuse

#: Deeper than any configuration of a model.
DEPTH = 200


class _TwiceError(ValueError):
    """An object names a key twice."""


def read_json(path: Path, text: bytes, what: str) -> Any:
    """The value of a JSON text; readers disagree about a key given twice, so that is refused."""
    _shallow(path, text, what)
    try:
        return json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_constant)
    except _TwiceError as error:
        refuse(path, f"names {error} twice in its {what}", "readers disagree about which one counts")
    except (ValueError, RecursionError) as error:
        refuse(path, f"has a damaged {what}: {str(error)[:120]}", "download or save it again")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _TwiceError(f"`{key[:80]}`")
            seen.add(key)
    return found


def _constant(text: str) -> float:
    return float(text.replace("Infinity", "inf"))


def _shallow(path: Path, text: bytes, what: str) -> None:
    """Refuse nesting that would exhaust a recursive parser."""
    if text.count(b"[") + text.count(b"{") <= DEPTH:
        return
    depth = 0
    for bracket in _TEXTS.sub(b"", text).translate(None, _DULL):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEPTH:
            refuse(path, f"has a {what} nested more than {DEPTH} deep", "it is made to exhaust its reader")


_TEXTS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_DULL = bytes(sorted(set(range(256)) - set(b"[]{}")))
