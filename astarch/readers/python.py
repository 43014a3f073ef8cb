"""Python source to an `Architecture`: the target is built and run by the interpreter, never by Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import ReadError, TargetError
from ..frameworks.describe import RUN, Run
from ..frameworks.torch import pieces
from ..frameworks.torch.children import copies, run_in_turn
from ..frameworks.torch.filling import TorchFiller
from ..frameworks.torch.instance import REGISTERED, ModuleInstance
from ..frameworks.torch.library import TorchLibrary
from ..frameworks.torch.misfits import of_an_op
from ..frameworks.torch.module import Module
from ..frameworks.torch.ops.strides import in_order
from ..frameworks.torch.tensor import TorchTensor
from ..inputs import InputSpec
from ..interpreter.budget import Budget, BudgetSpent
from ..interpreter.builtins.exceptions import message_of
from ..interpreter.compile.dispatch import block
from ..interpreter.compile.scopes import Scope
from ..interpreter.engine import new_machine, run_deep, use
from ..interpreter.in_full import leaves_out
from ..interpreter.machine import Decision, Frame, Machine
from ..interpreter.repetition import Unrepeatable
from ..interpreter.values import MISSING, Class, Function, Instance, PyModule, Raised
from ..ir.architecture import Architecture
from ..ir.diagnostic import Diagnostic, Note
from ..ir.dim import Assumptions, Dim
from ..ir.span import NOWHERE, Span
from ..ir.unknown import Lost, Reason, Unknown
from ..source.cache import Cache, default_folder
from ..source.index import SourceError
from ..source.project import Project
from ..targets import Target
from .flatten_mismatch import explained
from .free import Filling, Given, unbound
from .inferring import Guess, infer
from .keras_input import KerasGuess, worked_out
from .keras_reading import LazyKeras
from .paths import InFull, Outcome, explore
from .recorder import Recorder, Workings, tree_of

_projects: dict[tuple[str, ...], Project] = {}


def project_for(search_path: list[Path]) -> Project:
    """The project of a search path; files once read stay read for later targets as long as they stay what they are."""
    folders = list(map(str, search_path))
    key = (str(Path.cwd()), *folders)  # places are told from where one stands
    if key in _projects:
        _projects[key].refresh()
    else:
        _projects[key] = Project(folders, Cache(default_folder()))
    return _projects[key]


class Session:
    """One analysis: a machine with its libraries, and the run they record into."""

    def __init__(
        self,
        project: Project,
        budget: Budget,
        decisions: dict[Any, bool] | None = None,
        given: Given | None = None,
        in_full: bool = False,
    ) -> None:
        self.project = project
        self.given = given or Given()
        self.machine = new_machine(budget, project, decisions=decisions, in_full=in_full)
        self.library = TorchLibrary(self.machine)
        self.keras = LazyKeras(self.machine, lambda: self.run)
        self.machine.libraries = [self.library, self.keras]
        self.run = Run(call=self._call, where=self.machine.where, stack=self.machine.stack, strict=False, passing=(Raised,),
                       caught=lambda: self.machine.guards)  # fmt: skip
        self.run.settle, self.run.refuse_misfit = self._settle, of_an_op
        self.machine.registries = REGISTERED
        self.machine.filler = TorchFiller(self.run)
        self.machine.mark = lambda: (len(self.run.nodes), len(self.run.calls))
        self.machine.multiply = self._multiply
        self.machine.recorded = lambda: len(self.run.calls)
        self.run.state.update({"make": self.library.make, "clone": self._clone, "clones": copies, "in turn": run_in_turn, "pieces": pieces})

    def _call(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        return self.machine.call(function, args, kwargs)

    def _settle(self, condition: Unknown) -> None:
        """A condition of sizes that was not known is true from here on."""
        try:
            facts = list(Assumptions.of(condition.detail))
        except ValueError:
            return
        if condition.reason is Reason.UNDECIDED:
            self.machine.unknowns = [lost for lost in self.machine.unknowns if lost is not condition]
            for fact in facts:
                self.machine.require(fact)

    def _multiply(self, mark: tuple[int, int], count: Dim) -> None:
        """What was recorded since a mark happens that often."""
        for node in self.run.nodes[mark[0] :]:
            node.macs, node.times = node.macs * count, node.times * count
        for call in self.run.calls[mark[1] :]:
            call.times = call.times * count

    def _clone(self, value: Any) -> Any:
        return self.machine.call(self.machine.get(self.machine.import_module("copy"), "deepcopy"), (value,), {})

    def do(self, work: Callable[[], Any]) -> Any:
        """Work with this session as the one in progress, on a deep stack."""

        def inside() -> Any:
            token = RUN.set(self.run)
            try:
                return use(self.machine, work)
            finally:
                RUN.reset(token)

        return run_deep(inside)

    def module(self, target: Target) -> PyModule:
        """The module that a target names."""
        if target.is_source:
            file = self.project.open(target.path)
            return self.machine.modules.get(file.name) or self.machine.load(file.name, file)
        found = self.machine.import_module(target.path, True)
        assert isinstance(found, PyModule)
        return found

    def filling(self, module: PyModule) -> Filling:
        """What finds arguments nobody gave."""
        torch = self.library.classes_of_module()
        return Filling(self.machine, self.given, module, lambda cls: cls.derives(torch) or self.keras.is_model_class(cls))

    def evaluate(self, module: PyModule, expression: str) -> Any:
        """The value of an expression in a module's namespace."""
        file = self.project.snippet(f"__target__ = ({expression}\n)")
        holder = PyModule(module.name, lambda name, limit=0: module.get(name), file)
        filling = self.filling(module)
        for name in unbound(expression, module, self.machine.builtins):
            holder.namespace[name] = filling.missing(name, None)
        statements = [s for entry in file.entries for s in file.statements(entry)]
        frame = Frame(self.machine, holder, holder.namespace)
        frame.caller, self.machine.frame = self.machine.frame, frame
        try:
            block(statements, Scope("module", set(), None))(frame)
        finally:
            self.machine.frame = frame.caller
        return holder.namespace["__target__"]


