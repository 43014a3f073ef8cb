"""Statements: assignments, branches, loops, imports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...ir.tensor import Tensor
from ...ir.unknown import MoreItems, Reason, Unknown
from ...source import syntax as s
from ..machine import Frame
from ..operators import binary, store, subscript, truth
from ..repeated import Endless, Repeated
from ..values import Lost, PyModule, Raised
from .dispatch import BREAK, CONTINUE, RETURN, Run, Store, block, compiles, expression, optional
from .expressions import condition
from .facts import facts_of, take_for_granted
from .filling.attempts import attempt
from .names import target, unbind
from .remembering import remembered
from .repeating import fresh_names, repeat_statement
from .scopes import Scope, bound_names, ends_iteration, only_raises, only_warns, touched
from .spelling import spell


@compiles(s.Evaluate)
def _evaluate(node: s.Evaluate, scope: Scope) -> Run:
    if type(node.value) is s.Constant:
        return lambda frame: None
    value, filled = expression(node.value, scope), attempt(node, scope)

    def run(frame: Frame) -> None:
        if filled is not None and frame.machine.filler is not None and filled(frame):
            return
        try:
            value(frame)
        except Lost:
            pass

    return run


@compiles(s.Assign)
def _assign(node: s.Assign, scope: Scope) -> Run:
    value = expression(node.value, scope)
    if len(node.targets) == 1 and type(node.targets[0]) is s.Name and scope.find(name := scope.mangled(node.targets[0].id)) == -1:
        return _assign_local(name, value)
    stores = [target(item, scope) for item in node.targets]
    if len(stores) == 1:
        (store,) = stores

        def run(frame: Frame) -> None:
            try:
                found = value(frame)
            except Lost as lost:
                found = lost.unknown
            store(frame, found)

        return run

    def run_all(frame: Frame) -> None:
        try:
            found = value(frame)
        except Lost as lost:
            found = lost.unknown
        for store in stores:
            store(frame, found)

    return run_all


@compiles(s.Annotate)
def _annotate(node: s.Annotate, scope: Scope) -> Run:
    value = optional(node.value, scope)
    store = target(node.target, scope)
    in_class = scope.kind == "class" and type(node.target) is s.Name
    annotation = expression(node.annotation, scope) if in_class else None
    name = node.target.id if type(node.target) is s.Name else ""

    def run(frame: Frame) -> None:
        if annotation is not None:
            frame.names.setdefault("__annotations__", {})[name] = Annotation(annotation, frame)
        if value is not None:
            try:
                found = value(frame)
            except Lost as lost:
                found = lost.unknown
            store(frame, found)

    return run


class Annotation:
    """The annotation of a class variable, evaluated only when somebody asks: few ever do."""

    __slots__ = ("_frame", "_run")
    described = True

    def __init__(self, run: Run, frame: Frame) -> None:
        self._run, self._frame = run, frame

    def value(self) -> Any:
        """The annotation's value; an Unknown when it cannot be evaluated here."""
        try:
            return self._run(self._frame)
        except (Raised, Lost) as error:
            return Unknown(Reason.EXTERNAL, f"annotation: {error}")


@compiles(s.Augment)
def _augment(node: s.Augment, scope: Scope) -> Run:
    if type(node.target) is s.Subscript:
        return _augment_item(node, scope)
    if type(node.target) is s.Attribute:
        return _augment_attribute(node, scope)
    load, store, value = expression(node.target, scope), target(node.target, scope), expression(node.value, scope)
    op, at = node.op, node.at

    def run(frame: Frame) -> None:
        old = load(frame)
        new = value(frame)
        frame.at = at
        store(frame, binary(frame.machine, op, old, new, inplace=True))

    return run


def _augment_attribute(node: s.Augment, scope: Scope) -> Run:
    attribute: Any = node.target
    receiver, name, value = expression(attribute.value, scope), scope.mangled(attribute.name), expression(node.value, scope)
    op, at = node.op, node.at

    def run(frame: Frame) -> None:
        m = frame.machine
        owner = receiver(frame)
        frame.at = at
        old = m.get(owner, name)
        new = value(frame)
        frame.at = at
        m.put(owner, name, binary(m, op, old, new, inplace=True))

    return run


def _augment_item(node: s.Augment, scope: Scope) -> Run:
    item: Any = node.target
    container, index, value = expression(item.value, scope), expression(item.index, scope), expression(node.value, scope)
    op, at = node.op, node.at

    def run(frame: Frame) -> None:
        m = frame.machine
        holder, key = container(frame), index(frame)
        frame.at = at
        old = subscript(m, holder, key)
        new = value(frame)
        frame.at = at
        store(m, holder, key, binary(m, op, old, new, inplace=True))

    return run


@compiles(s.Return)
def _return(node: s.Return, scope: Scope) -> Run:
    if node.value is None:
        return lambda frame: RETURN
    value = expression(node.value, scope)

    def run(frame: Frame) -> Any:
        try:
            frame.result = value(frame)
        except Lost as lost:
            frame.result = lost.unknown
        return RETURN

    return run


