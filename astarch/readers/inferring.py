"""A forward run on an input nobody gave: rank, channels and element type from its first use, sizes as symbols, solved where fixed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from ..inputs import InputSpec
from ..interpreter.machine import Machine
from ..ir.architecture import Architecture
from ..ir.dim import Dim, Fact, same, substitute, symbols
from ..ir.graph import TensorType
from ..ir.inference import Equation, Inference, Step
from ..ir.unknown import Reason, Unknown
from .first_use import Wanted, combinations, first_users, shapes_for, taking_layers, wanted
from .solving import answers

#: Symbols of sizes that may be solved for.
SPACE = ("D", "H", "W", "L", "T")


class Guess:
    """The input of one run.

    Args:
        number: Which of the inputs worth trying.
        users: By argument, the layer that was seen to use it first; None when that was not looked at.
        sizes: What symbols were found to be.
        blank: Give every argument as not known, to see which layer meets it first.
    """

    def __init__(
        self, number: int = 0, users: dict[str, Any] | None = None, sizes: dict[str, int] | None = None, blank: bool = False
    ) -> None:
        self.number, self.users, self.sizes, self.blank = number, users, sizes or {}, blank
        self.arguments: list[Wanted] = []
        self.specs: list[InputSpec] = []
        self.told_by = ""
        self.seen: dict[str, Any] = {}

    def choose(self, machine: Machine, root: Any) -> list[InputSpec]:
        """The input to run this model on; none when none is worth trying."""
        self.arguments = wanted(machine, root)
        if self.blank:
            unknown = [(argument, Unknown(Reason.UNDECIDED, argument.name)) for argument in self.arguments]
            return [InputSpec(argument.name if argument.by_name else None, (), value=(lost,)) for argument, lost in unknown]
        shapes = {name: shapes_for(*user) for name, user in (self.users or {}).items()}
        if self.users is None and len(self.arguments) == 1:
            first = next(taking_layers(root), None)
            if first is not None:
                self.told_by, layer = first
                shapes = {self.arguments[0].name: shapes_for(layer)}
        found = next(islice(combinations(self.arguments, shapes), self.number, None), []) if self.arguments else []
        self.specs = [_sized(spec, self.sizes) for spec in found]
        return self.specs

    def look(self, calls: Sequence[Any]) -> None:
        """See which layers met the arguments first."""
        if self.blank:
            self.seen = first_users(self.arguments, list(calls))


def _sized(spec: InputSpec, sizes: dict[str, int]) -> InputSpec:
    items = spec.items and tuple(_sized(item, sizes) for item in spec.items)
    return replace(spec, shape=tuple(sizes.get(size, size) if isinstance(size, str) else size for size in spec.shape), items=items)


def infer(read: Callable[[Guess], Architecture], watch: Callable[[Guess], object]) -> Architecture:
    """The reading on the input that fits.

    Args:
        read: Reads with a guess.
        watch: Runs with a blank guess, so that it sees the first uses.
    """
    first = Guess()
    found = read(first)
    if not found.modules or not first.arguments:
        return found
    users: dict[str, Any] | None = None
    guess = first
    failed: list[Architecture] = []
    while not _fits(found, guess):
        failed += [found] if guess.specs else []
        if guess.specs and (not guess.told_by or _first_user(found) == guess.told_by):
            guess = Guess(guess.number + 1, users)
        elif users is None:
            blank = Guess(blank=True)
            watch(blank)
            users = blank.seen
            guess = Guess(0, users)
        else:
            bare = read(Guess(0, {}))  # nothing fits: the forward is not run
            used = {name for name, user in users.items() if shapes_for(*user)}
            told = all(argument.name in used for argument in first.arguments) or len(first.arguments) == 1
            tried = {"failed": tuple(failed)} if told else {}
            return replace(bare, inference=Inference({}), attributes={**bare.attributes, **tried})
        found = read(guess)
    return _solved(read, guess, found)


def _fits(found: Architecture, guess: Guess) -> bool:
    """Whether the forward came to an end without an error, and its result or at least the layer that told the input is known."""
    if found.outputs is None or any(finding.severity == "error" for finding in found.diagnostics):
        return False
    if guess.told_by and _first_user(found) != guess.told_by:
        return False
    if not any(isinstance(value, Unknown) for value in found.outputs):
        return True
    return any(call.module == guess.told_by and isinstance(call.outputs[0], TensorType) for call in found.calls if call.outputs)


def _first_user(found: Architecture) -> str:
    """The layer of the framework with weights that ran first."""
    owners = {name.rpartition(".")[0] for name in found.parameters}
    leaves = (call.module for call in found.calls if call.module in owners and found.modules[call.module].type.startswith("torch."))
    return next(leaves, "")


def _solved(read: Callable[[Guess], Architecture], guess: Guess, found: Architecture) -> Architecture:
    """The reading with sizes in place of the symbols that something fixes."""
    given = {argument.name: str(replace(spec, name=None)) for argument, spec in zip(guess.arguments, guess.specs)}
    used = {size for spec in guess.specs for one in (spec, *(spec.items or ())) for size in one.shape}
    names = [name for name in SPACE if name in used]
    equations = [one for one in _equations(found) if 0 < len(_symbols(one.fact) & set(names)) == len(_symbols(one.fact))]
    sides = answers([one.fact for one in equations], names)
    steps = _steps(found, equations)
    if sides:
        found = read(Guess(guess.number, guess.users, dict(sides[0])))
    return replace(found, inference=Inference(given, guess.told_by, tuple(equations), sides, steps))


def _symbols(fact: Fact) -> set[str]:
    return {*symbols(fact.left), *symbols(fact.right)}


def _equations(found: Architecture) -> list[Equation]:
    """What must hold of sizes, each once."""
    demanded = [Equation(one.fact, "", one.span) for one in found.requirements]
    demanded += found.attributes.get("equations", ())
    output = next((value for value in found.outputs or () if isinstance(value, TensorType)), None)
    if output is not None and output.shape and isinstance(output.shape[0], Dim) and "B" in symbols(output.shape[0]):
        demanded += [_whole_batch(output.shape[0])]
    single = [replace(one, fact=_of_one_sample(one.fact)) for one in demanded if one]
    return list({str(one.fact): one for one in single}.values())


def _of_one_sample(fact: Fact) -> Fact:
    """What holds for every batch holds for a single sample."""
    return Fact(substitute(fact.left, {"B": 1}), fact.sign, substitute(fact.right, {"B": 1}))


def _whole_batch(size: Dim) -> Equation | None:
    """That as many samples come out as go in."""
    if same(size, Dim.symbol("B")):
        return None
    return Equation(Fact(substitute(size, {"B": 1}), "==", 1))


def _steps(found: Architecture, equations: Sequence[Equation]) -> tuple[Step, ...]:
    """What the modules make of the symbols, up to the last one that fixes them."""
    steps: list[Step] = []
    last = {equation.module for equation in equations if equation.module}
    for call in found.calls:
        output = call.outputs[0] if call.outputs else None
        is_leaf = not any(name.startswith(f"{call.module}.") for name in found.modules) and call.module
        if is_leaf and isinstance(output, TensorType) and (not steps or steps[-1].shape != output.shape):
            steps.append(Step(call.module, output.shape))
        last.discard(call.module)
        if not last:
            break
    return tuple(steps) if equations else ()