#: A value that is none of what it is used as is not missing anywhere; None may stand for what is.
_MISUSE = re.compile(r"raises TypeError: (?!.*NoneType)")


class Reading:
    """What one target gave: the root, what its forward returned, and how it ended.

    Attributes:
        place: The definition of what the target calls: there stands what is wrong with that call.
        raised: Whether the program itself raised, for what it may have found or not, not a framework that refuses what it is given.
    """

    def __init__(self) -> None:
        self.root: Any = None
        self.place = NOWHERE
        self.inputs: dict[str, Any] = {}
        self.outputs: Any = MISSING
        self.failed = self.raised = False


def read_source(
    target: Target,
    inputs: list[InputSpec] | None,
    search_path: list[Path],
    names: dict[str, str],
    budget: int | None,
    project: Project | None = None,
    given: Given | None = None,
    paths: int | None = None,
    in_full: bool = True,
) -> Architecture:
    """Everything known of the model a target names.

    Args:
        target: The file or module, and the expression that builds the model.
        inputs: What its forward is given; without any, it is not run; None to work it out.
        search_path: Folders in which modules are looked for.
        names: Objects built elsewhere that the expression uses, as ``module:expression``.
        budget: Steps; None for the usual.
        project: Where the files come from, when it is not the disk.
        given: Values for arguments by name, and which are to be symbols.
        paths: How many ways are gone where conditions cannot be decided; None for the usual.
        in_full: Whether imports are run in full where the program fails without.

    Raises:
        ReadError: The file is not Python; a `TargetError` where the target names no model.
    """
    project = project or project_for(search_path)
    limits = Budget(**{name: limit for name, limit in (("steps", budget), ("paths", paths)) if limit is not None})
    unread: set[Any] = set()  # loops over a symbol whose rounds differ
    imports, keras_guess = InFull(in_full), KerasGuess()

    def start(decisions: Mapping[Any, bool], source: list[InputSpec] | Guess, full: bool) -> Outcome:
        session = Session(project, limits, dict(decisions), given, full)
        session.keras.guess, session.machine.unrepeatable = keras_guess, frozenset(unread)
        outcome = session.do(lambda: _run(session, target, source, names))
        if outcome.reached:  # else the names may only not have been met
            session.given.check()
        return outcome

    def once(decisions: Mapping[Any, bool], source: list[InputSpec] | Guess) -> Outcome:
        try:
            return imports.run(lambda full: start(decisions, source, full))
        except Unrepeatable as differing:
            unread.update({None} if differing.places <= unread else differing.places)
            return once(decisions, source)

    def whole(source: list[InputSpec] | Guess) -> Architecture:
        return explore(lambda decisions: once(decisions, source), limits.paths)

    try:
        found = infer(whole, lambda guess: once({}, guess)) if inputs is None else whole(inputs)
        if keras_guess.needed:
            found = worked_out(found, keras_guess, inputs is None, lambda: whole([]), lambda: once({}, []))
    except SourceError as error:
        raise ReadError(str(error)) from None
    finally:
        project.keep()
    return replace(found, attributes={**found.attributes, **_fields(given), "search_path": tuple(map(str, project.search_path))})


