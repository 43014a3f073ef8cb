"""The verbs: `read` a model, `find` the models there are, `verify` one against a saved one.

Thin: they choose the reader and see that names and places are real.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .drawing import DRAWINGS as DRAWINGS
from .drawing import all_sources as all_sources
from .drawing import draw as draw
from .drawing import sources as sources
from .environment import project_root, site_packages
from .errors import ReadError, TargetError
from .inputs import InputSpec, as_inputs
from .ir.architecture import Architecture
from .ir.diagnostic import Diagnostic
from .ir.settings import Preset, Settings
from .targets import Target, parse_target

if TYPE_CHECKING:
    from .config import ModelConfig
    from .ir.change import Comparison, Review
    from .ir.verification import Match, Verification
    from .readers.discover import Found


def read(
    target: str | Target,
    *,
    inputs: Any = None,
    search_path: Iterable[str | Path] = (),
    names: Mapping[str, str] | None = None,
    python: str | Path | None = None,
    budget: int | None = None,
    set: Mapping[str, Any] | None = None,
    free: Iterable[str] = (),
) -> Architecture:
    """Everything known of one model.

    Args:
        target: What to analyse: ``model.py:Net(10)``, ``timm.models.resnet:resnet50``.
        inputs: What its forward is given: a shape, a text such as ``"tokens=B,T:int64"``, an array, a list of these, or a
            mapping of them by name; ``"auto"`` to work it out from what uses it first. Without any, the forward is not run.
        search_path: Folders in which modules are looked for first.
        names: Objects built elsewhere that the target's expression uses: ``{"config": "package.module:Config()"}``.
        python: The interpreter of the environment whose packages are read, never run.
        budget: How many steps the analysis may take.
        set: Values for arguments, fields of a config and sizes of inputs by name: ``{"dim": 768, "config.n_layer": 24}``.
        free: Arguments and fields that are to be symbols although they have a default; ``["all"]`` for all sizes.

    Raises:
        AstarchError: The caller's own mistake: a target, an input or a file that does not exist.

    ``read("net.py:Net", inputs=(1, 3, 32, 32)).parameter_count``
    """
    wanted = parse_target(target) if isinstance(target, str) else target
    specs = None if isinstance(inputs, str) and inputs == AUTO else as_inputs(inputs)
    if wanted.revision:
        return _read_revision(wanted, specs, [Path(folder) for folder in search_path], dict(names or {}), python, budget)
    if _is_saved(wanted):
        from .readers.saved import read_saved

        return read_saved(Path(wanted.path))
    place = _place(wanted)
    folders = [Path(folder) for folder in search_path]
    for folder in folders:
        if not folder.is_dir():
            raise ReadError(f"there is no folder `{folder}`", "it was given as a search path")
    root = project_root(place)
    folders += [folder for folder in (root, *site_packages(Path(python) if python else None)) if folder]
    from .readers.catalogue import open_catalogue

    open_catalogue()
    from .readers.free import Given
    from .readers.python import read_source

    return read_source(wanted, specs, folders, dict(names or {}), budget, given=Given(set, free))


def settings(target: str | Target, table: Mapping[str, Mapping[str, Any]] | None = None, **options: Any) -> Settings:
    """A model with symbols and at several settings.

    Args:
        target: What to analyse.
        table: Values by name for each setting; without it, the defaults and presets that the project has for the model's config.
        options: What else `read` takes.

    ``settings("model.py:GPT").columns[0][1].parameter_count``
    """
    given = dict(options.pop("set", None) or {})
    formula = read(target, set=given, **options)
    chosen = presets(formula) if table is None else [Preset(name, dict(values)) for name, values in table.items()]
    return Settings(formula, tuple((one, read(target, set={**given, **one.values}, **options)) for one in chosen))


def presets(architecture: Architecture) -> list[Preset]:
    """The defaults of a model's config, and the presets the project has for it; none when it has no config with symbols."""
    fields: Mapping[str, Any] = architecture.attributes.get("fields", {})
    root = architecture.modules.get("")
    if not fields or root is None or not root.class_at.file:
        return []
    from .readers.presets import find_presets

    classes = architecture.attributes["config classes"]
    names = {name.rpartition(".")[2]: default for name, default in fields.items()}
    known = {name: value for name, value in names.items() if value is not None}
    numbers = {name: value for name, value in known.items() if type(value) is int}
    found = [Preset(one.name, {**numbers, **one.values}, one.span) for one in find_presets(Path(root.class_at.file), names, classes)]
    return [*([Preset("defaults", numbers)] if len(known) == len(names) else []), *found]


