"""``re``: the host's own, for texts on which an expression cannot take long."""

from __future__ import annotations

import re
from typing import Any

from ...ir.unknown import Reason, Unknown
from ..budget import BudgetSpent
from ..builtins.exceptions import EXCEPTIONS
from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import failure, guarded, native
from ..natives.expressions import is_affordable
from ..values import Builtin, Class, Lost

ERROR = Class("error", (EXCEPTIONS["Exception"],), {}, "re")
_LONGEST_PATTERN = 20_000


def compiled(m: Machine, pattern: Any, flags: Any = 0) -> Any:
    """``re.compile``."""
    pattern = payload_of(pattern)
    if isinstance(pattern, re.Pattern):
        return pattern
    if not isinstance(pattern, (str, bytes)):
        raise TypeError("first argument must be string or compiled pattern")
    if len(pattern) > _LONGEST_PATTERN:
        raise BudgetSpent(f"a regular expression of {len(pattern):,} characters (limit {_LONGEST_PATTERN:,})")
    try:
        return re.compile(pattern, int(payload_of(flags)) & ~re.DEBUG)
    except re.error as error:
        raise failure(m, ERROR, str(error)) from None
    except (OverflowError, RecursionError):
        raise failure(m, ERROR, "the expression is too large") from None


def _applied(m: Machine, expression: re.Pattern[Any], method: str, text: Any, *rest: Any) -> Any:
    text = payload_of(text)
    if isinstance(text, (str, bytes)) and not is_affordable(expression, len(text)):
        m.unknown(Reason.BUDGET_SPENT, f"a regular expression that can take very long: {expression.pattern!r:.80}")
        raise Lost(m.unknowns[-1] if m.unknowns else Unknown(Reason.BUDGET_SPENT))
    return getattr(expression, method)(text, *map(payload_of, rest))


def _replaced(m: Machine, expression: re.Pattern[Any], method: str, repl: Any, string: Any, count: Any = 0) -> Any:
    text, replacement = payload_of(string), payload_of(repl)
    if isinstance(text, (str, bytes)) and not is_affordable(expression, len(text)):
        raise Lost(m.unknown(Reason.BUDGET_SPENT, f"a regular expression that can take very long: {expression.pattern!r:.80}"))
    if isinstance(replacement, (str, bytes)):
        m.require_text((len(text) + 1) * len(replacement) if len(replacement) > 100 else 0)
        try:
            return getattr(expression, method)(replacement, text, payload_of(count))
        except re.error as error:
            raise failure(m, ERROR, str(error)) from None

    def replace(match: Any) -> Any:
        m.step()
        found = payload_of(m.call(repl, (match,), {}))
        if type(found) is Unknown:
            raise Lost(found)
        return found

    return getattr(expression, method)(replace, text, payload_of(count))


def _bound(method: str) -> Builtin:
    def call(m: Machine, self: Any, string: Any, *rest: Any, **named: Any) -> Any:
        return _applied(m, self, method, string, *rest, *named.values())

    return Builtin(f"Pattern.{method}", call, True, False)


def _function(method: str, options: int = 0) -> Any:
    """The function of a method: its flags come after ``options`` arguments of the method's own."""

    def call(m: Machine, pattern: Any, string: Any, *rest: Any, flags: Any = 0, maxsplit: Any = 0) -> Any:
        own, given = rest[:options], rest[options:]
        if maxsplit:
            own = (maxsplit,)
        return _applied(m, compiled(m, pattern, given[0] if given else flags), method, string, *own)

    return call


def _substitution(method: str) -> Any:
    def call(m: Machine, pattern: Any, repl: Any, string: Any, count: Any = 0, flags: Any = 0) -> Any:
        return _replaced(m, compiled(m, pattern, flags), method, repl, string, count)

    return call


_METHODS = ("match", "search", "fullmatch", "findall", "finditer", "split")
PATTERN = native("Pattern", re.Pattern, "re", attributes="pattern flags groups groupindex", extra={
    **{name: _bound(name) for name in _METHODS},
    **{name: Builtin(f"Pattern.{name}", lambda m, self, *a, name=name, **k: _replaced(m, self, name, *a, **k), True, False)
       for name in ("sub", "subn")},
})  # fmt: skip
MATCH = native(
    "Match", re.Match, "re", attributes="string re pos endpos lastindex lastgroup regs",
    methods="group groups groupdict start end span expand", operations="getitem",
)  # fmt: skip
FLAGS = "A ASCII DOTALL I IGNORECASE L LOCALE M MULTILINE S U UNICODE VERBOSE X NOFLAG"


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    names = guarded(
        "re", compile=compiled, sub=_substitution("sub"), subn=_substitution("subn"),
        escape=lambda m, pattern: re.escape(payload_of(pattern)),
        purge=lambda m: None, **{name: _function(name, 1 if name == "split" else 0) for name in _METHODS},
    )  # fmt: skip
    flags = {name: int(getattr(re, name, 0)) for name in FLAGS.split()}
    return names | flags | {"Pattern": PATTERN, "Match": MATCH, "error": ERROR, "RegexFlag": m.builtins["int"]}
