"""A wired Keras model sent through once on inputs of its own shapes: what its layers give each, and how much they multiply."""

from __future__ import annotations

from typing import Any

from ..frameworks.describe import Run
from ..frameworks.keras.nested import flatten, map_leaves
from ..frameworks.keras.tensor import KerasTensor
from ..interpreter.budget import BudgetSpent
from ..interpreter.machine import Machine
from ..interpreter.values import Lost, Raised
from ..ir.dim import Undecided
from ..ir.refusal import Refusal
from ..ir.unknown import Unknown


def send_through(machine: Machine, run: Run, root: Any) -> None:
    """Record the calls of the layers; where anything stays in doubt nothing is kept, since the wiring alone tells the model.

    Args:
        machine: The machine that built the model.
        run: What the calls are recorded in.
        root: A functional model, or a sequential one that is built.
    """
    held = root.__dict__.get("_functional") or root
    structure = held.__dict__.get("_inputs_struct")
    if held.__dict__.get("_graph") is None or not all(isinstance(leaf, KerasTensor) for leaf in flatten(structure)):
        return
    kept = [(one, one.copy()) for one in _records(machine, run)]
    calls, nodes = list(run.calls), list(run.nodes)
    run.calls.clear()
    run.nodes.clear()
    try:
        found = machine.call(root, (map_leaves(_plain, structure),), {})
    except (Raised, Lost, Refusal, Undecided, BudgetSpent):
        found = None
    finally:
        machine.frame, machine.depth = None, 0
    doubtful = found is None or any(isinstance(leaf, Unknown) for leaf in flatten(found))
    if doubtful or any(len(one) != len(before) for one, before in kept):
        for one, before in kept:
            _restore(one, before)
        run.calls[:], run.nodes[:] = calls, nodes


def _plain(tensor: KerasTensor) -> KerasTensor:
    return KerasTensor(tensor.shape, tensor.dtype)


def _records(machine: Machine, run: Run) -> list[Any]:
    """Everything in which doubts and findings are noted."""
    return [run.diagnostics, run.found_in, run.assumptions, run.unknowns, run.open, machine.unknowns, machine.assumptions,
            machine.requirements, machine.decided]  # fmt: skip


def _restore(record: Any, before: Any) -> None:
    record.clear()
    record.update(before) if isinstance(record, dict) else record.extend(before)