def _read_revision(
    target: Target,
    inputs: list[InputSpec] | None,
    folders: list[Path],
    names: dict[str, str],
    python: str | Path | None,
    budget: int | None,
) -> Architecture:
    """A model of a git revision, from git's own files: nothing is checked out, no program is started."""
    from .readers.git_tree import path_in, project_at
    from .readers.python import read_source

    project = project_at(Path.cwd(), target.revision, [*folders, *site_packages(Path(python) if python else None)])
    if not (target.is_source or target.is_artifact):
        return read_source(target, inputs, folders, names, budget, project)
    place = path_in(project, Path.cwd(), target.path)
    if target.is_source:
        return read_source(replace(target, path=place), inputs, folders, names, budget, project)
    import tempfile

    from .readers.saved import read_saved

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / Path(place).name
        copy.write_bytes(project.tree.data(str(Path(place).relative_to(project.tree.repository.root))))
        return replace(read_saved(copy), target=target.text)


def diff(
    old: str | Target | Architecture,
    new: str | Target | Architecture,
    *,
    inputs: Any = None,
    search_path: Iterable[str | Path] = (),
    names: Mapping[str, str] | None = None,
    python: str | Path | None = None,
    budget: int | None = None,
) -> Comparison:
    """What changed between two models, and whether old checkpoints still load.

    Args:
        old: The model before: a target such as ``main:net.py:Net``, or what was read from one.
        new: The model after.
        inputs: What both forwards are given; without it, likely ones are tried.
        search_path: As for `read`, likewise the rest.

    ``diff("main:net.py:Net", "net.py:Net").verdict``
    """
    from .review import pair, same_sources

    options: dict[str, Any] = {"search_path": list(search_path), "names": names, "python": python, "budget": budget}

    def reader(side: str | Target | Architecture) -> Any:
        return (lambda given: side) if isinstance(side, Architecture) else (lambda given: read(side, inputs=given, **options))

    texts = [side.target if isinstance(side, Architecture) else str(side) for side in (old, new)]
    whole = [side for side in (old, new) if isinstance(side, Architecture)]
    revised = any(parse_target(side).revision if isinstance(side, str) else getattr(side, "revision", "") for side in (old, new))
    name = texts[1] if texts[0].rpartition(":")[2] == texts[1].rpartition(":")[2] else f"{texts[0]} → {texts[1]}"
    return pair(reader(old), reader(new), as_inputs(inputs), name, None if whole or revised else same_sources)


