"""The one place that runs what is analysed: in another process, of the Python that the user names, when the user says ``live``.

The process is given a script of its own and answers with JSON; its time, its memory and what it may say are limited.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import IO, Any

from ..errors import InputError, ReadError, TargetError
from ..inputs import InputSpec
from ..ir.architecture import Architecture
from ..targets import Target
from .live_answer import architecture_of

#: More bytes than this are no answer.
ANSWER = 64 << 20
#: As many of the last bytes that the program printed are kept.
KEPT = 16 << 10
#: What the model can be saved as on the way.
EXPORTS = ("onnx", "saved_model", "pt2")

_SCRIPT = Path(__file__).with_name("live_child.py")


@dataclass(frozen=True, slots=True)
class Live:
    """How a model is run.

    Args:
        python: The interpreter that has its framework, or the root of its environment; None for the active one.
        time_limit: Seconds that the run may take.
        memory_limit: MiB that it may use.
        export: The format in which to save the model on the way, one of `EXPORTS`.
        output: Where to.
    """

    python: str | Path | None = None
    time_limit: float = 120.0
    memory_limit: int = 8192
    export: str | None = None
    output: str | Path | None = None


def read_live(target: Target, inputs: list[InputSpec], folders: Iterable[Path], names: Mapping[str, str], how: Live) -> Architecture:
    """What a model says of itself when it is built and run once.

    Args:
        target: The file or module, and the expression that builds the model.
        inputs: What its forward is given; without any, it is only built.
        folders: Where modules are looked for first.
        names: Objects built elsewhere that the expression uses, as ``module:expression``.
        how: The interpreter and the limits.

    Raises:
        ReadError: The run failed; the message says how, with the program's own traceback.
    """
    _check(target, how)
    request = {
        "target": target.text,
        "path": str(Path(target.path).absolute()) if target.is_source else target.path,
        "expression": target.expression,
        "folders": [str(folder.absolute()) for folder in folders],
        "names": {name: _absolute(text) for name, text in names.items()},
        "inputs": [_sent(spec) for spec in inputs],
        "memory": how.memory_limit,
        "export": how.export,
        "output": None if how.output is None else str(Path(how.output).absolute()),
    }
    python = interpreter(how.python)
    ends = monotonic() + how.time_limit
    # Without memory first; what needs real numbers, or is to be saved with them, runs on the CPU.
    answer: Any = None
    for device in ("cpu",) if how.export else ("meta", "cpu"):
        answer = _Run(python, {**request, "device": device}, how, ends).answer()
        if "raised" not in answer or answer.get("memory") or "missing" in answer:
            break
    if "stage" in answer:
        raise _failure(answer, python, target, how)
    try:
        return architecture_of(answer)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
        raise ReadError(f"`{python}` gave an answer that is not understood: {type(error).__name__}: {str(error)[:200]}") from None


def interpreter(python: str | Path | None) -> Path:
    """The program to start: the one named, the one of the environment named, or that of the active environment.

    It is not followed where it is a link, since that is how an environment knows itself.
    """
    named = python if python is not None else os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX")
    if named is None:
        return Path(sys.executable)
    place = Path(named)
    if not place.is_dir():
        found = place
    else:
        found = next(
            (file for file in (place / "bin" / "python", place / "Scripts" / "python.exe", place / "python.exe") if file.is_file()), place
        )
    if not found.is_file():
        raise ReadError(f"there is no Python at `{place}`", "pass .venv/bin/python, or .venv")
    return found.absolute()


def _check(target: Target, how: Live) -> None:
    if target.revision or not (target.is_module or target.path.endswith(".py")):
        raise TargetError(f"`{target.text}` cannot be run live", "only .py files of the working tree and modules by their dotted name can")
    if (how.export is None) is not (how.output is None):
        raise ReadError("an export needs both a format and a file", "write --export onnx --output net.onnx")
    if how.export is not None and how.export not in EXPORTS:
        raise ReadError(f"`{how.export}` is no format of an export", f"known are {', '.join(EXPORTS)}")
    if how.time_limit <= 0 or how.memory_limit <= 0:
        raise ReadError("the limits of time and memory are numbers above 0")


def _absolute(text: str) -> str:
    path, colon, expression = text.partition(":")
    return f"{Path(path).absolute() if path.endswith('.py') else path}{colon}{expression}"


def _sent(spec: InputSpec) -> dict[str, Any]:
    symbols = [size for size in spec.shape if isinstance(size, str)]
    if symbols:
        raise InputError(f"a live model needs numbers: `{spec}` has {', '.join(symbols)}", "write sizes as in 1,3,224,224")
    found: dict[str, Any] = {"name": spec.name, "shape": list(spec.shape), "dtype": spec.dtype}
    if spec.items is not None:
        found["items"] = [_sent(item) for item in spec.items]
    if spec.value is not None:
        found["value"] = spec.value[0]
    return found


# --- the process ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Run:
    """One process: started, listened to, and ended in any case."""

    python: Path
    request: dict[str, Any]
    how: Live
    ends: float
    said: bytearray = field(default_factory=bytearray)
    printed: bytearray = field(default_factory=bytearray)
    lengthy: bool = False

    def answer(self) -> dict[str, Any]:
        """What the process said; a `ReadError` when it said nothing."""
        command = [str(self.python), "-X", "utf8", "-c", _SCRIPT.read_text(encoding="utf-8"), json.dumps(self.request)]
        quiet = {"PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}
        try:
            process = subprocess.Popen(  # noqa: S603 - the user named the program and asked for it to be run
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                env={**os.environ, **quiet},
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise ReadError(f"`{self.python}` cannot be started: {getattr(error, 'strerror', None) or error}") from None
        listeners = [
            Thread(target=self._listen, args=(process.stdout, process), daemon=True),
            Thread(target=self._drain, args=(process.stderr,), daemon=True),
        ]
        late = False
        try:
            for listener in listeners:
                listener.start()
            process.wait(max(self.ends - monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            late = True
        finally:
            _end(process)
            for listener, stream in zip(listeners, (process.stdout, process.stderr), strict=True):
                listener.join(5)
                if stream is not None and not listener.is_alive():
                    stream.close()
        return self._understood(process.returncode, late)

    def _listen(self, stream: IO[bytes], process: subprocess.Popen[bytes]) -> None:
        """Keep the answer, up to its limit; a longer one ends the process."""
        while block := os.read(stream.fileno(), 1 << 16):
            if len(self.said) + len(block) > ANSWER:
                self.lengthy = True
                _end(process)
                return
            self.said += block

    def _drain(self, stream: IO[bytes]) -> None:
        """Read what the program prints, so that it never waits, and keep only the end."""
        while block := os.read(stream.fileno(), 1 << 16):
            self.printed = (self.printed + block)[-KEPT:]

    def _understood(self, code: int | None, late: bool) -> dict[str, Any]:
        if self.lengthy:
            raise ReadError(f"the live model is larger than can be told in {ANSWER >> 20} MiB")
        if late:
            raise ReadError(
                f"the live model was stopped after {self.how.time_limit:g} seconds", _hint("give it more with --time-limit", self._last())
            )
        try:
            answer = json.loads(self.said)
        except ValueError:
            answer = None
        if isinstance(answer, dict):
            return answer
        raise ReadError(f"the live model {_ending(code)}, without an answer", _hint("", self._last()))

    def _last(self) -> str:
        lines = [line for line in self.printed.decode("utf-8", "replace").splitlines() if line.strip()]
        return "\n".join(line[:200] for line in lines[-8:])


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        name = next((one.name for one in signal.Signals if one.value == -code), str(-code))
        why = ", perhaps for its use of memory" if name in ("SIGKILL", "SIGABRT", "SIGBUS") else ""
        return f"was ended by {name}{why}"
    return f"ended with code {code}"


# --- failures ---------------------------------------------------------------------------------------------------------

_STAGES = {
    "import": "when it was imported",
    "build": "when it was built",
    "forward": "when it was called",
    "export": "when it was exported",
}


def _failure(answer: Any, python: Path, target: Target, how: Live) -> ReadError:
    """What went wrong in the child, in words."""
    trace = _printable(str(answer.get("trace", "")))
    when = _STAGES.get(str(answer["stage"]), "")
    if answer.get("memory"):
        return ReadError(f"the live model needed more than {how.memory_limit} MiB {when}", _hint("give it more with --memory-limit", trace))
    if "stopped" in answer:
        return ReadError(_printable(str(answer["stopped"])).replace("\n", " "))
    if "missing" in answer:
        name = _printable(str(answer["missing"]))
        return ReadError(
            f"`{target.text}` needs the package `{name}`, which `{python}` does not have", _hint("name another Python with --python", trace)
        )
    return ReadError(f"the live model raised {when}: {_printable(str(answer.get('raised')))}", _hint("", trace))


def _hint(words: str, text: str) -> str:
    return "\n".join(part for part in (words, *(f"  {line}" for line in _printable(text).splitlines())) if part)


def _printable(text: str) -> str:
    """Text of a program without what would steer a terminal."""
    return "".join(sign if sign == "\n" or sign.isprintable() else "?" for sign in text)
