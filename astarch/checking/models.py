"""The models of a file, built and run as far as they can be, for rules to look at."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import ModelConfig
from ..errors import AstarchError
from ..inputs import InputSpec
from ..ir.architecture import Architecture
from ..ir.diagnostic import Diagnostic
from ..ir.program import Definition, File
from ..ir.span import Span
from ..ir.unknown import Unknown
from ..readers.discover import Found, built, default_of, hollow_parameters, made, models_of, required, variables_of
from ..readers.likely_inputs import furthest, likely_input, was_right
from ..source.cache import Cache, default_folder
from ..source.index import SourceError
from ..source.project import Project, SourceFile
from ..source.project import shown as as_read
from ..targets import Target
from .sites import Sites, given_unknown
from .trust import is_certain, is_certain_of_script, is_error_of_program, is_of_any_size, is_refusal, is_trusted, is_unbound

if TYPE_CHECKING:
    from ..readers.free import Given

#: Steps that reading one model may take in a check: one model that is too large must not hold up a repository. Models that
#: nobody asked for get fewer: what they say must be worth the wait.
STEPS = 3_000_000
FREE_STEPS = 800_000

#: More models than this of one file are not built: builders of one file mostly make the same classes.
MOST_MODELS = 12


class WatchedProject(Project):
    """A project that notes which files a reading opened.

    Args:
        folders: Where modules are looked for.
        texts: What stands in files instead of what lies on the disk, by absolute path.
    """

    def __init__(self, folders: Iterable[Path], texts: Mapping[str, str] | None = None) -> None:
        super().__init__([str(folder) for folder in folders], Cache(default_folder()))
        self.texts = texts or {}
        self.opened: set[str] = set()
        self.looked_into: dict[str, tuple[str, ...] | None] = {}
        self.missed: set[str] = set()

    def begin(self) -> None:
        """Note anew."""
        for file in self.files.values():
            if file is not None and file.used:
                file.used.clear()
        self.opened.clear()
        self.looked_into.clear()
        self.missed.clear()

    def noted(self) -> dict[str, tuple[str, ...] | None]:
        """The files that were opened, each with the definitions that were run; None where all of it matters."""
        run = {file.path: file.used for file in self.files.values() if file is not None and file.used}
        found: dict[str, tuple[str, ...] | None] = {
            str(Path(path).absolute()): tuple(sorted(run.get(path, ()))) for path in self.opened | run.keys()
        }
        return {**found, **self.looked_into}

    def text_of(self, path: str) -> str | None:
        """What is to stand in a file; None for what lies on the disk."""
        return self.texts.get(path)

    def find(self, name: str) -> SourceFile | None:
        """The file of a module; noted."""
        found = super().find(name)
        if found is not None:
            self.opened.add(found.path)
        else:
            self.missed.add(name)
        return found

    def is_namespace(self, name: str) -> bool:
        """Whether there is such a folder; noted."""
        self.missed.add(name)
        return super().is_namespace(name)

    def data(self, module: str, resource: str) -> bytes | None:
        """A data file; noted."""
        found = self.find(module)
        if found is not None and "\0" not in resource:
            self.looked_into[str(Path(found.path).absolute().parent.joinpath(*resource.split("/")))] = None
        return super().data(module, resource)

    def open(self, path: str) -> SourceFile:
        """A file by its path; noted."""
        found = super().open(path)
        self.opened.add(found.path)
        return found


@dataclass(frozen=True, slots=True)
class Job:
    """How files are read.

    Args:
        models: Targets with their inputs, that the project names.
        project: Where modules are found.
        sites: How else the project builds them.
        in_full: Whether imports run in full where a program fails without: a class that fails by itself asks no registry.
    """

    models: tuple[ModelConfig, ...]
    project: WatchedProject
    sites: Sites
    in_full: bool = True


#: The name under which a file is read as a script.
SCRIPT = ""


def architectures(file: File, path: Path, job: Job, known: Container[str] = ()) -> Iterator[tuple[str, Iterator[Architecture]]]:
    """The models of a file by name, as far as they can be built: those the project names, and those that need no arguments.

    Args:
        file: The file.
        path: Where it is.
        job: How it is read.
        known: The names of those of which all is known.
    """
    named = [model for model in job.models if model.target.is_source and _same(model.target.path, path)]
    for number, model in enumerate(named):
        if (name := f"{number}:{model.target.expression}") not in known:
            yield name, _at_its_model(_read(model.target, list(model.inputs), job, dict(model.names), str(path)), file, model.target)
    if not any(name in file.text for name in ("torch", "keras", "tensorflow")):
        return
    done = {model.target.expression for model in named}
    if SCRIPT not in known and (functions := _script(file)) is not None:
        yield SCRIPT, iter(_as_script(file, functions, job))
    free = [found for found in [*models_of(file, needless=True), *variables_of(file)] if found.name not in done]
    for found in free[:MOST_MODELS]:
        if found.name not in known:
            expression = found.name if found.kind == "variable" else f"{found.name}()"
            yield found.name, _built(file, found, expression, replace(job, in_full=found.kind != "class"))
    if job.sites.survey.is_large(str(path)):
        return
    used = {name.id for name in file.all(ast.Name)}
    needy = [found for found in models_of(file) if found.needs and found.kind == "class" and found.name not in used]
    for found in needy[:MOST_MODELS]:
        if found.name not in known and found.name not in done:
            yield found.name, _with_arguments(file, found, replace(job, in_full=False))


def _at_its_model(read: Iterable[Architecture], file: File, target: Target) -> Iterator[Architecture]:
    """A model that is named with arguments it does not take is wrong where it is defined: a target stands in no file that is checked."""
    for architecture in read:
        moved = tuple(_from_target(one, file, target) if one.span.file == "<target>" else one for one in architecture.diagnostics)
        yield replace(architecture, diagnostics=moved)


def _from_target(finding: Diagnostic, file: File, target: Target) -> Diagnostic:
    named = (re.search(pattern, text) for pattern, text in ((r"Error: (\w+)[\w.]*\(\)", finding.message), (r"(\w+)", target.expression)))
    for name in (found[1] for found in named if found is not None):
        cls = file.by_name.get(name)
        place = cls.methods.get("__init__", cls.node) if cls is not None else file.functions.get(name)
        if place is not None:
            return replace(finding, span=file.span(place), help=finding.help or f"it is built as `{target.expression}`")
    return finding


def _with_arguments(file: File, found: Found, job: Job) -> Iterator[Architecture]:
    """A class that needs arguments and that nothing in its file uses: as the project builds it, else with symbols."""
    ways = [expression for expression, unknown in job.sites.ways(file, found) if not unknown]
    for expression in ways:
        yield from _built(file, found, expression, job)
    for architecture in () if ways or _is_open(file, found, job) else _built(file, found, found.name, job):
        yield replace(architecture, diagnostics=tuple(one for one in architecture.diagnostics if is_of_any_size(one)))


def _is_open(file: File, found: Found, job: Job) -> bool:
    """Whether a model with symbols for its arguments is not known well enough to be run, and wrong in no way that holds for all of them.

    One reading tells, the likeliest of those that conditions on symbols lead to.
    """
    target = Target(f"{file.path}:{found.name}", file.path, found.name)
    first = list(_read(target, [], job, {}, file.path, FREE_STEPS, paths=1))
    return all(one.unknown and not any(map(is_of_any_size, one.diagnostics)) for one in first)


def _built(file: File, found: Found, expression: str, job: Job) -> Iterator[Architecture]:
    """A model as it is built, and as it is run on what it is likely made for."""
    target = Target(f"{file.path}:{expression}", file.path, expression)
    for architecture in _read(target, [], job, {}, file.path, FREE_STEPS):
        kept = [finding for finding in architecture.diagnostics if not is_refusal(file, finding) and is_trusted(file, found, finding)]
        if found.kind == "variable":  # the program around a model ends with its first error; what the model shows beside is its own
            kept = [finding for place, finding in enumerate(kept) if not place or finding.module]
        yield _certain(replace(architecture, diagnostics=tuple(kept)), file, found, [], job)
        if not kept and not architecture.unknown and found.framework == "torch":
            yield from _run_as_likely(architecture, target, file, found, job)


def _script(file: File) -> list[str] | None:
    """The functions of a file that are worth running after its statements, which build or run a model; None when nothing does."""
    used = {name.id for name in file.all(ast.Name)}
    free = [node for node in file.tree.body if isinstance(node, ast.FunctionDef) and node.name not in used and not required(node, 0)]
    functions = [node.name for node in free if _makes_model(file, node)]
    if functions or any(_runs_models(file, node) for node in file.tree.body):
        return functions
    return None


def _makes_model(file: File, function: Definition) -> bool:
    """Whether a function builds a model, and keeps it to itself."""
    return not built(file, function) and any(made(file, call) for call in file.within(function, ast.Call))


def _runs_models(file: File, node: ast.stmt) -> bool:
    """Whether a statement at the top of a file builds a model, or calls what does."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
        return False
    if isinstance(node, ast.If) and "__name__" in file.source(node.test):
        return True
    if _prints(file, node):
        return any(file.resolve(call.func).startswith("torch.") for call in file.all(ast.Call) if file.function_of(call) is None)
    for call in file.within(node, ast.Call):
        function = file.functions.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if made(file, call) or (function is not None and _makes_model(file, function)) or _computes(file, call):
            return True
        if isinstance(call.func, ast.Name) and _holds_model(file, call.func.id):
            return True
    return False


