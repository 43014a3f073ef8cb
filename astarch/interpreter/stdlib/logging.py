"""``logging``: loggers that log nothing."""

from __future__ import annotations

from typing import Any

from ..builtins.hosts import OBJECT
from ..machine import Machine
from ..natives.collection_mixins import mixed
from ..natives.describing import lenient, machined, silent
from ..values import Builtin, Class, Instance

OPAQUE = True
_LEVELS = {"NOTSET": 0, "DEBUG": 10, "INFO": 20, "WARNING": 30, "WARN": 30, "ERROR": 40, "CRITICAL": 50, "FATAL": 50}
_SAYING = "debug info warning warn error exception critical fatal log"


def _start(m: Machine, self: Any, name: str = "root", level: Any = 0) -> None:
    self.__dict__.update(name=name, level=_number(level), handlers=[], filters=[], propagate=True, disabled=False, parent=None)


def _number(level: Any) -> Any:
    return _LEVELS.get(level, level) if isinstance(level, str) else level


def _effective(m: Machine, self: Any) -> Any:
    return self.__dict__["level"] or 30


def _child(m: Machine, self: Any, suffix: str) -> Any:
    return m.call(self.py_class, (f"{self.__dict__['name']}.{suffix}",), {})


def _set_level(m: Machine, self: Any, level: Any) -> None:
    self.__dict__["level"] = _number(level)


LOGGER = Class("Logger", (OBJECT,), {
    **mixed(
        "Logger", init__=_start, setLevel=_set_level, getEffectiveLevel=_effective, getChild=_child,
        isEnabledFor=lambda m, self, level: level >= _effective(m, self), hasHandlers=lambda m, self: bool(self.__dict__["handlers"]),
        addHandler=lambda m, self, handler: self.__dict__["handlers"].append(handler),
    ),
    **silent("Logger", f"{_SAYING} removeHandler addFilter removeFilter handle filter findCaller makeRecord"),
}, "logging")  # fmt: skip


def _start_handler(m: Machine, self: Any, *args: Any, **kwargs: Any) -> None:
    self.__dict__.update(level=0, formatter=None, name=None)


_HANDLER = Class("Handler", (OBJECT,), {
    **mixed("Handler", init__=_start_handler, setLevel=_set_level),
    **silent("Handler", "setFormatter flush close emit handle addFilter removeFilter acquire release format createLock"),
}, "logging")  # fmt: skip
_FORMATTER = Class("Formatter", (OBJECT,), {
    "__init__": Builtin("Formatter.__init__", lambda self, *args, **kwargs: None),
    "format": Builtin("Formatter.format", lambda self, record: ""), "formatTime": Builtin("Formatter.formatTime", lambda *a, **k: ""),
}, "logging")  # fmt: skip
_FILTER = Class("Filter", (OBJECT,), {
    "__init__": Builtin("Filter.__init__", lambda self, *args, **kwargs: None),
    "filter": Builtin("Filter.filter", lambda self, record: True),
}, "logging")  # fmt: skip


def _start_adapter(m: Machine, self: Any, logger: Any, extra: Any = None, **rest: Any) -> None:
    self.__dict__.update(logger=logger, extra=extra)


_ADAPTER = Class("LoggerAdapter", (OBJECT,), {
    **mixed("LoggerAdapter", init__=_start_adapter, process=lambda m, self, msg, kwargs: (msg, kwargs),
            isEnabledFor=lambda m, self, level: level >= 30),
    **silent("LoggerAdapter", f"{_SAYING} setLevel"),
}, "logging")  # fmt: skip


def _level_name(level: Any) -> Any:
    if isinstance(level, str):
        return _LEVELS.get(level, f"Level {level}")
    return next((name for name, number in _LEVELS.items() if number == level), f"Level {level}")


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    loggers: dict[Any, Instance] = {}
    classes: list[Any] = [LOGGER]

    def get_logger(m: Machine, name: Any = None) -> Any:
        key = name if isinstance(name, str) and name else "root"
        if key not in loggers:
            loggers[key] = m.call(classes[-1], (key,), {})
        return loggers[key]

    handlers = {name: Class(name, (_HANDLER,), {}, "logging") for name in ("StreamHandler", "FileHandler", "NullHandler")}
    return {
        **_LEVELS, **handlers, "Logger": LOGGER, "Handler": _HANDLER, "Formatter": _FORMATTER, "Filter": _FILTER, "raiseExceptions": True,
        "root": get_logger(m), **machined("logging", getLogger=get_logger), "LoggerAdapter": _ADAPTER,
        **lenient("logging", setLoggerClass=classes.append, getLoggerClass=lambda: classes[-1], getLevelName=_level_name),
        **silent("logging", f"{_SAYING} basicConfig disable captureWarnings addLevelName shutdown"),
    }  # fmt: skip
