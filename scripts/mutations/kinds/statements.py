"""Statements that are missing, twice there, in another order, or take apart something else."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise

from ..source import Edit, Function, Source, lines_of, simple


def swapped_statements(source: Source) -> Iterator[Edit]:
    """Two statements that follow one another change places."""
    for function in (*source.constructors(), *source.forwards()):
        for node in ast.walk(function):
            block = getattr(node, "body", None)
            for first, second in pairwise(block) if isinstance(block, list) else ():
                if not isinstance(first, (ast.Assign, ast.AugAssign)) or not isinstance(second, (ast.Assign, ast.AugAssign)):
                    continue
                for edit in source.swapped(first, second, second, "two statements swapped"):
                    yield Edit(edit.start, edit.end, edit.text, (first.lineno, second.lineno), edit.what)


def removed_statement(source: Source) -> Iterator[Edit]:
    """A statement of a forward is missing."""
    for function in source.forwards():
        for statement in simple(function):
            if isinstance(statement, (ast.Assign, ast.AugAssign)):
                yield source.replace(statement, "pass", statement, "statement removed")


def doubled_statement(source: Source) -> Iterator[Edit]:
    """A statement of a forward stands there twice."""
    for function in source.forwards():
        for statement in simple(function):
            said = source.said(statement)
            if isinstance(statement, (ast.Assign, ast.AugAssign)) and "\n" not in said:
                yield source.replace(statement, f"{said}; {said}", statement, "statement doubled")


def _returns(function: Function) -> Iterator[ast.Return]:
    for statement in simple(function):
        if isinstance(statement, ast.Return) and statement.value is not None:
            yield statement


def dropped_return(source: Source) -> Iterator[Edit]:
    """A function computes its result and does not return it."""
    for function in source.forwards():
        for statement in _returns(function):
            assert statement.value is not None
            if source.said(statement.value).count("\n") == source.said(statement).count("\n"):
                yield source.replace(statement, source.said(statement.value), statement, "return dropped")


def fewer_returned(source: Source) -> Iterator[Edit]:
    """One result less is returned."""
    for function in source.forwards():
        for statement in _returns(function):
            if isinstance(statement.value, ast.Tuple) and len(statement.value.elts) > 1:
                *_, before, dropped = statement.value.elts
                yield from source.removed(source.end(before), source.end(dropped), statement, "one result less")


def more_returned(source: Source) -> Iterator[Edit]:
    """One result more is returned."""
    for function in source.forwards():
        for statement in _returns(function):
            end = source.end(statement)
            yield Edit(end, end, ", None", lines_of(statement), "one result more")


def _unpackings(source: Source) -> Iterator[tuple[ast.stmt, ast.Tuple]]:
    for function in (*source.constructors(), *source.forwards()):
        for statement in simple(function):
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
                target = statement.targets[0]
                if not source.said(target).startswith("("):
                    yield statement, target


def dropped_unpacking(source: Source) -> Iterator[Edit]:
    """A tuple is kept whole instead of being taken apart."""
    for statement, target in _unpackings(source):
        if isinstance(target.elts[0], ast.Name):
            yield source.replace(target, target.elts[0].id, statement, "unpacking dropped")


def fewer_unpacked(source: Source) -> Iterator[Edit]:
    """A tuple is taken apart into one name less: the last, or the first."""
    for statement, target in _unpackings(source):
        if len(target.elts) > 2:
            yield from source.removed(source.end(target.elts[-2]), source.end(target.elts[-1]), statement, "one name less is unpacked")
            yield from source.removed(source.start(target.elts[0]), source.start(target.elts[1]), statement, "one name less is unpacked")


def more_unpacked(source: Source) -> Iterator[Edit]:
    """A tuple is taken apart into one name more."""
    for statement, target in _unpackings(source):
        end = source.end(target.elts[-1])
        yield Edit(end, end, ", _more", lines_of(statement), "one name more is unpacked")


def turned_condition(source: Source) -> Iterator[Edit]:
    """A condition says the opposite."""
    for function in (*source.constructors(), *source.forwards()):
        for node in ast.walk(function):
            if isinstance(node, (ast.If, ast.IfExp)) and "\n" not in source.said(node.test):
                edit = source.replace(node.test, f"not ({source.said(node.test)})", node.test, "condition turned round")
                yield edit


def broken_syntax(source: Source) -> Iterator[Edit]:
    """A closing parenthesis is forgotten."""
    for function in (*source.constructors(), *source.forwards()):
        for statement in simple(function):
            if source.said(statement).endswith(")"):
                yield from source.removed(source.end(statement) - 1, source.end(statement), statement, "a parenthesis forgotten")


KINDS: tuple[Callable[[Source], Iterator[Edit]], ...] = (
    swapped_statements, removed_statement, doubled_statement, dropped_return, fewer_returned, more_returned, dropped_unpacking, fewer_unpacked,
    more_unpacked, turned_condition, broken_syntax,
)  # fmt: skip
