"""Code that only fills tensors with numbers, run without keeping a record: models set their weights by the tens of thousands.

``self.apply(self._init_weights)``, or a loop over all modules that looks at the class of each, leaves nothing behind but other
numbers in weights, and these nobody knows before or after. Such a statement is run here without frames to look back to, places and
steps of data flow. Whatever might leave anything else behind, is not known, or goes wrong, ends the attempt (`Otherwise`): all is put
back as it was, and the statement is run the usual way from its start.

What is described is reached through `Machine.filler`, which is there only while a model is built.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....ir.dim import Undecided
from ....ir.refusal import Refusal
from ....source import syntax as s
from ...calls import HOST_ERRORS
from ...machine import Filler, Frame, Machine
from ...values import Lost, Raised
from ..dispatch import Run
from ..scopes import Scope
from .code import Compiler, may_fill

#: What ends an attempt.
_FAILURES = (*HOST_ERRORS, Raised, Lost, Undecided, Refusal)
#: So often a statement is tried in vain before it is left alone.
_MISSES = 3
#: Methods that are there to leave something behind.
_LEAVING = frozenset(
    {"__init__", "add_module", "append", "extend", "insert", "register_buffer", "register_parameter", "setdefault", "update"}
)


def attempt(node: s.Evaluate | s.For, scope: Scope) -> Callable[[Frame], bool] | None:
    """What tries a statement this way, and says whether that was all there was to do; None where it is not worth trying.

    Args:
        node: A call whose result nobody uses, or a loop.
        scope: Where it stands.
    """
    if scope.kind != "function" or not _is_candidate(node):
        return None
    return _Site(node, scope).run


def _is_candidate(node: s.Evaluate | s.For) -> bool:
    if isinstance(node, s.For):
        return type(node.iterable) is s.Call and all(map(may_fill, node.body)) and any(map(_calls, node.body))
    return type(node.value) is s.Call and _leaves_nothing(node.value)


def _leaves_nothing(node: Any) -> bool:
    """Whether an expression, as far as one can see, is not there to leave something behind."""
    if type(node) is s.Constant:
        return False
    function = node.function if type(node) is s.Call else None
    return type(function) is not s.Attribute or function.name not in _LEAVING


def _calls(node: Any) -> bool:
    kind = type(node)
    if kind is s.Evaluate:
        return _leaves_nothing(node.value)
    if kind is s.If:
        return any(map(_calls, (*node.body, *node.orelse)))
    return kind in (s.For, s.With) and any(map(_calls, node.body))


class _Site:
    """A statement, and how its attempts went so far."""

    def __init__(self, node: Any, scope: Scope) -> None:
        self._node, self._scope = node, scope
        self._compiled: Run | None = None
        self._hits = self._misses = 0

    def run(self, frame: Frame) -> bool:
        """Try it."""
        m = frame.machine
        if m.filler is None or m.loops or (self._misses >= _MISSES and self._misses > self._hits):
            return False
        if self._compiled is None:
            self._compiled = Compiler(self._scope).statement(self._node)
        if _done(m, m.filler, self._compiled, frame):
            self._hits += 1
            return True
        self._misses += 1
        return False


def _done(m: Machine, filler: Filler, compiled: Run, frame: Frame) -> bool:
    """Run it; what it noted and which variables it set is undone when it cannot be done this way."""
    names, unknowns, decided, at, depth = frame.names.copy(), len(m.unknowns), len(m.decided), frame.at, m.depth
    mark, done = filler.begin(), False
    try:
        signal = compiled(frame)
        if signal is None and len(m.unknowns) == unknowns and len(m.decided) == decided:
            done = True
    except _FAILURES:
        pass
    finally:
        m.depth = depth
        filler.end(mark, not done)
    if done:
        return True
    del m.unknowns[unknowns:], m.decided[decided:]
    frame.names.clear()
    frame.names.update(names)
    frame.at = at
    return False