def _fields(given: Given | None) -> dict[str, Any]:
    """What was found of configs."""
    return {"fields": dict(given.fields), "config classes": tuple(given.classes)} if given is not None and given.fields else {}


def _run(session: Session, target: Target, inputs: list[InputSpec] | Guess, names: dict[str, str]) -> Outcome:
    """Build the model and run its forward once."""
    reading = Reading()
    attempt(session, reading, lambda: _build(session, reading, target, names))
    if session.keras.is_model(reading.root):
        attempt(session, reading, lambda: _call_keras(session, reading, [] if isinstance(inputs, Guess) else inputs))
        architecture = session.keras.architecture(session.run, reading.root, target.text, reading.inputs, reading.outputs)
    else:
        tree = tree_of(reading.root)
        if isinstance(reading.root, ModuleInstance):
            attempt(session, reading, lambda: _forward(session, reading, inputs))
        recorder = Recorder(Workings(session.machine, session.run), reading.root, tree)
        whole = recorder.rounds.check(recorder.architecture(target.text, reading.inputs, reading.outputs))
        architecture = explained(whole, session.machine.project.text)
    return Outcome(
        architecture,
        (*_missed(session, reading), *session.machine.decided),
        _reached(reading),
        reading.raised or leaves_out(session.machine),
    )


def _reached(reading: Reading) -> int:
    return 2 if not reading.failed else 0 if reading.root is None else 1


def _missed(session: Session, reading: Reading) -> list[Decision]:
    """The packages that count as not installed and whose names the error that ended the reading mentions."""
    if not reading.failed or not session.run.diagnostics:
        return []
    words = set(re.findall(r"\w+", session.run.diagnostics[-1].message))
    return [decision for name, decision in session.machine.absent.items() if name in words]


def attempt(session: Session, reading: Reading, work: Callable[[], None]) -> None:
    """Do a part of the reading; what ends it early is said in the report."""
    machine = session.machine
    try:
        work()
    except Raised as raised:
        reading.failed = True
        session.run.diagnostics.append(_program_error(raised, reading.place))
        reading.raised = not (raised.by_framework or _MISUSE.match(session.run.diagnostics[-1].message))
        session.run.found_in.append(next((call.module for call in reversed(session.run.calls) if call.outputs is MISSING), None))
    except BudgetSpent as spent:
        reading.failed = True
        machine.unknown(Reason.BUDGET_SPENT, str(spent))
    except Lost:  # the unknown that it came to is on record
        reading.failed = True
    except SourceError as error:
        if reading.root is None and not machine.frame:
            raise
        machine.unknown(Reason.EXTERNAL, str(error))
    finally:
        machine.frame, machine.depth = None, 0


def _program_error(raised: Raised, instead: Span) -> Diagnostic:
    """What was raised; where the call that it is about stands in no file, at what is called."""
    way = tuple(Note(span, "called from here") for span in raised.stack[:-1] if span.line and span.file != "<target>")
    place = instead if instead.line and (not raised.span.line or raised.span.file == "<target>") else raised.span
    message = f"raises {message_of(raised.value)}"
    called = (Note(raised.called, "what is called"),) if raised.called.line else ()
    return Diagnostic("MDL001", "program-error", "error", message, place, (*called, *way[-6:]), by_framework=raised.by_framework)


