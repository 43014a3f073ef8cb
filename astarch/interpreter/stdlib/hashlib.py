"""``hashlib``, of bytes that are known."""

from __future__ import annotations

import hashlib
from typing import Any

from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import guarded, native

OPAQUE = True
_NAMES = "md5 sha1 sha224 sha256 sha384 sha512 sha3_224 sha3_256 sha3_384 sha3_512 blake2b blake2s"


class Digest:
    """A hash in the making."""

    described = True

    def __init__(self, made: Any) -> None:
        self._made = made
        self.name, self.digest_size, self.block_size = made.name, made.digest_size, made.block_size

    def update(self, data: Any) -> None:
        """Add to what is hashed."""
        self._made.update(payload_of(data))

    def digest(self) -> bytes:
        """The hash."""
        return self._made.digest()

    def hexdigest(self) -> str:
        """The hash as text."""
        return self._made.hexdigest()

    def copy(self) -> Digest:
        """A hash that goes its own way from here."""
        return Digest(self._made.copy())


native("HASH", Digest, "hashlib", attributes="name digest_size block_size", methods="update digest hexdigest copy")


def _new(m: Machine, name: Any, data: Any = b"", **options: Any) -> Digest:
    if payload_of(name) not in _NAMES.split():
        raise ValueError(f"unsupported hash type {name}")
    return Digest(getattr(hashlib, payload_of(name))(payload_of(data)))


def _maker(name: str) -> Any:
    return lambda m, data=b"", **options: Digest(getattr(hashlib, name)(payload_of(data), **options))


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return guarded("hashlib", new=_new, **{name: _maker(name) for name in _NAMES.split()})