def _prints(file: File, node: ast.stmt) -> bool:
    """Whether a statement at the top of a file says something, or goes round: a library only defines."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(node, ast.For | ast.While) or (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"
    )


def _holds_model(file: File, name: str) -> bool:
    """Whether a class of a file that is no model itself makes one."""
    classes = (cls for cls in file.tree.body if isinstance(cls, ast.ClassDef) and cls.name == name)
    return any(made(file, call) for cls in classes for call in file.within(cls, ast.Call))


#: Parts of torch, Keras and TensorFlow of which a call at the top of a file computes something; others only set up what libraries are.
_COMPUTING = ("torch.nn.", "torch.optim.", "torch.utils.data.", "keras.layers.", "keras.Input", "keras.datasets.", "tensorflow.nn.")
_OF_TENSORFLOW = frozenset({"Variable", "Session", "InteractiveSession"})


def _computes(file: File, call: ast.Call) -> bool:
    """Whether a call makes a layer, an optimizer or batches, or trains: what a program does, rather than a library."""
    name = file.resolve(call.func)
    package, _, function = name.partition(".")
    is_operation = package == "tensorflow" and function and "." not in function and (function.islower() or function in _OF_TENSORFLOW)
    return name.startswith(_COMPUTING) or is_operation or (isinstance(call.func, ast.Attribute) and call.func.attr == "backward")


def _as_script(file: File, functions: list[str], job: Job) -> Iterable[Architecture]:
    """What the file shows when it is run from its first line to its last."""
    from ..readers.scripts import run_script

    try:
        run = run_script(file.path, functions, FREE_STEPS, job.project)
    except (AstarchError, SourceError):
        return
    absolute = os.path.abspath(file.path)  # readings name files without `..`
    run = _named(run, absolute, file.path)
    fatal = next((place for place, one in enumerate(run.diagnostics) if one.severity == "error"), len(run.diagnostics))
    first = run.diagnostics[: fatal + 1]  # what comes after it would never have been run
    yield replace(run, diagnostics=tuple(one for one in first if one.code.startswith(("MDL2", "MDL66")) or is_certain_of_script(file, one)))


def _run_as_likely(architecture: Architecture, target: Target, file: File, found: Found, job: Job) -> Iterable[Architecture]:
    """The model run on what its first layer takes: shapes that cannot fit whatever the other sizes are."""
    guess = likely_input(architecture)
    for run in _read(target, None if guess is None else [guess], job, {}, file.path, FREE_STEPS):
        failed = furthest(run.attributes.get("failed", ())) if guess is None else run if was_right(run) and not run.unknown else None
        if failed is None and guess is None and run.inference is not None and run.inference.inputs and not run.unknown:
            told = was_right(run)  # else another number of axes may be meant: of a head that takes the mean over two of them, say
            yield replace(run, diagnostics=(), attributes={**run.attributes, "guessed input": not told})
        if guess is not None and failed is not None and not failed.diagnostics:
            yield from _run_at_usual_sizes(failed, guess, target, file, found, job)
        if failed is not None:
            kept = tuple(one for one in failed.diagnostics if one.code.startswith("MDL2") or is_unbound(one, file) or is_certain(file, one))
            yield _certain(replace(failed, diagnostics=kept), file, found, None if guess is None else [guess], job)


def _run_at_usual_sizes(run: Architecture, guess: InputSpec, target: Target, file: File, found: Found, job: Job) -> Iterable[Architecture]:
    """A model of images whose shapes must broadcast to fit, run on the size it says itself, or on those that images mostly have."""
    open_places = {one.span for one in run.assumptions if one.message.startswith("shapes ")}
    if len(guess.shape) != 4 or not open_places:
        return
    kept_sizes = {node.index for node in run.graph if node.op == "get_attr"}  # they fit one size of image, which is not known
    open_places -= {node.at for node in run.graph if not kept_sizes.isdisjoint(node.inputs)}
    own = default_of(file, found.name, _IMAGE_SIZE)
    runs: list[Architecture] = []
    for size in [own] if own is not None else _USUAL_SIZES:
        given = replace(guess, shape=(*guess.shape[:2], size, size))
        for again in _read(target, [given], job, {}, file.path, FREE_STEPS):
            kept = [one for one in again.diagnostics if one.code.startswith("MDL2") and (own is not None or one.span in open_places)]
            if not kept:
                return
            runs.append(_certain(replace(again, diagnostics=tuple(kept)), file, found, [given], job))
    places = [{(one.code, one.span) for one in again.diagnostics} for again in runs]
    if runs and (same := set.intersection(*places)):
        yield replace(runs[0], diagnostics=tuple(one for one in runs[0].diagnostics if (one.code, one.span) in same))


#: What a parameter is called that holds the height and width of images; and what these mostly are.
_IMAGE_SIZE = re.compile(r"(img|image|input)_?(size|resolution|dim)?|resolution")
_USUAL_SIZES = (28, 32, 64, 96, 224, 256, 299)


def _certain(model: Architecture, file: File, found: Found, inputs: list[InputSpec] | None, job: Job) -> Architecture:
    """A model with those findings only that it has in every way the project builds it, not just with its defaults."""
    kept = model.diagnostics
    if found.kind == "variable":  # it is built this way and no other
        return model
    for way in job.sites.ways(file, found) if kept else ():
        same = _found_so(way, file, inputs, job)
        kept = tuple(finding for finding in kept if (finding.code, finding.span) in same)
        if not kept:
            break
    for is_doubted, none in ((is_error_of_program, False), (is_unbound, True)):
        hollow = hollow_parameters(file, found.name, none) if any(map(is_doubted, kept)) else []
        same = _found_so(given_unknown(found.name, hollow), file, inputs, job) if hollow else set[tuple[str, Span]]()
        kept = tuple(one for one in kept if not hollow or not is_doubted(one) or (one.code, one.span) in same)
    return replace(model, diagnostics=kept)


def _found_so(way: tuple[str, dict[str, Unknown]], file: File, inputs: list[InputSpec] | None, job: Job) -> set[tuple[str, Span]]:
    """What is found where, when a model is built in some way."""
    from ..readers.free import Given

    expression, values = way
    target = Target(f"{file.path}:{expression}", file.path, expression)
    again = _read(target, inputs, job, {}, file.path, FREE_STEPS, Given(values))
    runs = [one for run in again for one in (run, *run.attributes.get("failed", ()))]
    return {(finding.code, finding.span) for run in runs for finding in run.diagnostics}


def _same(text: str, path: Path) -> bool:
    return Path(text).absolute() == path.absolute()


def _read(
    target: Target,
    inputs: list[InputSpec] | None,
    job: Job,
    names: dict[str, str],
    shown: str,
    steps: int = STEPS,
    given: Given | None = None,
    paths: int | None = None,
) -> Iterable[Architecture]:
    from ..readers.python import read_source

    try:
        architecture = read_source(target, inputs, [], names, steps, job.project, given, paths, job.in_full)
    except (AstarchError, SourceError):
        return
    except Exception as error:  # a fault of ours: said aloud, and it must not cost what else there is to find
        warnings.warn(f"astarch failed to read {target.text}, please report it: {type(error).__name__}: {error}", stacklevel=2)
        return
    absolute = os.path.abspath(shown)  # readings name files without `..`
    tried = tuple(_named(one, absolute, shown) for one in architecture.attributes.get("failed", ()))
    yield replace(_named(architecture, absolute, shown), attributes={**architecture.attributes, **({"failed": tried} if tried else {})})


def _named(architecture: Architecture, absolute: str, shown: str) -> Architecture:
    return replace(architecture, diagnostics=tuple(_renamed(finding, absolute, shown) for finding in architecture.diagnostics))


def _renamed(finding: Diagnostic, absolute: str, shown: str) -> Diagnostic:
    """Findings name files as the user did."""
    names = {absolute, as_read(absolute)} - {shown}
    name = lambda span: span._replace(file=shown) if span.file in names else span  # noqa: E731
    return replace(finding, span=name(finding.span), notes=tuple(replace(note, span=name(note.span)) for note in finding.notes))
