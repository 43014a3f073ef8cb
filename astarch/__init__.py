"""astarch reads the Python source of a neural network and says what the running model would be, without running it.

A tour:

    import astarch

    net = astarch.read("model.py:Net(10)", inputs=(1, 3, 32, 32))    # an `Architecture`, frozen

    net.modules["layer1.0.conv1"].arguments       # what its constructor was given, and .defined_at where
    net.parameters["fc.weight"].shape             # a tuple of numbers, or formulas: ('vocab_size', 'n_embd')
    net.buffers["bn1.running_mean"].persistent
    net.parameter_count, net.trainable_count      # tied ones counted once
    [(call.module, call.outputs) for call in net.calls]    # in the order of the forward
    net.graph                                     # every operation, in torch.fx's words
    net.diagnostics                               # what is wrong with the model: values, not exceptions
    net.unknown, net.assumptions                  # what could not be known, and what was taken for granted

    net = astarch.read("model.py:Block", inputs="auto")    # without values: formulas; the input is worked out
    net.parameter_count, net.at(dim=768, heads=12).parameter_count
    net.requirements                              # what sizes must satisfy, or the program raises
    astarch.settings("model.py:GPT").columns      # the project's presets side by side

    astarch.find("src/")                          # every model of a project
    astarch.check("src/")                         # what is wrong with them, and astarch.explain("MDL110") what that means
    astarch.verify("model.py:Net(10)", "net.pt2").verdict   # a saved model, read and never run, confirms it or does not

    astarch.diff("main:net.py:Net", "net.py:Net").verdict       # what changed, and whether old checkpoints still load
    astarch.diff_repository("origin/main")        # every model that a branch changes

- *Reading*: `read`, `settings`, `find`. *Checking*: `check`, `explain`. *Confirming*: `verify`, a `Verification` of `Fact`,
  each with its `Status`; its `Verdict`.
- *What comes back*: `Architecture`, with its `Module`, `Parameter`, `Buffer`, `Call`, `Graph`, `Node`, `TensorType`, `Record`,
  `Dim`, `Unknown`, `Reason`, `Assumption`, `Requirement`, `Alternative`, `Inference`, `Settings`, `Diagnostic`, `Span`.
- *Writing*: `astarch.render` has one module per form: ``astarch.render.text.to_text(net)``, ``astarch.render.json.to_json(net)``.
- *Your own mistakes* raise `AstarchError`: `ReadError`, `TargetError`, `InputError`, `ConfigError`.

Everything is loaded when it is first used: importing astarch costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import check as check
    from .api import diff as diff
    from .api import diff_repository as diff_repository
    from .api import explain as explain
    from .api import find as find
    from .api import read as read
    from .api import settings as settings
    from .api import verify as verify
    from .errors import AstarchError as AstarchError
    from .errors import ConfigError as ConfigError
    from .errors import InputError as InputError
    from .errors import ReadError as ReadError
    from .errors import TargetError as TargetError
    from .inputs import InputSpec as InputSpec
    from .ir.architecture import Alternative as Alternative
    from .ir.architecture import Architecture as Architecture
    from .ir.architecture import Assumption as Assumption
    from .ir.architecture import Buffer as Buffer
    from .ir.architecture import Call as Call
    from .ir.architecture import Module as Module
    from .ir.architecture import Parameter as Parameter
    from .ir.architecture import Requirement as Requirement
    from .ir.change import Change as Change
    from .ir.change import Comparison as Comparison
    from .ir.change import Review as Review
    from .ir.diagnostic import Diagnostic as Diagnostic
    from .ir.dim import Dim as Dim
    from .ir.graph import Graph as Graph
    from .ir.graph import Node as Node
    from .ir.graph import Record as Record
    from .ir.graph import TensorType as TensorType
    from .ir.inference import Inference as Inference
    from .ir.settings import Preset as Preset
    from .ir.settings import Settings as Settings
    from .ir.span import Span as Span
    from .ir.unknown import Reason as Reason
    from .ir.unknown import Unknown as Unknown
    from .ir.verification import Fact as Fact
    from .ir.verification import Status as Status
    from .ir.verification import Verdict as Verdict
    from .ir.verification import Verification as Verification
    from .version import VERSION as __version__  # noqa: N811

_ROOMS = {
    ".api": ("diff", "diff_repository", "check", "explain", "find", "read", "settings", "verify"),
    ".errors": ("AstarchError", "ConfigError", "InputError", "ReadError", "TargetError"),
    ".inputs": ("InputSpec",),
    ".ir.architecture": ("Alternative", "Architecture", "Assumption", "Buffer", "Call", "Module", "Parameter", "Requirement"),
    ".ir.change": ("Change", "Comparison", "Review"),
    ".ir.diagnostic": ("Diagnostic",),
    ".ir.dim": ("Dim",),
    ".ir.graph": ("Graph", "Node", "Record", "TensorType"),
    ".ir.inference": ("Inference",),
    ".ir.settings": ("Preset", "Settings"),
    ".ir.span": ("Span",),
    ".ir.unknown": ("Reason", "Unknown"),
    ".ir.verification": ("Fact", "Status", "Verdict", "Verification"),
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Alternative",
    "Architecture",
    "Assumption",
    "AstarchError",
    "Buffer",
    "Call",
    "Change",
    "Comparison",
    "ConfigError",
    "Diagnostic",
    "Dim",
    "Fact",
    "Graph",
    "Inference",
    "InputError",
    "InputSpec",
    "Module",
    "Node",
    "Parameter",
    "Preset",
    "ReadError",
    "Reason",
    "Record",
    "Requirement",
    "Review",
    "Settings",
    "Span",
    "Status",
    "TargetError",
    "TensorType",
    "Unknown",
    "Verdict",
    "Verification",
    "__version__",
    "check",
    "diff",
    "diff_repository",
    "explain",
    "find",
    "read",
    "settings",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Load what is asked for, once."""
    if name == "__version__":
        value = import_module(".version", __name__).VERSION
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name], __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
