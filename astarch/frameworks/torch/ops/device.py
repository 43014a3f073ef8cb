"""Where tensors live and how they lie in memory: `torch.device`, layouts, generators, `torch.Size`."""

from __future__ import annotations

import re
from typing import Any

from ....ir.tensor import Shape
from ....ir.unknown import Reason
from ...describe import RUN, constant, kind, op, refuse, unknown
from ..tensor import TorchTensor

_TYPES = [
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy", "vulkan",
    "mps", "meta", "hpu", "mtia", "privateuseone"]  # fmt: skip
_WRITTEN = re.compile(r"([a-z_]+)(?::(0|[1-9]\d*))?\Z")

kind("torch.Size")(Shape)


@kind("torch.device")
class Device:
    """A place where tensors live.

    >>> torch.device("cuda:1").index
    1
    """

    def __init__(self, type: Any = None, index: Any = None) -> None:
        if isinstance(type, Device):
            type, index = type.type, type.index
        elif isinstance(type, int):
            type, index = "cuda", type
        elif isinstance(type, str):
            found = _WRITTEN.match(type)
            if found is None or found[1] not in _TYPES:
                refuse("RuntimeError", f"Invalid device string: {type!r}; expected one of {', '.join(_TYPES)}")
            if found[2] is not None:
                if index is not None:
                    refuse("RuntimeError", f"type (string) must not include an index because index was passed explicitly: {type}")
                index = int(found[2])
            type = found[1]
        else:
            refuse("TypeError", f"device(): argument 'type' must be str, not {type!r}")
        self.type = type
        self.index = index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        return f"device(type={self.type!r})" if self.index is None else f"device(type={self.type!r}, index={self.index})"

    def __enter__(self) -> Device:
        state = RUN.get().state
        state.setdefault("torch devices left", []).append(state.get("torch default device", "cpu"))
        state["torch default device"] = str(self)
        return self

    def __exit__(self, *error: Any) -> None:
        state = RUN.get().state
        state["torch default device"] = state["torch devices left"].pop()


def device_name(device: Any = None) -> str:
    """The name of a device argument (text, number, `Device`); the default device for None."""
    if device is None:
        return RUN.get().state.get("torch default device", "cpu")
    return str(device if isinstance(device, Device) else Device(device))


@op("torch.get_default_device")
def get_default_device() -> Any:
    """Where new tensors are made."""
    return Device(device_name())


@op("torch.set_default_device")
def set_default_device(device: Any) -> None:
    """Set where new tensors are made."""
    RUN.get().state["torch default device"] = "cpu" if device is None else device_name(device)


class _Named:
    """A value known by its name alone."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


@kind("torch.layout")
class Layout(_Named):
    """How elements are stored."""


@kind("torch.memory_format")
class MemoryFormat(_Named):
    """In which order axes lie in memory."""


@kind("torch.qscheme")
class QuantizationScheme(_Named):
    """How quantized elements stand for numbers."""


for _cls, _names in ((Layout, "strided sparse_coo sparse_csr sparse_csc sparse_bsr sparse_bsc jagged"),
                     (MemoryFormat, "contiguous_format preserve_format channels_last channels_last_3d"),
                     (QuantizationScheme, "per_tensor_affine per_tensor_symmetric per_channel_affine per_channel_symmetric")):  # fmt: skip
    for _name in _names.split():
        constant(f"torch.{_name}", _cls(_name))


@kind("torch.Generator", "torch._C.Generator")
class Generator:
    """A source of random numbers; what it draws is never known."""

    def __init__(self, device: Any = "cpu") -> None:
        self.device = device if isinstance(device, Device) else Device(device)
        self._seed = 67280421310721

    def manual_seed(self, seed: Any) -> Generator:
        """Start anew from this seed."""
        self._seed = seed
        return self

    def initial_seed(self) -> Any:
        """The seed it started from."""
        return self._seed

    def seed(self) -> Any:
        """Start anew from a seed of the system."""
        return random_number("Generator.seed")

    def get_state(self) -> Any:
        """Its state as bytes."""
        return TorchTensor((5056,), "uint8")

    def set_state(self, new_state: Any) -> None:
        """Go back to a state."""

    def clone_state(self) -> Generator:
        """A generator of the same state."""
        return Generator(self.device)


def random_number(what: str) -> Any:
    """A number that only the system tells."""
    return unknown(what, Reason.OUTSIDE)


constant("torch.default_generator", Generator())
constant("torch.random.default_generator", Generator())


@op("torch.manual_seed", "torch.random.manual_seed", lenient=True)
def manual_seed(seed: Any) -> Any:
    """Seed every generator; nothing that is known depends on it."""
    return Generator()


@op("torch.seed", "torch.random.seed")
def seed() -> Any:
    """Seed every generator from the system."""
    return random_number("torch.seed")


@op("torch.initial_seed", "torch.random.initial_seed")
def initial_seed() -> Any:
    """The seed of the default generator."""
    return random_number("torch.initial_seed")


@op("torch.get_rng_state", "torch.random.get_rng_state")
def get_rng_state() -> Any:
    """The state of the default generator, as bytes."""
    return TorchTensor((5056,), "uint8")


@op("torch.set_rng_state", "torch.random.set_rng_state", lenient=True)
def set_rng_state(new_state: Any) -> None:
    """Set the state of the default generator."""
