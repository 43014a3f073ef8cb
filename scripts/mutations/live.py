"""Runs models in the live framework, each in a child of its own; a job is a line of JSON, so is its answer.

It is started with the Python that has the framework, `torch` or `keras` (its first argument). A job has `path` and `text` of the source,
`runs` (what builds a model, and ``[sizes, dtype]`` of each input), `device` (where they run), `module` (the dotted name of a file of a
library, or empty). The answer says whether the models were built and ran, what was raised and where, which lines were executed, and what
was computed: every operation of torch with its shapes and the state dict; the numbers that come out of Keras.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import linecache
import os
import resource
import signal
import sys
import types
import warnings
from pathlib import Path
from typing import Any
from urllib.error import URLError

#: Seconds for one model; one that needs more is left out.
PATIENCE = 60

#: Bytes for one model; the same.
ROOM = 10 * 2**30


def main() -> None:
    """Answer jobs until there are none."""
    framework, *folders = sys.argv[1:]
    sys.path[:0] = [str(Path(__file__).resolve().parents[1]), *folders]
    (_ready_torch if framework == "torch" else keras_programs().ready)()
    if folders:
        from truth.stubs import import_torchvision

        import_torchvision()
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w")
    sys.stdout = sys.stderr  # what libraries print is no answer
    for line in sys.stdin:
        job = json.loads(line)
        if job["module"]:
            importlib.import_module(job["module"])
        # an original of torch runs here: what it makes torch load is then loaded for all its mutants
        here = job["trace"] and framework == "torch"
        print(json.dumps(_answer(job) if here else _in_child(job)), file=answers, flush=True)


def _ready_torch() -> None:
    import torch

    torch.set_num_threads(1)


def keras_programs() -> Any:
    """What knows Keras; this file is run as a program, beside its package."""
    from mutations import keras_programs

    return keras_programs


def _in_child(job: dict[str, Any]) -> dict[str, Any]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(PATIENCE)
        resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
        os.close(read)
        sys.stdin = sys.stdout = sys.stderr = Path(os.devnull).open("r+")  # noqa: SIM115 - what a model prints is no answer
        answer = json.dumps(_answer(job)).encode()
        with os.fdopen(write, "wb") as pipe:
            pipe.write(answer)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    return json.loads(data) if data else {"stage": "lost", "error": "no answer in time", "lines": []}


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    """Build and run each of its models; what happened."""
    executed: set[int] = set()
    places: set[tuple[int, ...]] = set()
    linecache.cache[job["path"]] = (len(job["text"]), None, job["text"].splitlines(keepends=True), job["path"])
    if job["trace"]:
        sys.settrace(_tracer(job["path"], executed, places))
    computed: list[Any] = []
    try:
        namespace = _namespace(job)
        for expression, inputs in job["runs"]:
            keras = job["device"] == "keras"
            computed.append(
                keras_programs().computed(namespace, expression, inputs)
                if keras
                else _computed(namespace, expression, inputs, job["device"])
            )
    except URLError as error:  # it wanted to load something: that says nothing of the model
        return {"stage": "lost", "error": str(error), "lines": []}
    except Exception as error:
        if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
            return {"stage": "lost", "error": str(error), "lines": []}
        return {"stage": "failed", "error": f"{type(error).__name__}: {error}"[:300], "lines": _lines(error, job["path"])}
    finally:
        sys.settrace(None)
    digest = hashlib.sha256(repr(computed).encode()).hexdigest()
    return {"stage": "ok", "error": "", "lines": [], "computed": digest, "executed": sorted(executed), "places": sorted(places)}


def _computed(namespace: dict[str, Any], expression: str, inputs: list[Any], device: str) -> Any:
    """All that a model does and holds."""
    import torch

    with torch.device(device), torch.no_grad():
        torch.manual_seed(0)
        model = eval(expression, namespace)
        model.eval()
        arguments = [torch.zeros(sizes, dtype=getattr(torch, dtype)) for sizes, dtype in inputs]
        with _recording() as operations:
            output = model(*arguments)
    if output is None:
        raise TypeError("the forward gives None")
    return operations, [(name, tuple(value.shape)) for name, value in model.state_dict().items()], _shapes(output)


def _namespace(job: dict[str, Any]) -> dict[str, Any]:
    module = types.ModuleType(job["module"] or "__mutant__")
    module.__file__ = job["path"]
    if job["module"]:
        module.__package__ = job["module"].rpartition(".")[0]
        for registry in ("torchvision.models._api",):  # it refuses a name twice
            if registry in sys.modules:
                sys.modules[registry].BUILTIN_MODELS.clear()
        _forget(job["module"])
    sys.modules[module.__name__] = module
    exec(compile(job["text"], job["path"], "exec"), module.__dict__)
    return module.__dict__


def _forget(name: str) -> None:
    """A package that loads what it is asked for keeps it: the classes of the last text."""
    package = sys.modules.get(name.rpartition(".")[0])
    for key, value in list(vars(package).items()) if type(package) is not types.ModuleType and package is not None else ():
        if getattr(value, "__module__", None) == name:
            delattr(package, key)


def _shapes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shapes(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shapes(item) for item in value]
    return (tuple(value.shape), str(value.dtype)) if hasattr(value, "shape") else type(value).__name__


def _lines(error: BaseException, path: str) -> list[int]:
    """The lines of the file that the error passed through, the innermost last."""
    found: list[int] = []
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            found.append(trace.tb_lineno)
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.lineno:
        found.append(error.lineno)
    return found


def _tracer(path: str, executed: set[int], places: set[tuple[int, ...]]) -> Any:
    known: dict[Any, list[tuple[int, ...] | None]] = {}

    def local(frame: Any, event: str, argument: Any) -> Any:
        if event == "line":
            executed.add(frame.f_lineno)
        elif event == "opcode":
            place = _places(frame.f_code, known)[frame.f_lasti // 2]
            if place is not None:
                places.add(place)
        return local

    def outer(frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != path:
            return None
        frame.f_trace_opcodes = sys.version_info >= (3, 11)  # before, a code did not know its columns
        return local

    return outer


def _places(code: Any, known: dict[Any, list[tuple[int, ...] | None]]) -> list[tuple[int, ...] | None]:
    """Where each operation of a code stands: line, column, end line, end column; None for those that stand nowhere."""
    if code not in known:
        found = [(line, column, end, last) for line, end, column, last in code.co_positions()]
        known[code] = [None if None in place else place for place in found]
    return known[code]


def _recording() -> Any:
    from torch.utils._python_dispatch import TorchDispatchMode

    class Recording(TorchDispatchMode):
        """Every operation, with its scalars and the shapes and order of what it is given."""

        def __init__(self) -> None:
            super().__init__()
            self.said: list[Any] = []
            self.known: dict[int, int] = {}
            self.kept: list[Any] = []

        def __enter__(self) -> Any:
            super().__enter__()
            return self.said

        def __torch_dispatch__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
            output = func(*args, **(kwargs or {}))
            self.said.append((str(func), self.told(args), self.told(kwargs or {})))
            for item in output if isinstance(output, (tuple, list)) else [output]:
                self.known[id(item)] = len(self.kept)
                self.kept.append(item)
            return output

        def told(self, value: Any) -> Any:
            if isinstance(value, dict):
                return {key: self.told(item) for key, item in value.items()}
            if isinstance(value, (list, tuple)):
                return [self.told(item) for item in value]
            if hasattr(value, "shape"):
                if id(value) not in self.known:
                    self.known[id(value)] = len(self.kept)
                    self.kept.append(value)
                return self.known[id(value)], tuple(value.shape)
            return repr(value)

    return Recording()


if __name__ == "__main__":
    main()
