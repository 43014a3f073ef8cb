"""Names of torch that programs only ask about: classes of values that a plain forward never meets, answers about the machine."""

from __future__ import annotations

from typing import Any

from ....ir.unknown import Reason
from ...describe import constant, kind, op, unknown
from .dtypes import DTYPES
from .execution import Mode


def _stranger(names: str) -> None:
    """A class that nothing here is an instance of; constructing it gives what is not known."""
    every = names.split()

    def make(cls: Any, *args: Any, **kwargs: Any) -> Any:
        return unknown(every[0], Reason.NOT_DESCRIBED)

    kind(*every)(type(every[0].rpartition(".")[2], (), {"__doc__": "Never met.", "__new__": make}))


for _names in (
    "torch.SymInt", "torch.SymFloat", "torch.SymBool", "torch.fx.Proxy torch.fx.proxy.Proxy", "torch.fx.Node torch.fx.node.Node",
    "torch.fx.Graph torch.fx.graph.Graph", "torch.export.ExportedProgram",
    "torch.distributed.device_mesh.DeviceMesh torch.distributed.DeviceMesh",
    "torch.distributed.tensor.DTensor", "torch.distributed.tensor.Shard torch.distributed.tensor.placement_types.Shard",
    "torch.distributed.tensor.Replicate torch.distributed.tensor.placement_types.Replicate",
    "torch.distributed.ProcessGroup", "torch.distributed.tensor.Placement torch.distributed.tensor.placement_types.Placement",
    "torch._subclasses.FakeTensor torch._subclasses.fake_tensor.FakeTensor", "torch.cuda.CUDAGraph",
    "torch.nn.attention.flex_attention.BlockMask", "torch._C.Graph", "torch._C.Value", "torch.jit.CompilationUnit",
    "torch.export.Dim", "torch.masked.MaskedTensor", "torch.quantization.QConfig",
):  # fmt: skip
    _stranger(_names)


@op("torch.get_autocast_dtype")
def get_autocast_dtype(device_type: Any) -> Any:
    """The type that autocast would use."""
    return DTYPES["bfloat16" if str(device_type) in ("cpu", "xpu", "mps") else "float16"]


@op("torch.get_autocast_cpu_dtype")
def get_autocast_cpu_dtype() -> Any:
    """The type that autocast would use on the CPU."""
    return DTYPES["bfloat16"]


@op("torch.get_autocast_gpu_dtype")
def get_autocast_gpu_dtype() -> Any:
    """The type that autocast would use on a GPU."""
    return DTYPES["float16"]


@op("torch.sym_max", "torch.sym_min", "torch.sym_ite", lenient=True)
def sym_max(*args: Any) -> Any:
    """A size that tracing would keep."""
    return unknown("torch.sym_max", Reason.NOT_DESCRIBED)


@op("torch.sym_int", "torch.sym_float", "torch.sym_not", lenient=True)
def sym_int(a: Any) -> Any:
    """The number itself."""
    return a


@op("torch.cuda.get_device_name", "torch.cuda.get_device_properties", "torch.cuda.get_device_capability", "torch.cuda.mem_get_info",
    "torch.get_device_module", lenient=True)  # fmt: skip
def of_the_machine(*args: Any, **kwargs: Any) -> Any:
    """What only the machine tells."""
    return unknown("the machine it runs on", Reason.OUTSIDE)


@op("torch.accelerator.is_available")
def no_accelerator() -> bool:
    """False: models are read as on a CPU."""
    return False


@op("torch.accelerator.current_accelerator")
def current_accelerator(check_available: bool = False) -> None:
    """None: models are read as on a CPU."""


@op("torch.accelerator.device_count")
def no_devices() -> int:
    """None."""
    return 0


constant("torch.legacy_contiguous_format", None)


@op("torch.serialization.safe_globals", "torch.serialization.skip_data", lenient=True)
def safe_globals(*args: Any, **kwargs: Any) -> Any:
    """A context in which files are read; none are."""
    return Mode()


@op("torch.xpu.empty_cache", "torch.xpu.synchronize", "torch.accelerator.set_device_index", "torch.accelerator.synchronize",
    "torch.distributed.monitored_barrier", "torch.serialization.add_safe_globals", lenient=True)  # fmt: skip
def nothing(*args: Any, **kwargs: Any) -> None:
    """Nothing that changes shapes."""


@op("torch.xpu.memory_allocated", "torch.xpu.memory_reserved", "torch.cuda.memory_reserved", "torch.xpu.current_device", lenient=True)
def zero(*args: Any, **kwargs: Any) -> int:
    """No device, no memory."""
    return 0