def _build(session: Session, reading: Reading, target: Target, names: dict[str, str]) -> None:
    machine = session.machine
    module = session.module(target)
    session.keras.settle(module)
    for name, text in names.items():
        where, _, expression = text.partition(":")
        source = session.module(Target(text, where, expression))
        module.namespace[name] = session.evaluate(source, expression)
    value = session.evaluate(module, target.expression) if target.expression else _only_model(session, module, target)
    if isinstance(value, (Class, Function)):
        value = machine.call(value, (), session.filling(module).arguments(value))
    if isinstance(value, Unknown):
        return
    if not isinstance(value, ModuleInstance) and not session.keras.is_model(value):
        raise TargetError(f"`{target.text}` is a {machine.class_of(value).name}, not a model", "name a class or a function that builds one")
    reading.root = value


def _only_model(session: Session, module: PyModule, target: Target) -> Any:
    """The model of a file that names none: its only, or its last, module class."""
    state = module.state
    classes = [name for entry in state.entries if entry.kind == "class" for name in entry.binds] if state is not None else []
    torch = session.library.classes_of_module()
    values = [value for name in classes if isinstance(value := module.get(name), Class)]
    found = [value for value in values if value.derives(torch) or session.keras.is_model_class(value)]
    if not found:
        raise TargetError(f"`{target.text}` defines no model class", "name one: FILE.py:CLASS")
    return found[-1]


def _call_keras(session: Session, reading: Reading, inputs: list[InputSpec]) -> None:
    reading.place = _place_of(_method_of(reading.root, "call"))
    reading.outputs = session.keras.call(reading.root, inputs, reading.inputs)


def _evaluate(machine: Machine, root: Any) -> None:
    """Put a model into evaluation; one whose own ``train`` takes something else than a mode was never asked to by its program."""
    try:
        machine.call(machine.get(root, "eval"), (), {})
    except Raised:
        machine.assume("a `train` of its own takes no mode: its modules are in evaluation all the same")
        for module in Module.modules(root):
            module.__dict__["training"] = False


def _forward(session: Session, reading: Reading, source: list[InputSpec] | Guess) -> None:
    machine, root = session.machine, reading.root
    _evaluate(machine, root)
    session.run.state["lost in construction"] = (*session.run.unknowns, *machine.unknowns)
    inputs = source.choose(machine, root) if isinstance(source, Guess) else source
    if not inputs:
        return
    forward = _method_of(root, "forward")
    reading.place = _place_of(forward)
    parameters = _forward_parameters(forward)
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for position, spec in enumerate(inputs):
        value = _tensor_of(spec, session.given)
        if spec.name is None or (parameters is not None and spec.name not in parameters and not kwargs):
            args.append(value)
        else:
            kwargs[spec.name] = value
        reading.inputs[spec.name or (parameters[position] if parameters and position < len(parameters) else f"input{position}")] = value
    session.run.state["construction"] = list(session.run.nodes)
    machine.filler = None  # from here on every step counts
    session.run.calls.clear()  # a constructor may have run parts of the model to learn their sizes
    session.run.nodes.clear()
    try:
        reading.outputs = machine.call(root, tuple(args), kwargs)
    finally:
        if isinstance(source, Guess):
            source.look(session.run.calls)


def _method_of(root: Instance, name: str) -> Any:
    found = root.__dict__.get(name, root.py_class.find(name))
    return getattr(found, "function", found)


def _place_of(method: Any) -> Span:
    return method.code.span if isinstance(method, Function) else NOWHERE


def _forward_parameters(forward: Any) -> list[str] | None:
    """The names of the forward's parameters; None when any name will do."""
    if not isinstance(forward, Function):
        return []
    return None if forward.code.keywords is not None else [*forward.code.positional[1:], *forward.code.keyword_only]


def _tensor_of(spec: InputSpec, given: Given) -> Any:
    if spec.value is not None:
        return spec.value[0]
    if spec.items is not None:
        return [_tensor_of(item, given) for item in spec.items]
    return in_order(TorchTensor([given.size(size) if isinstance(size, str) else size for size in spec.shape], spec.dtype))
