"""A pool of processes that survives everything a model can do to one: hang in C code, run out of memory, crash.

`concurrent.futures` breaks as a whole when a worker dies; here the model is reported as an error and the worker replaced.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from astarch.interpreter.cycles import Aside

#: Beyond the time a model may take, what its worker gets to say so before it is killed.
GRACE = 10.0


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    task: Any = None
    since: float = 0.0


def run(work: Callable[[Any], Any], tasks: Sequence[Any], jobs: int, seconds: float, lost: Callable[[Any, str], Any]) -> Iterator[Any]:
    """Results of ``work(task)``, as they come.

    Args:
        work: A function that can be pickled.
        tasks: What to call it with.
        jobs: How many processes.
        seconds: The time a task may take, which it is expected to keep by itself.
        lost: Makes the result of a task whose process died or had to be killed, from the task and a message.
    """
    context = multiprocessing.get_context("spawn")
    waiting = list(reversed(tasks))
    workers = [_start(context, work) for _ in range(min(jobs, len(tasks)))]
    try:
        while waiting or any(worker.task is not None for worker in workers):
            for worker in workers:
                if worker.task is None and waiting:
                    worker.task, worker.since = waiting.pop(), time.monotonic()
                    worker.pipe.send(worker.task)
            ready = set(wait([worker.pipe for worker in workers if worker.task is not None], timeout=1.0))
            for i, worker in enumerate(workers):
                message = ""
                if worker.pipe in ready:
                    try:
                        result = worker.pipe.recv()
                    except (EOFError, ConnectionError):
                        worker.process.join()
                        message = f"the process died (exit code {worker.process.exitcode})"
                    else:
                        worker.task = None
                        yield result
                elif worker.task is not None and time.monotonic() - worker.since > seconds + GRACE:
                    worker.process.kill()
                    message = f"killed: still busy after {seconds + GRACE:g} s"
                if message:
                    yield lost(worker.task, message)
                    workers[i] = _start(context, work)
    finally:
        for worker in workers:
            worker.process.kill()


def _start(context: Any, work: Callable[[Any], Any]) -> _Worker:
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _serve(pipe: Connection, work: Callable[[Any], Any]) -> None:
    with Aside() as aside:
        while True:
            try:
                task = pipe.recv()
            except EOFError:
                return
            pipe.send(work(task))
            if aside.search():  # what has been parsed by then stays, and is not looked through again
                aside.put()
