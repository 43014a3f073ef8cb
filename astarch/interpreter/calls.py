"""Calls: binding arguments to parameters, running bodies, constructing objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..ir.dim import Undecided
from ..ir.refusal import Refusal
from ..ir.unknown import Reason, Unknown
from .budget import BudgetSpent, spent
from .builtins.hosts import CONSTRUCTORS, TYPE
from .machine import LARGE, Frame, Machine
from .values import (
    CURRENT,
    MISSING,
    BoundMethod,
    Builtin,
    CachedProperty,
    Class,
    ClassMethod,
    Function,
    GenericAlias,
    Instance,
    Lost,
    PyModule,
    Raised,
    StaticMethod,
)  # fmt: skip

#: What a host operation may raise that the program would see raised.
HOST_ERRORS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, AssertionError, NotImplementedError, StopIteration,
               BufferError, OSError, RuntimeError)  # fmt: skip


#: Host types that can be large.
SIZED = frozenset({str, bytes, list, tuple, dict, set, frozenset})


def call(m: Machine, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``function(*args, **kwargs)``."""
    caller = CALLERS.get(type(function))
    if caller is not None:
        return caller(m, function, args, kwargs)
    if isinstance(function, Instance):
        return _call_instance(m, function, args, kwargs)
    if getattr(function, "described", False) and callable(function):
        return _call_described(m, function, args, kwargs)
    raise m.error("TypeError", f"'{m.class_of(function).name}' object is not callable")


