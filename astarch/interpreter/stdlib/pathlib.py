"""``pathlib``: paths as text exactly; what is on the disk is not known."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import holds_unknown, native, outside, silent
from ..values import StaticMethod


def _make(m: Machine, *parts: Any, **rest: Any) -> Any:
    lost = holds_unknown(list(parts))
    return lost if lost is not None else PurePosixPath(*map(payload_of, parts))


PATH = native(
    "PosixPath", PurePosixPath, "pathlib", attributes="parts drive root anchor name suffix suffixes stem parent parents",
    methods="as_posix as_uri is_absolute is_relative_to joinpath match relative_to with_name with_stem with_suffix",
    operations="eq lt le gt ge hash str fspath truediv rtruediv", make=_make,
    extra={
        **outside("Path", """exists is_file is_dir is_symlink read_text read_bytes open glob rglob iterdir stat resolve absolute expanduser
            samefile owner lstat readlink walk"""),
        **silent("Path", "mkdir unlink rmdir touch write_text write_bytes rename replace chmod symlink_to"),
        **{name: StaticMethod(function) for name, function in outside("Path", "cwd home").items()},
    },
)  # fmt: skip


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return dict.fromkeys(("Path", "PosixPath", "PurePath", "PurePosixPath"), PATH)
