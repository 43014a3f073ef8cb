"""What to analyse, as users write it: ``model.py:Net(10)``, ``timm.models.resnet:resnet50``, ``main:model.py:Net``, ``model.onnx``."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import PurePath

from .errors import TargetError

#: Endings of files that hold a saved model rather than source.
ARTIFACTS = (".onnx", ".keras", ".h5", ".hdf5", ".pt2", ".pt", ".pth", ".ckpt", ".bin", ".safetensors", ".pb", ".tflite")
SOURCES = (".py", ".ipynb")

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_LAST_COLON = re.compile(r"(?P<path>[^:()\[\]{}\s]+):(?P<expression>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to analyse.

    Args:
        text: As it was written.
        path: The file, folder or dotted module name.
        expression: What to evaluate in the module's namespace; empty for the whole file or an artifact.
        revision: The git revision to read it from; empty for the working tree.

    >>> parse_target("model.py:Net(3, classes=10)")
    Target(text='model.py:Net(3, classes=10)', path='model.py', expression='Net(3, classes=10)', revision='')
    """

    text: str
    path: str
    expression: str = ""
    revision: str = ""

    @property
    def is_module(self) -> bool:
        """Whether it names a module by its dotted name."""
        return not self.is_source and not self.is_artifact and _MODULE.fullmatch(self.path) is not None

    @property
    def is_source(self) -> bool:
        """Whether it names a source file by its path."""
        return self.path.endswith(SOURCES)

    @property
    def is_artifact(self) -> bool:
        """Whether it names a saved model."""
        return not self.expression and self.path.endswith(ARTIFACTS)

    def __str__(self) -> str:
        return self.text


def parse_target(text: str) -> Target:
    """Read a target.

    >>> parse_target("HEAD~1:net.py:Net").revision
    'HEAD~1'
    >>> parse_target("torchvision.models.resnet:resnet50").is_module
    True
    """
    stripped = text.strip()
    if not stripped or "\0" in stripped:
        raise TargetError("the target is empty", "write FILE.py:CLASS or package.module:FUNCTION")
    head, rest = _split(stripped)
    if rest is None:
        return _whole(text, head)
    if not head or not rest.strip():
        raise TargetError(f"the target `{stripped}` ends or begins with a colon", "write FILE.py:CLASS or package.module:FUNCTION")
    if not head.endswith(SOURCES):
        if rest.endswith(SOURCES + ARTIFACTS) and "(" not in rest and ":" not in rest:
            return Target(text, rest, "", head)
        inner = None if _parses(rest) else _LAST_COLON.fullmatch(rest)
        if inner:
            return _checked(Target(text, inner["path"], inner["expression"].strip(), head))
    return _checked(Target(text, head, rest.strip()))


def _split(text: str) -> tuple[str, str | None]:
    """What stands before and after the first colon that is not a drive letter's."""
    start = 2 if _DRIVE.match(text) else 0
    colon = text.find(":", start)
    return (text, None) if colon < 0 else (text[:colon], text[colon + 1 :])


def _whole(text: str, path: str) -> Target:
    target = Target(text, path)
    if target.is_source or target.is_artifact or target.is_module or len(PurePath(path).parts) > 1:
        return target
    raise TargetError(f"`{path}` is neither a file nor a dotted module name", "write FILE.py:CLASS or package.module:FUNCTION")


def _checked(target: Target) -> Target:
    if not (target.is_source or target.is_module):
        raise TargetError(f"`{target.path}` is neither a .py or .ipynb file nor a dotted module name")
    problem = _problem(target.expression)
    if problem:
        raise TargetError(f"`{target.expression}` is not a Python expression: {problem}")
    return target


def _parses(expression: str) -> bool:
    return not _problem(expression)


def _problem(expression: str) -> str:
    """What keeps the text from being an expression; it is parsed, never evaluated."""
    try:
        ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError) as error:
        return getattr(error, "msg", None) or str(error)
    except (RecursionError, MemoryError):
        return "it is nested too deeply"
    return ""
