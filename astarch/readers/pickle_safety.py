"""What a pickle would do beyond rebuilding a model: such a file is refused, though nothing of it is ever run here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from .opening import refuse
from .pickle_machine import Global, Made, Pickled, PickleError, read_pickle

_BUILTINS = {
    "dict",
    "list",
    "tuple",
    "set",
    "frozenset",
    "slice",
    "range",
    "complex",
    "bytearray",
    "object",
    "type",
    "getattr",
    "int",
    "float",
    "str",
    "bool",
    "bytes",
}

#: Of the standard library, what makes plain values and nothing else.
_STANDARD = {
    *(f"{module}.{name}" for module in ("builtins", "__builtin__") for name in _BUILTINS),
    "collections.OrderedDict",
    "collections.defaultdict",
    "collections.Counter",
    "collections.deque",
    "argparse.Namespace",
    "types.SimpleNamespace",
    "pathlib.PosixPath",
    "pathlib.WindowsPath",
    "pathlib.PurePosixPath",
    "pathlib.Path",
    "pathlib._local.PosixPath",
    "pathlib._local.WindowsPath",
    "datetime.datetime",
    "datetime.date",
    "datetime.time",
    "datetime.timedelta",
    "datetime.timezone",
    "decimal.Decimal",
    "fractions.Fraction",
    "uuid.UUID",
    "enum.Enum",
    "functools.partial",
    "_codecs.encode",
    "copyreg._reconstructor",
    "copy_reg._reconstructor",
    "copyreg.__newobj__",
}

#: Of torch and numpy, what rebuilds tensors and plain values.
_TENSORS = (
    "torch._utils._rebuild_",
    "torch._tensor._rebuild_",
    "torch.jit._pickle.",
    "torch.Size",
    "torch.device",
    "torch.dtype",
    "torch.serialization._get_layout",
    "torch.storage.TypedStorage",
    "torch.storage.UntypedStorage",
    "torch.random.",
    "torch.Generator",
    "torch._C.Generator",
    "numpy.core.multiarray.",
    "numpy._core.multiarray.",
    "numpy.dtype",
    "numpy.ndarray",
    "numpy.core.numeric._frombuffer",
    "numpy._core.numeric._frombuffer",
    "numpy.random._pickle.",
)

#: Packages whose functions are known, so that an unlisted one is no model's own.
_KNOWN_PACKAGES = {"torch", "numpy", "torchvision", "pip", "setuptools", "pkg_resources", "IPython", "requests", "urllib3"}


def checked_pickle(path: Path, data: bytes, start: int = 0, what: str = "") -> Pickled:
    """Read a pickle that rebuilds a model; one that would do anything else is refused by what it would do."""
    try:
        pickled = read_pickle(data, start)
    except PickleError as error:
        seen = f"; before that it names {', '.join(error.names[:8])}" if error.names else ""
        refuse(path, f"{what}holds a pickle that cannot be read: {error}{seen}", "it is damaged, or made to harm; do not load it")
    deeds = [deed for made in pickled.made if (deed := _deed(made))] + [f"changes {thing}" for thing in pickled.changes]
    if deeds:
        refuse(path, f"{what}runs code when it is loaded: it {deeds[0]}", "do not load it; ask its author for safetensors")
    return pickled


def _deed(made: Made) -> str:
    """What making this would do that no model needs; empty when it is harmless."""
    of = made.of
    if not isinstance(of, Global):
        return f"calls the result of {_called(of)}"
    name, package = str(of), of.module.partition(".")[0]
    if name in _STANDARD:
        return ""
    if package in sys.stdlib_module_names or package in ("nt", "__builtin__") or _reaches_out(of):
        return f"calls {name}"
    if package in _KNOWN_PACKAGES and made.how == "reduce" and not name.startswith(_TENSORS) and not of.name[:1].isupper():
        return f"calls {name}"
    return ""


def _reaches_out(of: Global) -> bool:
    """Whether a dotted name goes through a module of the standard library, as in ``torch.serialization`` ``os.system``."""
    first, dot, _ = of.name.partition(".")
    return bool(dot) and first in sys.stdlib_module_names


def _called(of: Any) -> str:
    return str(of.of) if isinstance(of, Made) and isinstance(of.of, Global) else type(of).__name__
