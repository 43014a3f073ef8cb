"""``sys``: Python 3.11 on Linux, without command-line arguments."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

from ..builtins.hosts import CLASS_OF_HOST
from ..machine import Machine
from ..natives.describing import lenient, machined, native, outside, silent
from ..values import Class

OPAQUE = True


class Version(NamedTuple):
    major: Any
    minor: Any
    micro: Any
    releaselevel: Any
    serial: Any


VERSION = Version(3, 11, 7, "final", 0)
native("version_info", Version, "sys", attributes="major minor micro releaselevel serial", bases=(CLASS_OF_HOST[tuple],))
native("float_info", type(sys.float_info), "sys", attributes="max min epsilon dig mant_dig max_exp min_exp radix",
       bases=(CLASS_OF_HOST[tuple],))  # fmt: skip


class Stream:
    """Standard output or error: what is written goes nowhere."""

    described = True
    encoding = "utf-8"
    name = "<stdout>"

    def write(self, text: Any) -> int:
        """Write nothing."""
        return len(text) if isinstance(text, str) else 0

    def flush(self) -> None:
        """Nothing to do."""

    def isatty(self) -> bool:
        """Nobody watches."""
        return False


def _exit(m: Machine, status: Any = None) -> Any:
    raise m.error("SystemExit", status)


def _exception_info(m: Machine) -> Any:
    frame = m.frame
    while frame is not None and frame.error is None:
        frame = frame.caller
    return (None, None, None) if frame is None else (m.class_of(frame.error.value), frame.error.value, None)


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        "version_info": VERSION, "version": "3.11.7 (main)", "hexversion": 0x030B07F0, "platform": "linux", "maxsize": sys.maxsize,
        "maxunicode": sys.maxunicode, "byteorder": "little", "modules": m.modules, "argv": [""], "path": [], "meta_path": [],
        "path_hooks": [], "float_info": sys.float_info, "stdout": Stream(),
        "stderr": Stream(), "__stdout__": Stream(), "__stderr__": Stream(), "dont_write_bytecode": False, "warnoptions": [],
        "implementation": m.call(Class("namespace", (CLASS_OF_HOST[object],), {"name": "cpython", "version": VERSION}), (), {}),
        **machined("sys", exit=_exit, exc_info=_exception_info),
        **lenient("sys", intern=lambda string: string, getrecursionlimit=lambda: 1000, getdefaultencoding=lambda: "utf-8",
                  getfilesystemencoding=lambda: "utf-8", is_finalizing=lambda: False, gettrace=lambda: None, getprofile=lambda: None),
        **silent("sys", "setrecursionlimit settrace setprofile setswitchinterval displayhook excepthook audit"),
        **outside("sys", "getsizeof getrefcount _getframe exc_clear"),
    }  # fmt: skip