def diff_repository(
    before: str,
    after: str | None = None,
    *,
    paths: Sequence[str | Path] = (),
    since_fork: bool = True,
    search_path: Iterable[str | Path] = (),
    models: Iterable[ModelConfig] = (),
    python: str | Path | None = None,
    budget: int | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> Review:
    """Every model of the repository around here whose reading changed.

    Args:
        before: The revision before, such as ``origin/main``.
        after: The revision after; the working tree when None.
        paths: Files and folders to look in; everywhere when empty.
        since_fork: Whether to start where the two histories parted.
        search_path: Where the project's own modules are looked for, beside the root.
        models: What is to be analysed, and how, beside the classes that are found.
        python: The interpreter of the environment whose packages are read, never run.
        budget: How many steps each model may take.
        progress: Told the name of every model that is read.
    """
    from .review import review, states

    start = Path(paths[0]).absolute() if paths else Path.cwd()
    packages = site_packages(Path(python) if python else None)
    old, new = states(start, before, after, [Path(folder).absolute() for folder in search_path], packages, since_fork=since_fork)
    inside = [Path(path).absolute().relative_to(new.root).as_posix() for path in paths]
    return review(old, new, paths=inside, models=models, budget=budget, progress=progress)


#: Instead of inputs: work them out from what uses them first.
AUTO = "auto"

#: Instead of a saved model: the model itself, run in another process.
LIVE = "live"


def verify(
    source: str | Target | Architecture,
    artifact: str | Path | Architecture,
    *,
    inputs: Any = None,
    live: Mapping[str, Any] | None = None,
    **options: Any,
) -> Verification:
    """Hold a model against a saved one: per fact confirmed, contradicted, or not in this artifact.

    Args:
        source: What to confirm: a target, or what was read from one.
        artifact: The saved model, or what was read from it; with the word ``"live"`` the model itself, run as `run_live` does.
        inputs: What the forward is given; without it, that of the artifact's own input where it says so.
        live: What else `run_live` takes: ``{"time_limit": 60}``.
        options: What else `read` takes for the source.

    ``verify("net.py:Net(10)", "net.onnx", inputs=(1, 3, 32, 32)).verdict``
    """
    from .compare.confirmation import confirm
    from .matching import built, fitting

    if artifact == LIVE:
        if isinstance(source, Architecture):
            raise TargetError("what was read is not run live", "give the target itself")
        shared = {name: value for name, value in options.items() if name not in ("budget", "set")}
        theirs = run_live(source, inputs=inputs, **shared, **(live or {}))
    else:
        theirs = artifact if isinstance(artifact, Architecture) else _saved(artifact)
    if isinstance(source, Architecture):
        return confirm(source, theirs)
    ours = read(source, inputs=_inputs_of(theirs) if inputs is None else inputs, **options)
    if inputs is None and ours.framework == "keras" and not built(ours) and (given := _inputs_of(theirs, batch=1)) is not None:
        ours = read(source, inputs=given, **options)
    if not ours.modules:
        problem = next((finding.message for finding in ours.diagnostics), "it is not known what it builds")
        raise TargetError(f"`{ours.target}` was not built: {problem}")
    if (
        ours.attributes.get("fields")
        and (chosen := fitting(theirs, _set_to(source, ours, inputs=_inputs_of(theirs), **options))) is not None
    ):
        name, ours = chosen
        found = confirm(ours, theirs)
        note = f"the config is taken as the preset `{name}`: with that the source makes exactly these tensors"
        return replace(found, notes=(note, *found.notes))
    return confirm(ours, theirs)


def _set_to(source: str | Target, ours: Architecture, **options: Any) -> Iterator[tuple[str, Architecture]]:
    """What a model is with each preset that the project has for its config."""
    for preset in presets(ours) if not options.get("set") else ():  # what is given is meant
        given: dict[str, Any] = {**options, "set": preset.values}
        yield preset.name, read(source, **given)


def run_live(
    target: str | Target,
    *,
    inputs: Any = None,
    search_path: Iterable[str | Path] = (),
    names: Mapping[str, str] | None = None,
    python: str | Path | None = None,
    **limits: Any,
) -> Architecture:
    """Build and run a model in another process, and say what it says of itself. Nothing else here runs what it analyses.

    Args:
        target: What to run: ``model.py:Net(10)``, ``timm.models.resnet:resnet50``.
        inputs: What its forward is given, in numbers; without it, the model is only built.
        search_path: Folders in which modules are looked for first.
        names: Objects built elsewhere that the target's expression uses.
        python: The interpreter to start; that of the active environment when None.
        limits: ``time_limit`` in seconds, ``memory_limit`` in MiB, ``export`` (``onnx``, ``saved_model`` or ``pt2``) with ``output``.

    Raises:
        ReadError: The model could not be run; the message says why.
    """
    from .readers.live import Live, read_live

    wanted = parse_target(target) if isinstance(target, str) else target
    root = None if wanted.revision else project_root(_place(wanted))
    folders = [*(Path(folder) for folder in search_path), *([root] if root else [])]
    return read_live(wanted, as_inputs(inputs), folders, dict(names or {}), Live(python, **limits))


def which(folder: str | Path, artifact: str | Path, *, progress: Callable[[str], None] = lambda name: None, **options: Any) -> list[Match]:
    """The models in a folder by how near their tensors are to those of a saved one: the exact ones first.

    Args:
        folder: Where models are looked for; a file will do.
        artifact: The saved model.
        progress: Told the name of every model that is read.
        options: What else `read` takes for each model.

    ``[match.target for match in which("models/", "weights.safetensors") if match.exact]``
    """
    from .matching import matches

    theirs = _saved(artifact)
    targets = [one.target for one in find(folder, search_path=options.get("search_path", ()), python=options.get("python"))]

    alone: Callable[[str, Any], Architecture] = lambda target, given: read(target, inputs=given, **options)  # noqa: E731
    return matches(targets, theirs, alone, _inputs_of(theirs, batch=1), progress, lambda target, ours: _set_to(target, ours, **options))


def _saved(artifact: str | Path) -> Architecture:
    """What a saved model says of itself; never a source, which is given by its expression."""
    wanted = parse_target(str(artifact))
    if wanted.revision or wanted.is_source or wanted.expression:
        return read(wanted)
    from .readers.saved import read_saved

    return read_saved(Path(wanted.path))


def _inputs_of(artifact: Architecture, batch: int | None = None) -> Any:
    """The input that an artifact takes, where its sizes are numbers or have names; one that leaves the first open gets `batch`."""
    specs: list[InputSpec] = []
    for value in artifact.inputs.values():
        shape = getattr(value, "shape", None)
        shape = (batch, *shape[1:]) if shape and batch is not None and type(shape[0]) is not int else shape
        if shape is None or not all(type(side) is int or str(side).isidentifier() for side in shape):
            return None
        specs.append(InputSpec(None, tuple(side if type(side) is int else str(side) for side in shape), value.dtype))
    built = artifact.attributes.get("input_shape")  # what a class of its own was built with, when it was saved
    if not specs and built and batch is not None:
        sizes = [batch if place == 0 and side is None else side for place, side in enumerate(built)]
        return [InputSpec(None, tuple(sizes))] if None not in sizes else None
    return specs or None


def find(path: str | Path = ".", *, search_path: Iterable[str | Path] = (), python: str | Path | None = None) -> list[Found]:
    """Every model defined or built in a file or a folder, in order of file and line.

    Args:
        path: The file or folder.
        search_path: Where what it imports is looked for, so that a function that builds another package's model is one as well.
        python: The interpreter of the environment whose packages are read for that, never run.
    """
    place = Path(path)
    if not place.exists():
        raise ReadError(f"there is no file or folder `{place}`")
    from .readers.discover import find_models

    return find_models(place, [*(Path(folder) for folder in search_path), *(site_packages(Path(python)) if python else ())])


def check(*paths: str | Path, **options: Any) -> list[Diagnostic]:
    """What is wrong with the models of files and folders, in the order of the text; the options are those of `checking.check`.

    ``check("src/", select=["MDL3"])``
    """
    from .checking import check as check_all

    return check_all(paths or (".",), **options)


def explain(code: str) -> str:
    """What a rule means, by its code or its name, as Markdown."""
    from .checking import explain as explained

    return explained(code)


def _is_saved(target: Target) -> bool:
    """Whether it names a saved model: by its ending, or by standing there as a file or a folder with one in it."""
    if target.is_artifact or target.expression or target.is_source:
        return target.is_artifact
    from .readers.saved import holds_model

    return Path(target.path).is_file() or holds_model(Path(target.path))


def _place(target: Target) -> Path:
    """Where the search begins: the folder of the file, or here."""
    if not target.is_source:
        return Path.cwd()
    file = Path(target.path)
    if not file.is_file():
        raise ReadError(f"there is no file `{target.path}`", _nearby(file))
    return file.absolute().parent


def _nearby(file: Path) -> str:
    from difflib import get_close_matches

    folder = file.parent
    names = [other.name for other in folder.iterdir() if other.suffix == file.suffix] if folder.is_dir() else []
    close = get_close_matches(file.name, names, n=1)
    return f"did you mean `{folder / close[0]}`?" if close else ""
