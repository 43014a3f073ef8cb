"""numpy's files (.npy, .npz): the header of each array, a literal; arrays of objects are pickles and refused."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from ..ir.architecture import Architecture, Assumption, Parameter
from .archives import opened_archive
from .opening import refuse
from .tree import named_tensors

_MAGIC = b"\x93NUMPY"
_KINDS = {"f2": "float16", "f4": "float32", "f8": "float64", "i1": "int8", "i2": "int16", "i4": "int32", "i8": "int64", "u1": "uint8",
          "u2": "uint16", "u4": "uint32", "u8": "uint64", "b1": "bool", "c8": "complex64", "c16": "complex128"}  # fmt: skip
_DESCRIPTION = re.compile(r"[<>|=]?([a-zA-Z]\d+)")


def reads(path: Path, head: bytes) -> bool:
    """Whether it is an array, or a zip of arrays."""
    return head.startswith(_MAGIC) or (head.startswith(b"PK\x03\x04") and path.suffix == ".npz")


def read(path: Path) -> Architecture:
    """Arrays by name."""
    if path.suffix != ".npz":
        with path.open("rb") as file:
            found = {"array": _array(path, "array", file.read(70_000))}
    else:
        with opened_archive(path) as archive:
            found = {
                name.removesuffix(".npy"): _array(path, name.removesuffix(".npy"), archive.beginning(name, 70_000)) for name in archive
            }
    said = [Assumption("all arrays are listed as parameters")]
    return named_tensors(str(path), "numpy arrays", "numpy", found, assumptions=said)


def _array(path: Path, name: str, data: bytes) -> Parameter:
    if not data.startswith(_MAGIC) or len(data) < 12:
        refuse(path, f"holds `{name[:80]}`, which is no array of numpy", "it is damaged")
    wide = data[6] > 1
    length = int.from_bytes(data[8:12] if wide else data[8:10], "little")
    start = 12 if wide else 10
    if length > 65_536 or start + length > len(data):
        refuse(path, f"has a header of {length:,} bytes for `{name[:80]}`", "it is damaged")
    try:
        header = ast.literal_eval(data[start : start + length].decode("latin-1").strip())
        description, shape = header["descr"], tuple(header["shape"])
    except (ValueError, SyntaxError, KeyError, TypeError, RecursionError, MemoryError) as error:
        refuse(path, f"has a damaged header for `{name[:80]}`: {error}", "download or save it again")
    if not isinstance(description, str) or "O" in description:
        refuse(path, f"holds the pickled objects `{name[:80]}`", "loading them could run code; save plain arrays")
    kind = _DESCRIPTION.fullmatch(description)
    if kind is None or not all(type(side) is int and side >= 0 for side in shape):
        refuse(path, f"describes `{name[:80]}` as {description[:40]} {str(shape)[:80]}", "it is damaged")
    return Parameter(name, shape, _KINDS.get(kind[1], kind[1]))
