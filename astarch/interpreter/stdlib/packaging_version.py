"""``packaging.version``: version numbers as PEP 440 orders them."""

from __future__ import annotations

import re
from functools import total_ordering
from typing import Any

from ..builtins.exceptions import EXCEPTIONS
from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import failure, guarded, holds_unknown, native
from ..values import Class

_PATTERN = re.compile(
    r"""v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)
    (?:[-_.]?(?P<pre_l>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_n>[0-9]+)?)?
    (?:-(?P<post_n1>[0-9]+)|[-_.]?(?P<post_l>post|rev|r)[-_.]?(?P<post_n2>[0-9]+)?)?
    (?:[-_.]?(?P<dev_l>dev)[-_.]?(?P<dev_n>[0-9]+)?)?
    (?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?""",
    re.VERBOSE | re.IGNORECASE,
)
_STAGES = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}
_LAST = (1, ())
_FIRST = (-1, ())
INVALID = Class("InvalidVersion", (EXCEPTIONS["ValueError"],), {}, "packaging.version")


@total_ordering
class Version:
    """A version number.

    Raises:
        ValueError: The text is none.
    """

    described = True

    def __init__(self, text: str) -> None:
        found = _PATTERN.fullmatch(text.strip()) if len(text) < 500 else None
        if found is None:
            raise ValueError(f"Invalid version: '{text}'")
        part = found.groupdict()
        self.epoch = int(part["epoch"] or 0)
        self.release = tuple(map(int, part["release"].split(".")))
        stage = (part["pre_l"] or "").lower()
        self.pre = (_STAGES.get(stage, stage), int(part["pre_n"] or 0)) if stage else None
        self.post = int(part["post_n1"] or part["post_n2"] or 0) if part["post_n1"] or part["post_l"] else None
        self.dev = int(part["dev_n"] or 0) if part["dev_l"] else None
        pieces = re.split(r"[-_.]", part["local"].lower()) if part["local"] else []
        self._local = tuple(int(piece) if piece.isdigit() else piece for piece in pieces)
        self._key = self._ordered()

    def _ordered(self) -> tuple[Any, ...]:
        release = self.release
        while len(release) > 1 and release[-1] == 0:
            release = release[:-1]
        if self.pre is not None:
            pre: Any = (0, self.pre)
        else:
            pre = _FIRST if self.post is None and self.dev is not None else _LAST
        post = _FIRST if self.post is None else (0, (self.post,))
        dev = _LAST if self.dev is None else (0, (self.dev,))
        local = _FIRST if not self._local else (0, tuple((1, p, "") if isinstance(p, int) else (0, 0, p) for p in self._local))
        return self.epoch, release, pre, post, dev, local

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Version) else NotImplemented

    def __lt__(self, other: Any) -> bool:
        return self._key < other._key if isinstance(other, Version) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def base_version(self) -> str:
        """The number without stages."""
        return f"{f'{self.epoch}!' if self.epoch else ''}{'.'.join(map(str, self.release))}"

    @property
    def public(self) -> str:
        """The number without the local part."""
        return str(self).partition("+")[0]

    @property
    def local(self) -> str | None:
        """The local part."""
        return ".".join(map(str, self._local)) if self._local else None

    @property
    def is_prerelease(self) -> bool:
        """Whether it comes before a release."""
        return self.dev is not None or self.pre is not None

    @property
    def is_postrelease(self) -> bool:
        """Whether it comes after a release."""
        return self.post is not None

    @property
    def is_devrelease(self) -> bool:
        """Whether it is in the making."""
        return self.dev is not None

    @property
    def major(self) -> int:
        """The first number."""
        return self.release[0]

    @property
    def minor(self) -> int:
        """The second number."""
        return self.release[1] if len(self.release) > 1 else 0

    @property
    def micro(self) -> int:
        """The third number."""
        return self.release[2] if len(self.release) > 2 else 0

    def __str__(self) -> str:
        text = self.base_version + ("".join(map(str, self.pre)) if self.pre else "")
        text += f".post{self.post}" if self.post is not None else ""
        text += f".dev{self.dev}" if self.dev is not None else ""
        return text + (f"+{self.local}" if self.local else "")

    def __repr__(self) -> str:
        return f"<Version('{self}')>"


def _make(m: Machine, version: Any) -> Any:
    lost = holds_unknown(version)
    if lost is not None:
        return lost
    version = payload_of(version)
    if not isinstance(version, str):
        raise TypeError("expected string or bytes-like object")
    try:
        return Version(version)
    except ValueError as error:
        raise failure(m, INVALID, str(error)) from None


VERSION = native(
    "Version", Version, "packaging.version",
    attributes="epoch release pre post dev local public base_version is_prerelease is_postrelease is_devrelease major minor micro",
    operations="eq lt le gt ge hash str repr", make=_make,
)  # fmt: skip


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {"Version": VERSION, "InvalidVersion": INVALID, **guarded("packaging.version", parse=_make)}
