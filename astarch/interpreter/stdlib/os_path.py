"""``os.path``: paths as text exactly; what is on the disk is not known."""

from __future__ import annotations

import posixpath
from typing import Any

from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import guarded, outside, strict

_ON_DISK = """exists isfile isdir islink getsize getmtime getctime getatime expanduser expandvars realpath lexists samefile
    ismount"""
_PURE = "basename commonprefix commonpath dirname isabs join normpath relpath split splitdrive splitext normcase"


def _plain(value: Any) -> Any:
    value = payload_of(value)
    return value if isinstance(value, (str, bytes, list, tuple)) else str(value)


def _function(name: str) -> Any:
    return lambda *parts: getattr(posixpath, name)(*map(_plain, parts))


def _relative(path: Any, start: Any = None) -> str:
    if start is None and not posixpath.isabs(_plain(path)):
        return posixpath.normpath(_plain(path))
    if start is None or posixpath.isabs(_plain(path)) != posixpath.isabs(_plain(start)):
        raise ValueError("a relative path from a folder that is not known")
    return posixpath.relpath(_plain(path), _plain(start))


def _absolute(m: Machine, path: Any) -> Any:
    text = _plain(path)
    if posixpath.isabs(text):
        return posixpath.normpath(text)
    return m.call(outside("os.path", "abspath")["abspath"], (), {})


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        **strict("os.path", **{name: _function(name) for name in _PURE.split()}), **strict("os.path", relpath=_relative),
        **guarded("os.path", abspath=_absolute), **outside("os.path", _ON_DISK),
        "sep": "/", "pardir": "..", "curdir": ".", "altsep": None, "extsep": ".", "pathsep": ":",
    }  # fmt: skip
