"""Constant programs mean here what they mean in CPython.

`programs/*.txt` hold short programs of our own, each headed by a line ``# --- its name``. Every one assigns `result`
or ends in an exception; CPython runs it (plain `exec`: the programs are ours), the interpreter runs it, and both
must agree, in types as well.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from astarch.interpreter.engine import run_program
from astarch.interpreter.values import MISSING, Class, Instance, Raised

FOLDER = Path(__file__).parent / "programs"


def programs() -> list[Any]:
    """Every program, under the name of its file and its own."""
    found = []
    for file in sorted(FOLDER.glob("*.txt")):
        pieces = re.split(r"^# --- (.+)\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert not pieces[0].strip(), f"{file.name} begins with a program that has no name"
        found += [pytest.param(text, id=f"{file.stem}: {name}") for name, text in zip(pieces[1::2], pieces[2::2], strict=True)]
    return found


PROGRAMS = programs()


def normal(value: Any) -> Any:
    """A value in a form that tells 1, 1.0 and True apart, and one nan from none."""
    if isinstance(value, list | tuple):
        return type(value).__name__, [normal(item) for item in value]
    if isinstance(value, dict):
        return type(value).__name__, [(normal(key), normal(item)) for key, item in value.items()]
    if isinstance(value, set | frozenset):
        return type(value).__name__, sorted(repr(normal(item)) for item in value)
    if isinstance(value, Instance) and value.payload is not None:
        return value.py_class.name, repr(value.payload)
    if isinstance(value, Class):
        return "type", value.name
    if isinstance(value, type):
        return "type", value.__name__
    return type(value).__name__, repr(value)


def in_cpython(text: str) -> Any:
    """What CPython makes of a program of ours."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(text, "<program>", "exec", dont_inherit=True)
    try:
        exec(code, namespace)
    except Exception as error:
        return "raises", type(error).__name__, str(error)
    return normal(namespace["result"])


def interpreted(text: str) -> Any:
    """What the interpreter makes of it."""
    try:
        namespace = run_program(text)
    except Raised as raised:
        return "raises", raised.value.py_class.name, str(raised)
    return normal(namespace.get("result", MISSING))


@pytest.mark.parametrize("text", PROGRAMS)
def test_same_as_cpython(text: str) -> None:
    assert interpreted(text) == in_cpython(text)


def test_there_are_enough_programs() -> None:
    assert len(PROGRAMS) >= 350
    ids = [program.id for program in PROGRAMS]
    assert len(set(ids)) == len(ids)


def test_no_program_ends_by_accident() -> None:
    """Only a program whose name says so ends in an exception."""
    ended = [(p.id, how[1:]) for p in PROGRAMS if (how := in_cpython(p.values[0]))[0] == "raises"]
    assert not [item for item in ended if "raises" not in item[0]]
