"""A file run from its first line to its last, as ``python FILE`` would: what its own calls of its models show.

Nothing is opened, downloaded or drawn: what comes from outside is unknown, and what follows from it is not said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..frameworks.describe import Run
from ..frameworks.torch.instance import ModuleInstance
from ..frameworks.torch.training import layers_without_gradients, steps_without_gradients
from ..interpreter.budget import Budget
from ..interpreter.in_full import leaves_out
from ..interpreter.values import MISSING, Function, PyModule
from ..ir.architecture import Architecture
from ..ir.diagnostic import Diagnostic
from ..source.project import Project
from ..targets import Target
from .flatten_mismatch import explained
from .paths import InFull, Outcome, explore
from .python import Reading, Session, attempt
from .recorder import Recorder, Workings, tree_of


def run_script(path: str, functions: Sequence[str], steps: int, project: Project) -> Architecture:
    """What is found when all statements of a file are run, and some of its functions after them.

    Args:
        path: The file.
        functions: Functions that need no arguments, and that its statements may not call.
        steps: How long it may take.
        project: Where files come from.
    """
    limits = Budget(steps=steps)
    runs: list[Architecture] = []
    in_full = InFull()

    def start(decisions: Mapping[Any, bool], full: bool) -> Outcome:
        session = Session(project, limits, dict(decisions), in_full=full)
        return session.do(lambda: _run(session, Target(path, path, ""), functions))

    def once(decisions: Mapping[Any, bool]) -> Outcome:
        outcome = in_full.run(lambda full: start(decisions, full))
        runs.append(outcome.architecture)
        return outcome

    try:
        found = explore(once, limits.paths)
    finally:
        project.keep()
    if len(runs) > 1:  # what one of them leaves out another may do
        found = replace(found, attributes={**found.attributes, "idle layers": ()})
    certain = set.intersection(*({(one.code, one.span) for one in run.diagnostics} for run in runs))
    return replace(found, diagnostics=tuple(one for one in found.diagnostics if (one.code, one.span) in certain))


def _run(session: Session, target: Target, functions: Sequence[str]) -> Outcome:
    reading = Reading()
    session.run.state["script"] = True
    module = session.module(target)
    module.namespace["__name__"] = "__main__"
    session.keras.settle(module)
    assert module.state is not None
    for index in range(len(module.state.entries)):
        if module.state.entries[index].kind not in ("def", "class", "import"):
            attempt(session, reading, lambda index=index: module.state.run(index))
        if reading.failed:
            break
    for name in () if reading.failed else functions:
        attempt(session, reading, lambda name=name: _call(session, module, name))
    if not reading.failed:
        _note_idle_steps(session.run)
    calls = session.run.calls
    roots = {id(call.module): call.module for call in calls if isinstance(call.module, ModuleInstance) and not call.depth}
    models = [one for one in roots.values() if len(roots) == 1 or one.__dict__["_modules"] or one.__dict__["_parameters"]]  # no losses
    root = models[0] if len(models) == 1 else None
    recorder = Recorder(Workings(session.machine, session.run), root, tree_of(root) if root is not None else [])
    architecture = explained(recorder.architecture(target.text, {}, MISSING), session.machine.project.text)
    if not reading.failed and not session.run.diagnostics:
        idle = tuple(layers_without_gradients(session.run))
        architecture = replace(architecture, attributes={**architecture.attributes, "idle layers": idle})
    return Outcome(architecture, tuple(session.machine.decided), 1 if reading.failed else 2, reading.raised or leaves_out(session.machine))


def _note_idle_steps(run: Run) -> None:
    """Optimizers that step through the whole program and never find a gradient."""
    for where in steps_without_gradients(run):
        message = "none of the weights of this optimizer ever has a gradient: nothing is trained"
        run.diagnostics.append(Diagnostic("MDL662", "step-without-gradients", "error", message, where))
        run.found_in.append(None)


def _call(session: Session, module: PyModule, name: str) -> None:
    function = module.get(name)
    if isinstance(function, Function):
        session.machine.call(function, (), {})