@compiles(s.Simple)
def _simple(node: s.Simple, scope: Scope) -> Run:
    signal = {"pass": None, "break": BREAK, "continue": CONTINUE}[node.kind]
    return lambda frame: signal


@compiles(s.Scope)
def _scope(node: s.Scope, scope: Scope) -> Run:
    if scope.kind == "class":
        (scope.globals if node.kind == "global" else scope.nonlocals).update(node.names)
    return lambda frame: None


@compiles(s.Unsupported)
def _unsupported(node: s.Unsupported, scope: Scope) -> Run:
    at = node.at

    def run(frame: Frame) -> None:
        frame.at = at
        frame.machine.unknown(Reason.UNSUPPORTED, node.kind)

    return run


@compiles(s.Delete)
def _delete(node: s.Delete, scope: Scope) -> Run:
    runs = [unbind(item, scope) for item in node.targets]

    def run(frame: Frame) -> None:
        for forget in runs:
            forget(frame)

    return run


@compiles(s.Assert)
def _assert(node: s.Assert, scope: Scope) -> Run:
    test, message, at = expression(node.test, scope), optional(node.message, scope), node.at
    facts = facts_of(node.test, scope)

    def run(frame: Frame) -> None:
        m = frame.machine
        noted = len(m.unknowns)
        value = test(frame)
        if value is True:
            return
        frame.at = at
        count = len(m.decided)
        answer = type(value) is Unknown or truth(m, value)
        if type(value) is Unknown or len(m.decided) > count:
            del m.decided[count:]
            take_for_granted(m, frame, node.test, facts, True, noted)
        elif not answer:
            text = message(frame) if message is not None else f"{spell(node.test)} does not hold"
            frame.at = at
            raise m.error("AssertionError", text if isinstance(text, str) else str(text))

    return run


def _assign_local(name: str, value: Run) -> Run:
    def run(frame: Frame) -> None:
        try:
            frame.names[name] = value(frame)
        except Lost as lost:
            frame.names[name] = lost.unknown

    return run


# --- branches and loops ---------------------------------------------------------------------------------------------


@compiles(s.If)
def _if(node: s.If, scope: Scope) -> Run:
    test = branch_condition(node, scope)
    body = block(node.body, scope)
    if not node.orelse:
        return lambda frame: body(frame) if test(frame) else None
    orelse = block(node.orelse, scope)
    return lambda frame: body(frame) if test(frame) else orelse(frame)


def branch_condition(node: s.If, scope: Scope) -> Run:
    """The condition of an ``if``; an arm that only raises is assumed not to be taken."""
    if only_raises(node.body):
        return _assumed(node.test, scope, False, ends_iteration(node.body))
    if node.orelse and only_raises(node.orelse):
        return _assumed(node.test, scope, True, ends_iteration(node.orelse))
    if not node.orelse and only_warns(node.body):
        return _indifferent(node, scope)
    return condition(node.test, scope)


def _indifferent(node: s.If, scope: Scope) -> Run:
    """The condition of a warning: where it cannot be decided, nothing depends on it but names that have a value already."""
    value, at, names = expression(node.test, scope), node.test.at, bound_names(node.body)

    def run(frame: Frame) -> bool:
        m = frame.machine
        noted = len(m.unknowns)
        found = value(frame)
        if found is True or found is False:
            return found
        frame.at = at
        count = len(m.decided)
        answer = m.decide(spell(node.test), found.likely) if type(found) is Unknown else truth(m, found)
        if len(m.decided) > count and names.isdisjoint(frame.names):
            del m.decided[count:], m.unknowns[noted:]
            return False
        return answer

    return run


def _assumed(test: Any, scope: Scope, answer: bool, signals: bool) -> Run:
    """The condition of an arm that only raises; one that signals an end requires nothing of sizes."""
    value, at = expression(test, scope), test.at
    facts = (lambda frame, answer: []) if signals else facts_of(test, scope)

    def run(frame: Frame) -> bool:
        m = frame.machine
        noted = len(m.unknowns)
        found = value(frame)
        if found is True or found is False:
            return found
        frame.at = at
        if type(found) is not Unknown:
            count = len(m.decided)
            answered = truth(m, found)
            if len(m.decided) == count:
                return answered
            del m.decided[count:]
        take_for_granted(m, frame, test, facts, answer, noted)
        return answer

    return run


class Skipped:
    """What becomes uncertain when a body cannot be run: its names and attributes lose their values."""

    def __init__(self, body: list[Any], scope: Scope) -> None:
        names, changed = touched(body)
        self._names = [target(s.Name((0, 0, 0, 0), name), scope) for name in sorted(names) if scope.find(name) is not None]
        self._changed = [
            (expression(node, scope), target(node, scope))
            for node in changed
            if type(node) is s.Attribute or (node.id not in names and scope.find(node.id) is not None)
        ]

    def forget(self, frame: Frame, lost: Unknown) -> None:
        """Give every name and attribute the body may change the unknown value; a tensor only loses its elements."""
        for store in self._names:
            store(frame, lost)
        for load, store in self._changed:
            try:
                value = load(frame)
                if isinstance(value, Tensor):
                    value.data = None
                elif not isinstance(value, PyModule):
                    store(frame, lost)
            except (Raised, Lost):
                continue


