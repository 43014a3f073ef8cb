"""Which errors of a model that was built with its defaults are its own fault, and which that of building it so."""

from __future__ import annotations

import ast
import re

from ..ir.diagnostic import Diagnostic
from ..ir.program import File
from ..readers.discover import Found, constructor_of

#: How errors begin that say of a name that it is not there.
_UNBOUND = ("raises NameError", "raises UnboundLocalError", "raises AttributeError: module '")

#: What Python says of a call that does not fit what is called, whatever the values of its arguments; one that lacks some may be given them by `**`.
_UNFIT = re.compile(r"raises TypeError: [\w.]+\(\) (takes \d|got an unexpected keyword argument|got multiple values)")


def is_error_of_program(finding: Diagnostic) -> bool:
    """Whether the program raises it."""
    return finding.name == "program-error"


def is_unbound(finding: Diagnostic, file: File | None = None) -> bool:
    """Whether a name is read that nothing binds, or that a module does not have: that fails for every input that comes this far.

    Args:
        finding: What was found.
        file: The file whose model it was found in: a name that it imports, where something is installed, does not count, nor one of another.
    """
    if not is_error_of_program(finding) or not finding.message.startswith(_UNBOUND):
        return False
    unbound = re.match(r"raises NameError: name '(\w+)'", finding.message)
    return unbound is None or file is None or (finding.span.file == file.path and unbound[1] not in file.names)


def is_of_any_size(finding: Diagnostic) -> bool:
    """Whether a model is wrong whatever its arguments are: sizes that can never fit, names that nothing binds, calls that do not fit."""
    return finding.code.startswith("MDL2") or is_unbound(finding) or bool(_UNFIT.match(finding.message))


def is_trusted(file: File, found: Found, finding: Diagnostic) -> bool:
    """Whether a class or builder that nobody built this way fails for its own fault; of Keras by what Keras says, or a name that is not there."""
    if finding.name == "program-error" and found.kind != "variable" and _is_left_open(file, found, finding):
        return False
    if found.framework != "keras" or found.kind == "variable" or finding.name != "program-error":
        return True
    return is_unbound(finding) or (finding.by_framework and not _is_of_other_keras(file))


def is_certain(file: File, finding: Diagnostic) -> bool:
    """Whether a step fails that no argument could mend: something has no such attribute, is no function, cannot be unpacked."""
    if finding.name != "program-error" or is_refusal(file, finding):
        return False
    return finding.message.startswith(
        ("raises TypeError", "raises AttributeError", "raises ValueError", "raises IndexError", "raises RuntimeError")
    ) or (finding.by_framework and finding.message.startswith(("raises NotImplementedError", "raises InvalidArgumentError")))


def is_certain_of_script(file: File, finding: Diagnostic) -> bool:
    """Whether a step of a script fails whatever it was given: what is in its lists is data."""
    if is_unbound(finding, file) or _is_of_library(file, finding):
        return True
    if finding.by_framework and _is_of_other_keras(file):
        return False
    if "has no attribute '_" in finding.message and not finding.by_framework and "tensorflow" in file.text:
        return False  # what classes of TensorFlow keep to themselves is not described
    return is_certain(file, finding) and not finding.message.startswith(("raises IndexError: list", "raises IndexError: pop"))


def _is_of_library(file: File, finding: Diagnostic) -> bool:
    """Whether torch itself refuses by an assertion, or finds no forward: no ``assert`` or ``raise`` of the program does so."""
    if not is_error_of_program(finding):
        return False
    if finding.message.startswith("raises AssertionError"):
        return not is_refusal(file, finding)
    return finding.message.startswith("raises NotImplementedError: Module [") and "forward" in finding.message


def is_refusal(file: File, finding: Diagnostic) -> bool:
    """Whether the program itself refuses to be built with its defaults: that is its good right."""
    if finding.name != "program-error" or finding.message.endswith('already exists"'):
        return False
    if not finding.by_framework and finding.message.startswith(
        (
            "raises NotImplementedError",
            "raises ImportError",
            "raises ModuleNotFoundError",
            "raises KeyError",
            "raises FileNotFoundError",
            "raises OSError",
        )
    ):
        return True
    if finding.message.startswith("raises NameError") and not is_unbound(finding, file):
        return True
    if finding.span.file != file.path or "NoneType" in finding.message:  # a default of None that stands for "to be given"
        return True
    refusals: list[ast.stmt | ast.Call] = [*file.all(ast.Raise), *file.all(ast.Assert), *file.called.get("torch._assert", [])]
    return any(node.lineno <= finding.span.line <= (node.end_lineno or 0) for node in refusals)


#: What asks for Keras 2, which allows what Keras 3 refuses; and for another backend than the one that counts where none is named.
_OTHER_KERAS = re.compile(r"tf_keras|TF_USE_LEGACY_KERAS|TorchModuleWrapper")


def _is_of_other_keras(file: File) -> bool:
    """Whether a program asks for another Keras than the one whose errors are described."""
    return _OTHER_KERAS.search(file.text) is not None


def _is_left_open(file: File, found: Found, finding: Diagnostic) -> bool:
    """Whether a step lacks what ``*args`` or ``**kwargs`` of the model may hold: nothing is in them when it is built without."""
    start = constructor_of(file, found.name)
    if start is None or (start.args.vararg is None and start.args.kwarg is None):
        return False
    if start.args.vararg is not None and finding.message.startswith("raises IndexError"):
        return True
    _, said, missing = finding.message.partition(" missing ")
    for call in file.all(ast.Call) if said else ():
        if file.span(call) == finding.span:
            handed_on = any(isinstance(arg, ast.Starred) for arg in call.args) or any(keyword.arg is None for keyword in call.keywords)
            around = file.function_of(call)
            own = {arg.arg for arg in file.within(around.args, ast.arg)} if around is not None else set[str]()
            return handed_on and own.isdisjoint(re.findall(r"'(\w+)'", missing))
    return False
