"""Runs hostile cases, each in a process of its own, and says on standard output how each ended.

Standard input: a JSON list of ``[name, kind, text]``. The kind says what is done with the text: ``run`` interprets it
as a program, ``read`` reads it as a file, every definition of it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from typing import Any

from astarch.interpreter.budget import Budget, BudgetSpent
from astarch.interpreter.engine import run_deep, run_program
from astarch.interpreter.values import Raised
from astarch.source.index import SourceError
from astarch.source.project import Project

#: What a case may take.
BUDGET = Budget(steps=200_000, seconds=1.5, memory=300 * 2**20)
SECONDS = 9


def run(text: str) -> None:
    run_program(text, BUDGET)


def read(text: str) -> None:
    def everything() -> None:
        file = Project([]).snippet(text, "hostile.py")
        for entry in file.entries:
            file.statements(entry)
            for first, last in entry.bodies.items():
                file.body(first, last)

    run_deep(everything)


def ended(kind: str, text: str) -> tuple[str, str]:
    try:
        {"run": run, "read": read}[kind](text)
    except (BudgetSpent, SourceError) as error:
        return type(error).__name__, str(error)
    except Raised as raised:
        return "Raised", f"{raised.value.py_class.name}: {raised}"
    except BaseException as error:
        return "fault", f"{type(error).__name__}: {error}"[:300]
    return "end", ""


def case(kind: str, text: str) -> dict[str, Any]:
    signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)  # ends a process that does not end by itself
    how, message = ended(kind, text)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"how": how, "message": message, "seconds": time.process_time(), "megabytes": usage.ru_maxrss >> 10}


def apart(kind: str, text: str) -> dict[str, Any]:
    """Do a case in a forked process: a crash there is a finding here."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.write(writing, json.dumps(case(kind, text)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        found = answer.read()
    _, status = os.waitpid(child, 0)
    return json.loads(found) if found else {"how": f"killed by signal {status & 127}", "message": "", "seconds": 99, "megabytes": 0}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    for name, kind, text in json.load(sys.stdin):
        print(json.dumps({"name": name, **apart(kind, text)}), flush=True)
