"""The built-in exceptions as classes of the program, with the hierarchy of the host's."""

from __future__ import annotations

import builtins
from typing import Any

from ..values import MISSING, Builtin, Class, Instance, Property
from .hosts import OBJECT


def _start(self: Instance, *args: Any, **kwargs: Any) -> None:
    self.__dict__["args"] = args
    self.__dict__.update(kwargs)
    if self.py_class.derives(EXCEPTIONS["StopIteration"]):
        self.__dict__["value"] = args[0] if args else None
    elif self.py_class.derives(EXCEPTIONS["SystemExit"]):
        self.__dict__["code"] = args[0] if len(args) == 1 else args or None


def _args(self: Instance) -> Any:
    """What it was made with, even when its class forgot to tell the parent."""
    return self.__dict__.get("args", self.given[0] if self.given else ())


def _text(self: Instance) -> str:
    args = _args(self)
    if len(args) == 1:
        return repr(args[0]) if self.py_class.derives(EXCEPTIONS["KeyError"]) else str(args[0])
    return str(args) if args else ""


def _representation(self: Instance) -> str:
    return f"{self.py_class.name}({', '.join(map(repr, _args(self)))})"


def _with_traceback(self: Instance, traceback: Any) -> Instance:
    return self


def _add_note(self: Instance, note: Any) -> None:
    self.__dict__.setdefault("__notes__", []).append(note)


EXCEPTIONS: dict[str, Class] = {}


def _class(host: type[BaseException]) -> Class:
    known = EXCEPTIONS.get(host.__name__)
    if known is not None:
        return known
    parent = host.__bases__[0]
    base = OBJECT if parent is object else _class(parent)
    namespace: dict[str, Any] = {}
    if host is BaseException:
        namespace = {
            "__init__": Builtin("BaseException.__init__", _start),
            "__str__": Builtin("BaseException.__str__", _text),
            "__repr__": Builtin("BaseException.__repr__", _representation),
            "with_traceback": Builtin("BaseException.with_traceback", _with_traceback),
            "add_note": Builtin("BaseException.add_note", _add_note),
            "__traceback__": None, "__cause__": None, "__context__": None, "__suppress_context__": False,
            "args": Property(Builtin("args", _args), Builtin("args", lambda self, new: self.__dict__.update(args=tuple(new)))),
        }  # fmt: skip
    made = Class(host.__name__, (base,), namespace)
    EXCEPTIONS[host.__name__] = made
    return made


for _host in list(vars(builtins).values()):
    if isinstance(_host, type) and issubclass(_host, BaseException):
        _class(_host)
for _alias in ("IOError", "EnvironmentError"):
    EXCEPTIONS[_alias] = EXCEPTIONS["OSError"]


def is_exception(value: Any) -> bool:
    """Whether a value is an exception of the program."""
    return isinstance(value, Instance) and value.py_class.derives(EXCEPTIONS["BaseException"])


def message_of(value: Any) -> str:
    """What an exception says, as the interpreter would print it."""
    if not isinstance(value, Instance):
        return str(value)
    try:
        text = str(value)
    except Exception:
        text = ""
    name = value.py_class.name
    return f"{name}: {text}" if text else name


__all__ = ["EXCEPTIONS", "MISSING", "is_exception", "message_of"]