@compiles(s.For)
def _for(node: s.For, scope: Scope) -> Run:
    iterable, store = expression(node.iterable, scope), target(node.target, scope)
    body, orelse, at = block(node.body, scope), block(node.orelse, scope) if node.orelse else None, node.iterable.at
    rounds = _rounds(store, body, orelse)
    again = remembered(node, scope, rounds)
    filled = attempt(node, scope)
    skipped: list[Skipped] = []
    fresh: list[frozenset[str]] = []

    def forget(frame: Frame, lost: Unknown, followed: bool = False) -> None:
        if not skipped:
            skipped.append(Skipped([s.Assign(node.at, [node.target], node.iterable), *node.body], scope))
        if not followed:
            frame.machine.unknown(lost.reason, f"loop over {spell(node.iterable)}")
        skipped[0].forget(frame, lost)

    def run(frame: Frame) -> Any:
        m = frame.machine
        if filled is not None and m.filler is not None and filled(frame):
            return None
        try:
            value = iterable(frame)
            frame.at = at
            items = m.iterate(value) if type(value) is not Endless else value.until_open(m.decided)
        except Lost as lost:
            forget(frame, lost.unknown)
            return None
        if type(items) is Repeated:
            if not fresh:
                fresh.append(fresh_names(node))
            try:
                repeat_statement(frame, items, store, body, fresh[0])
            except Lost as lost:
                forget(frame, lost.unknown)
            return orelse(frame) if orelse is not None else None
        try:
            return rounds(frame, items) if again is None else again(frame, value, items)
        except MoreItems as more:
            forget(frame, more.unknown, followed=True)
            return orelse(frame) if orelse is not None else None

    return run


def _rounds(store: Store, body: Run, orelse: Run | None) -> Callable[[Frame, Any], Any]:
    """What runs the rounds of a loop whose items are known."""

    def rounds(frame: Frame, items: Any) -> Any:
        m = frame.machine
        for item in items:
            m.step()
            store(frame, item)
            signal = body(frame)
            if signal is not None and signal is not CONTINUE:
                if signal is BREAK:
                    return None
                return signal
        return orelse(frame) if orelse is not None else None

    return rounds


#: So many rounds a loop is followed of which every one could have been the last: data says when it ends.
MOST_OPEN_ROUNDS = 2048


@compiles(s.While)
def _while(node: s.While, scope: Scope) -> Run:
    test, body = expression(node.test, scope), block(node.body, scope)
    orelse, at = block(node.orelse, scope) if node.orelse else None, node.test.at
    skipped: list[Skipped] = []

    def forget(frame: Frame, lost: Unknown) -> None:
        if not skipped:
            skipped.append(Skipped(node.body, scope))
        frame.machine.unknown(lost.reason, f"while {spell(node.test)}")
        skipped[0].forget(frame, lost)

    def run(frame: Frame) -> Any:
        m = frame.machine
        open_before, rounds = len(m.decided), 0
        while True:
            value = test(frame)
            frame.at = at
            if type(value) is Unknown:
                forget(frame, value)
                return None
            if not truth(m, value):
                break
            m.step()
            rounds += 1
            if rounds > MOST_OPEN_ROUNDS and len(m.decided) - open_before >= rounds - 1:
                forget(frame, m.unknown(Reason.DATA_DEPENDENT, f"when `while {spell(node.test)}` ends"))
                return None
            signal = body(frame)
            if signal is not None and signal is not CONTINUE:
                if signal is BREAK:
                    return None
                return signal
        return orelse(frame) if orelse is not None else None

    return run


# --- imports --------------------------------------------------------------------------------------------------------


@compiles(s.Import)
def _import(node: s.Import, scope: Scope) -> Run:
    stores = [(alias, target(s.Name(node.at, alias.asname or alias.name.partition(".")[0]), scope)) for alias in node.names]
    guarded, at = scope.guards_import > 0, node.at

    def run(frame: Frame) -> None:
        m = frame.machine
        for alias, store in stores:
            frame.at = at
            module = m.import_module(alias.name, guarded)
            store(frame, module if alias.asname else m.import_module(alias.name.partition(".")[0], guarded))

    return run


@compiles(s.ImportFrom)
def _import_from(node: s.ImportFrom, scope: Scope) -> Run:
    guarded, at = scope.guards_import > 0, node.at
    stores = [(alias.name, target(s.Name(node.at, alias.asname or alias.name), scope)) for alias in node.names if alias.name != "*"]

    def run(frame: Frame) -> None:
        m = frame.machine
        frame.at = at
        if not stores:
            m.import_star(frame, node.module, node.level)
            return
        for name, store in stores:
            store(frame, m.import_name(frame.module, node.module, node.level, name, guarded))
            frame.at = at

    return run
