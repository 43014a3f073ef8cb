"""Weights that a layer is given besides its own, or instead of them: low-rank adapters, and kernels of few bits with their scales."""

from __future__ import annotations

import math
from typing import Any

from ..describing import KerasTensor, refuse, shaped

MODES = ("int8", "float8", "int4", "gptq", "awq")
#: Numbers that a group of an int4 kernel has when nothing is said.
GROUP = 128
#: The largest values that a float8 layer remembers.
_REMEMBERED = 1024


def adapted(self: Any, rank: Any, alpha: Any, kernel: Any, names: tuple[str, str], starts: tuple[Any, Any]) -> None:
    """``enable_lora``: the kernel is not trained any more, two small ones are.

    Args:
        self: The layer.
        rank: How many columns and rows they have.
        alpha: How strongly they count.
        kernel: The layer's kernel, its attribute.
        names: What the small kernels are called, and what the kernel's constraint and regularizer are.
        starts: How they are initialized.
    """
    name, of = names
    if self.__dict__[f"{of}_constraint"] is not None:
        refuse("ValueError", f"Lora is incompatible with {of} constraints. In order to enable lora on this layer, remove the "
               f"`{of}_constraint` argument.")  # fmt: skip
    if not self.__dict__["built"]:
        refuse("ValueError", "Cannot enable lora on a layer that isn't yet built.")
    if self.lora_enabled:
        refuse("ValueError", "lora is already enabled. This can only be done once per layer.")
    self._tracker.unlock()
    shape = self.__dict__.get("_unpacked_shape") or tuple(self.__dict__[kernel].shape)
    for letter, sizes, start in (("a", (*shape[:-1], rank), starts[0]), ("b", (rank, shape[-1]), starts[1])):
        made = self.add_weight(name=f"{name}_{letter}", shape=sizes, initializer=start, dtype="float32",
                               regularizer=self.__dict__[f"{of}_regularizer"])  # fmt: skip
        setattr(self, f"{name}_{letter}", made)
    self.__dict__[kernel].trainable = False  # it stays where it stands among the weights
    self._tracker.lock()
    self.lora_enabled = True
    self.lora_rank, self.lora_alpha = rank, rank if alpha is None else alpha


# --- kernels of few bits ----------------------------------------------------------------------------------------------


def mode_of(self: Any) -> str | None:
    """How the layer's element type says that its kernel is kept, if not in full."""
    return self.quantization_mode


def replaces(mode: Any) -> bool:
    """Whether a kernel of few bits stands in the place of the layer's own."""
    return mode in ("int8", "int4", "gptq", "awq")


def few_bits(self: Any, mode: str, name: str, shape: tuple[Any, Any], by_rows: bool = False) -> None:
    """Make the kernel of a layer in few bits, with its scales.

    Args:
        self: The layer.
        mode: One of `MODES`.
        name: What the kernel is called; its attribute with an underscore before it.
        shape: The full kernel's.
        by_rows: Scales belong to rows, and groups are parts of them.
    """
    rows, columns = shape
    if mode == "int8":
        packed, scale, group = shape, (rows if by_rows else columns,), None
    elif mode == "int4":
        group = _group(self)
        count = None if group is None else math.ceil((columns if by_rows else rows) / group)
        packed = (rows, (columns + 1) // 2)
        scale = (rows if by_rows else columns,) if count is None else (rows, count) if by_rows else (count, columns)
        self.__dict__["_unpacked_shape"] = shape
    else:
        raise NotImplementedError(mode)
    setattr(self, f"_{name}", self.add_weight(name=name, shape=packed, initializer="zeros", dtype="int8", trainable=False))
    setattr(self, f"{name}_scale", self.add_weight(name=f"{name}_scale", shape=scale, initializer="ones", trainable=False))
    if group is not None:
        zero = self.add_weight(name=f"{name}_zero", shape=scale, initializer="zeros", dtype="int8", trainable=False)
        setattr(self, f"{name}_zero", zero)
        index = (columns if by_rows else rows,)
        self.g_idx = self.add_weight(name="g_idx", shape=index, initializer="zeros", dtype="float32", trainable=False)


def scaled(self: Any) -> None:
    """What a float8 layer keeps of the sizes of what goes through it."""
    for name in ("inputs", "kernel", "outputs_grad"):
        for end, shape in (("scale", ()), ("amax_history", (_REMEMBERED,))):
            made = self.add_weight(name=f"{name}_{end}", shape=shape, initializer="ones", dtype="float32", trainable=True, autocast=False)
            made.overwrite_with_gradient = True
            setattr(self, f"{name}_{end}", made)


def _group(self: Any) -> int | None:
    """The numbers of a group: as ``quantize`` was told, or as the name of the element type says."""
    group = self.__dict__.get("_group_size")
    if group is None:
        start = self.__dict__["_dtype_policy"].name.partition("_from_")[0]
        group = int(start.partition("/")[2]) if "/" in start else -1
    return None if group == -1 else group


def checked(self: Any, mode: Any) -> None:
    """What every layer asks before it is quantized."""
    if mode not in MODES:
        refuse("ValueError", f"Invalid quantization mode. Expected one of {MODES}. Received: mode={mode}")
    if mode in ("gptq", "awq"):
        refuse("ValueError", f"For {mode.upper()}, you must pass a `{mode.upper()}Config` object in the `config` argument.")
    if not self.__dict__["built"]:
        refuse("ValueError", f"Cannot quantize a layer that isn't yet built. Layer '{self.name}' is not built yet.")
    if self.__dict__.get("_is_quantized"):
        refuse("ValueError", f"Layer '{self.name}' is already quantized with dtype_policy='{self.__dict__['_dtype_policy'].name}'.")
    if mode == "int8" and self.compute_dtype == "float16":
        refuse("ValueError", f"Quantization mode='{mode}' doesn't work well with compute_dtype='float16'.")


def quantize(self: Any, mode: str, build: Any, *lost: str) -> None:
    """``quantize`` of a layer that has been built: ``build(mode)`` makes its kernels anew.

    Args:
        self: The layer.
        mode: One of `MODES`.
        build: Makes the kernels.
        lost: The attributes of the kernels that go.
    """
    checked(self, mode)
    self._tracker.unlock()
    if replaces(mode):
        for name in lost:
            delattr_of(self, name)
    if mode == "int4":
        self.__dict__["_group_size"] = GROUP
    build(mode)
    self._tracker.lock()
    self.__dict__["_is_quantized"] = True
    if mode_of(self) is None:
        start = f"int4/{GROUP}" if mode == "int4" else mode
        self.dtype_policy = f"{start}_from_{self.__dict__['_dtype_policy'].name}"


def delattr_of(self: Any, name: str) -> None:
    """Take a weight from a layer."""
    self._untrack_variable(self.__dict__.pop(name))


def as_said(self: Any, inputs: Any) -> KerasTensor:
    """What a quantized layer gives: of the shape and the element type it says."""
    return shaped(self, inputs)