def _call_method(m: Machine, method: BoundMethod, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    function = method.function
    if type(function) is Function:
        return invoke(m, function, (method.receiver, *args), kwargs)
    if type(function) is Builtin:
        return call_builtin(m, function, (method.receiver, *args), kwargs)
    return call(m, function, (method.receiver, *args), kwargs)


def call_builtin(m: Machine, function: Builtin, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call what is described or the language's own; what it raises, the program sees raised."""
    if not function.lenient:
        for value in (*args, *kwargs.values()) if kwargs else args:
            if type(value) is Unknown:
                return value
    try:
        if args and type(args[0]) in SIZED and len(args[0]) > LARGE:
            m.weigh(len(args[0]))
        result = function.function(m, *args, **kwargs) if function.needs_machine else function.function(*args, **kwargs)
        if type(result) in SIZED and len(result) > LARGE:
            m.weigh(len(result))
        return result
    except Refusal as refusal:
        raise m.refused(refusal) from None
    except Undecided as undecided:
        return m.unknown(Reason.UNDECIDED, str(undecided))
    except (Lost, Raised, BudgetSpent):
        raise
    except (RecursionError, MemoryError) as error:
        raise spent(error) from None
    except HOST_ERRORS as error:
        raise m.error_from(error) from None


def _call_described(m: Machine, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        return function(*args, **kwargs)
    except Refusal as refusal:
        raise m.refused(refusal) from None
    except Undecided as undecided:
        return m.unknown(Reason.UNDECIDED, str(undecided))
    except (Lost, Raised, BudgetSpent):
        raise
    except HOST_ERRORS as error:
        if isinstance(error, RecursionError):
            raise BudgetSpent("the depth of the host's own calls") from None
        if hasattr(function, "bind_to") or hasattr(function, "op"):  # a rule of a framework: its faults are ours
            return m.unknown(Reason.INTERNAL, f"{function!r}: {type(error).__name__}: {error}")
        raise m.error_from(error) from None


def _call_instance(m: Machine, function: Instance, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    method = function.py_class.find("__call__")
    if method is MISSING:
        raise m.lacks("TypeError", f"'{function.py_class.name}' object is not callable", function)
    if type(method) is Function:
        return invoke(m, method, (function, *args), kwargs)
    if type(method) is StaticMethod:
        return call(m, method.function, args, kwargs)
    return call(m, method, (function, *args), kwargs)


def _call_unknown(m: Machine, function: Unknown, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return function


def _call_alias(m: Machine, function: GenericAlias, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return call(m, function.origin, args, kwargs)


def _call_wrapper(m: Machine, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return call(m, function.function, args, kwargs)


# --- functions --------------------------------------------------------------------------------------------------------


def invoke(m: Machine, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a function of the program."""
    code = function.code
    names = bind_arguments(m, function, args, kwargs)
    run = code.run
    if run is None:
        run = code.compile(function)
    frame = Frame(m, function.module, names, function.outer, function, function.cell)
    if code.is_generator:
        return generate(m, frame, code)
    caller = m.frame
    frame.caller = caller
    if m.depth >= m.budget.depth:
        raise BudgetSpent(f"{m.budget.depth} calls inside one another")
    m.steps_left -= 1  # as `Machine.step` does: this is the most frequent of all
    if m.steps_left & 4095 == 0:
        m.pause()
    m.frame = frame
    m.depth += 1
    try:
        if code.is_expression:
            return run(frame)
        run(frame)
        return frame.result
    except Lost as lost:
        return lost.unknown
    finally:
        m.frame = caller
        frame.caller = None  # a function that was defined in it may keep it, but not who called
        m.depth -= 1


def generate(m: Machine, frame: Frame, code: Any) -> Iterator[Any]:
    """Run a generator function: a host generator that swaps frames at every step."""
    body = code.run(frame)
    sent: Any = None
    raised: BaseException | None = None
    while True:
        caller = m.frame
        frame.caller = caller
        m.step()
        m.frame = frame
        m.depth += 1
        try:
            item = body.throw(raised) if raised is not None else body.send(sent)
        except StopIteration:
            return frame.result
        except Raised as error:
            if error.value.py_class.derives(m.builtins["StopIteration"]):
                raise m.error("RuntimeError", "generator raised StopIteration") from None
            raise
        finally:
            m.frame = caller
            m.depth -= 1
        raised = None
        try:
            sent = yield item
        except GeneratorExit:
            _close(m, frame, body)
            raise
        except Raised as error:
            raised, sent = error, None


def _close(m: Machine, frame: Frame, body: Any) -> None:
    """The body of a generator that is closed sees GeneratorExit; one that is only thrown away after the run sees nothing."""
    if CURRENT.get(None) is not m:
        body.close()
        return
    caller, frame.caller = m.frame, m.frame
    m.frame = frame
    try:
        body.throw(Raised(m.call(m.builtins["GeneratorExit"], (), {})))
    except (StopIteration, Lost, BudgetSpent):
        return
    except Raised as error:
        if not error.value.py_class.derives(m.builtins["GeneratorExit"]):
            raise
        return
    finally:
        m.frame = caller
    raise m.error("RuntimeError", "generator ignored GeneratorExit")


def bind_arguments(m: Machine, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The local variables that a call starts with; raises the program's TypeError when the arguments do not fit."""
    code = function.code
    positional = code.positional
    count = len(args)
    if count == len(positional) and not kwargs and code.is_simple:
        return dict(zip(positional, args))
    names = dict(zip(positional, args))
    if count > len(positional):
        if code.rest is None:
            raise _unfit(m, function, _too_many(function, count))
        names[code.rest] = tuple(args[len(positional) :])
    elif code.rest is not None:
        names[code.rest] = ()
    if kwargs:
        _bind_keywords(m, function, names, kwargs)
    elif code.keywords is not None:
        names[code.keywords] = {}
    defaults = function.defaults
    for name in code.all_names:
        if name not in names:
            if name not in defaults:
                raise _unfit(m, function, _missing(function, names))
            names[name] = defaults[name]
    return names


def _unfit(m: Machine, function: Function, message: str) -> Raised:
    """What a call with the wrong arguments raises; it knows what was called."""
    raised = m.error("TypeError", message)
    raised.called = function.code.span
    return raised


def _too_many(function: Function, count: int) -> str:
    positional = function.code.positional
    required = sum(name not in function.defaults for name in positional)
    takes = f"{len(positional)}" if required == len(positional) else f"from {required} to {len(positional)}"
    plural = "" if takes == "1" else "s"
    return f"{function.qualname}() takes {takes} positional argument{plural} but {count} {'was' if count == 1 else 'were'} given"


def _missing(function: Function, names: dict[str, Any]) -> str:
    kind = "positional"
    lost = [f"'{name}'" for name in function.code.positional if name not in names and name not in function.defaults]
    if not lost:
        kind = "keyword-only"
        lost = [f"'{name}'" for name in function.code.keyword_only if name not in names and name not in function.defaults]
    listed = lost[0] if len(lost) == 1 else f"{', '.join(lost[:-1])}{',' if len(lost) > 2 else ''} and {lost[-1]}"
    return f"{function.qualname}() missing {len(lost)} required {kind} argument{'s' if len(lost) > 1 else ''}: {listed}"


def _bind_keywords(m: Machine, function: Function, names: dict[str, Any], kwargs: dict[str, Any]) -> None:
    code = function.code
    extra: dict[str, Any] = {}
    for name, value in kwargs.items():
        if name in code.by_keyword:
            if name in names:
                raise _unfit(m, function, f"{function.qualname}() got multiple values for argument '{name}'")
            names[name] = value
        elif code.keywords is not None:
            extra[name] = value
        else:
            raise _unfit(m, function, f"{function.qualname}() got an unexpected keyword argument '{name}'")
    if code.keywords is not None:
        names[code.keywords] = extra


# --- classes ----------------------------------------------------------------------------------------------------------


def construct(m: Machine, cls: Class, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``cls(*args, **kwargs)``."""
    meta = cls.metaclass
    if meta is not None and (custom := meta.find("__call__")) is not MISSING:
        return call(m, custom, (cls, *args), kwargs)
    return construct_plainly(m, cls, args, kwargs)


def construct_plainly(m: Machine, cls: Class, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``type.__call__``: make it with ``__new__``, then hand it to ``__init__``."""
    make = CONSTRUCTORS.get(cls.name) if cls.host is not None else None
    if make is not None:
        return call_builtin(m, make, args, kwargs)
    new = cls.find("__new__")
    made = allocate(m, cls, args, kwargs) if new is MISSING else call(m, new, (cls, *args), kwargs)
    if isinstance(made, Instance) and made.py_class.derives(cls):
        made.given = (args, kwargs)
        start = made.py_class.find("__init__")
        if start is not MISSING:
            if type(start) is Function:
                invoke(m, start, (made, *args), kwargs)
            else:
                call(m, start, (made, *args), kwargs)
        elif (args or kwargs) and new is MISSING and cls.payload_type() is None:
            raise m.error("TypeError", f"{cls.name}() takes no arguments")
    return made


def allocate(m: Machine, cls: Class, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Instance:
    """``object.__new__``: an empty instance; one that extends an immutable host type gets its value now."""
    made = cls.layout.__new__(cls.layout)
    made.py_class = cls
    made.span = m.where()
    made.given = None
    host = cls.payload_type()
    if host is None or host is type:
        made.payload = None
    elif host in (dict, list, set):
        made.payload = host()
    else:
        made.payload = call_builtin(m, CONSTRUCTORS[host.__name__], args, {}) if host.__name__ in CONSTRUCTORS else None
    return made


def _call_class(m: Machine, cls: Class, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if cls is TYPE and len(args) == 1:
        return m.class_of(args[0])
    return construct(m, cls, args, kwargs)


def _call_module(m: Machine, module: PyModule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    raise m.error("TypeError", "'module' object is not callable")


#: How each type of value is called; `call` has a word for those not among them.
CALLERS: dict[type, Callable[[Machine, Any, tuple[Any, ...], dict[str, Any]], Any]] = {
    Function: invoke, BoundMethod: _call_method, Builtin: call_builtin, Class: _call_class, Unknown: _call_unknown,
    GenericAlias: _call_alias, StaticMethod: _call_wrapper, ClassMethod: _call_wrapper, CachedProperty: _call_wrapper,
    PyModule: _call_module,
}  # fmt: skip
