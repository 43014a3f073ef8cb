"""``io``: buffers in memory; files are not opened."""

from __future__ import annotations

import io
from typing import Any

from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import holds_unknown, native, outside
from ..values import Builtin

OPAQUE = True


def _write(m: Machine, self: Any, data: Any) -> Any:
    lost = holds_unknown(data)
    if lost is not None:
        return lost
    buffer, data = payload_of(self), payload_of(data)
    m.require_text(buffer.tell() + len(data))
    return buffer.write(data)


def _make(host: Any) -> Any:
    def make(m: Machine, initial: Any = None, *rest: Any, **options: Any) -> Any:
        lost = holds_unknown(initial)
        return lost if lost is not None else host(payload_of(initial)) if initial is not None else host()

    return make


_METHODS = "getvalue read readline readlines close flush tell readable writable seekable"


def _seek(m: Machine, self: Any, offset: int, whence: int = 0) -> int:
    m.require_text(offset)
    return payload_of(self).seek(offset, whence)


def _buffer(name: str, host: type) -> Any:
    return native(name, host, "io", attributes="closed", methods=_METHODS, operations="enter exit iter", make=_make(host), extra={
        "write": Builtin(f"{name}.write", _write, True), "seek": Builtin(f"{name}.seek", _seek, True, False)})  # fmt: skip


_NAMES = {"StringIO": _buffer("StringIO", io.StringIO), "BytesIO": _buffer("BytesIO", io.BytesIO)}


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {**_NAMES, **outside("io", "open open_code"), "SEEK_SET": 0, "SEEK_CUR": 1, "SEEK_END": 2, "DEFAULT_BUFFER_SIZE": 8192}
