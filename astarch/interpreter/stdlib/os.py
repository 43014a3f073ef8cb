"""``os``: an environment without variables; processes and files are not known."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Reason
from ..builtins.hosts import CLASS_OF_HOST, current, payload_of
from ..machine import Machine
from ..natives.abstract import ABC
from ..natives.describing import lenient, machined, native, outside, silent, strict
from ..values import Builtin, Class

OPAQUE = True


class Environment(dict[Any, Any]):
    """``os.environ``: what the program has put there; the rest is not known."""

    def __missing__(self, key: Any) -> Any:
        return current().unknown(Reason.OUTSIDE, f"os.environ[{key!r}]")


def _get(m: Machine, self: Any, key: Any, default: Any = None) -> Any:
    if payload_of(key) not in self:
        m.assume("no environment variable is set")
    return self.get(payload_of(key), default)


native("_Environ", Environment, "os", bases=(CLASS_OF_HOST[dict],), extra={"get": Builtin("environ.get", _get, True)})
_PATH_LIKE = Class("PathLike", (ABC,), {
    "__instance_test__": Builtin("__instance_test__", lambda value: hasattr(payload_of(value), "__fspath__")),
}, "os", ABC.metaclass)  # fmt: skip


def _fspath(path: Any) -> Any:
    path = payload_of(path)
    if isinstance(path, (str, bytes)):
        return path
    if hasattr(path, "__fspath__"):
        return path.__fspath__()
    raise TypeError("expected str, bytes or os.PathLike object")


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    environment = Environment()
    return {
        "environ": environment, "name": "posix", "sep": "/", "linesep": "\n", "pathsep": ":", "curdir": ".", "pardir": "..", "extsep": ".",
        "altsep": None, "devnull": "/dev/null", "PathLike": _PATH_LIKE, "error": m.builtins["OSError"],
        **machined("os", getenv=lambda m, key, default=None: _get(m, environment, key, default)), **strict("os", fspath=_fspath),
        **lenient("os", putenv=environment.__setitem__, unsetenv=lambda key: environment.pop(key, None)),
        **outside("os", """listdir walk getcwd getpid cpu_count stat scandir urandom popen system getlogin uname access get_terminal_size
            getppid path_exists readlink"""),
        **silent("os", "makedirs mkdir remove unlink rmdir rename replace chmod chdir removedirs symlink utime umask kill _exit"),
    }  # fmt: skip
