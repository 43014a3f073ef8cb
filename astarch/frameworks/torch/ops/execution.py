"""What only changes how torch executes: scripting, compiling, autograd modes, autocast, checkpointing, hooks.

Nothing here changes shapes; functions given to it are called as they are, so that the structure inside is kept.
"""

from __future__ import annotations

from typing import Any

from ....ir.unknown import Unknown
from ...describe import RUN, constant, kind, op, refuse
from .gradients import GradMode, switch


class Mode:
    """A context manager that is also a decorator, and changes nothing that we record."""

    described = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: Any) -> bool:
        return False

    def __call__(self, function: Any) -> Any:
        return function


def _identity(name: str) -> None:
    """A decorator, used with or without arguments, that gives back what it decorates."""

    @op(*name.split(), lenient=True)
    def decorate(function: Any = None, *args: Any, **kwargs: Any) -> Any:
        return Mode() if function is None or isinstance(function, (str, bool, int)) else function


for _name in (
    "torch.compile", "torch.compiler.disable", "torch.compiler.allow_in_graph", "torch.compiler.assume_constant_result",
    "torch._dynamo.disable", "torch._dynamo.allow_in_graph", "torch._dynamo.disallow_in_graph", "torch._disable_dynamo", "torch.jit.script",
    "torch.jit.ignore", "torch.jit.unused", "torch.jit.export", "torch.jit.script_method", "torch.jit.interface", "torch.jit.freeze",
    "torch.jit.optimize_for_inference", "torch.jit.script_if_tracing", "torch.jit._script_if_tracing", "torch.jit._overload",
    "torch.jit._overload_method", "torch.amp.custom_fwd", "torch.amp.custom_bwd", "torch.cuda.amp.custom_fwd",
    "torch.cuda.amp.custom_bwd", "torch.autograd.function.once_differentiable", "torch.fx.wrap", "torch.fx._symbolic_trace.wrap",
    "torch.library.register_fake", "torch.utils._pytree.register_pytree_node", "torch._dynamo.mark_static_address",
    "torch.utils.data._utils.collate.default_collate", "torch.compiler.substitute_in_graph", "torch.compiler.wrap_numpy",
):  # fmt: skip
    _identity(_name)


@op("torch.jit.trace", lenient=True)
def trace(func: Any, *args: Any, **kwargs: Any) -> Any:
    """The function itself: what it does is read, not traced."""
    return func


@op("torch.jit.annotate", lenient=True)
def annotate(the_type: Any, the_value: Any) -> Any:
    """The value itself."""
    return the_value


def _answers(names: str, value: Any) -> None:
    @op(*names.split(), lenient=True)
    def answer(*args: Any, **kwargs: Any) -> Any:
        return value


_answers("""torch.jit.is_scripting torch.jit.is_tracing torch._C._get_tracing_state torch.onnx.is_in_onnx_export torch.compiler.is_compiling
    torch.compiler.is_dynamo_compiling torch.compiler.is_exporting torch._dynamo.is_compiling torch._dynamo.config.suppress_errors
    torch._utils.is_compiling torch.is_grad_enabled
    torch.is_inference_mode_enabled torch.is_autocast_enabled torch.is_autocast_cpu_enabled torch.is_anomaly_enabled
    torch.overrides.has_torch_function torch.overrides.has_torch_function_unary torch.overrides.has_torch_function_variadic
    torch.cuda.is_available torch.cuda.is_initialized torch.cuda.is_bf16_supported torch.cuda.is_current_stream_capturing
    torch.backends.mps.is_available
    torch.backends.mps.is_built torch.backends.cudnn.is_available torch.xpu.is_available torch.mps.is_available torch.mtia.is_available
    torch.hpu.is_available torch.npu.is_available torch.musa.is_available torch.mlu.is_available
    torch.distributed.is_initialized torch.distributed.is_nccl_available torch.distributed.is_torchelastic_launched
    torch.are_deterministic_algorithms_enabled torch.backends.cuda.is_flash_attention_available torch.jit.is_strict
    torch.fx._symbolic_trace.is_fx_tracing torch.fx._symbolic_trace.is_fx_symbolic_tracing torch.fx.is_fx_tracing
    torch.cuda.is_tf32_supported torch._C._functorch.is_batchedtensor torch.xpu.is_current_stream_capturing torch.xpu.is_initialized
    torch.xpu.is_bf16_supported torch.xpu.is_tf32_supported""", False)  # fmt: skip
_answers("torch.distributed.is_available torch.backends.mkldnn.is_available torch.backends.openmp.is_available torch.backends.mkl.is_available "
         "torch.distributed.is_gloo_available torch.backends.cuda.is_built torch._C._has_torch_function", True)  # fmt: skip
_answers("torch.cuda.device_count torch.distributed.get_rank torch.cuda.memory_allocated torch.cuda.current_device "
         "torch.cuda.max_memory_allocated torch.xpu.device_count", 0)  # fmt: skip
_answers("torch.distributed.get_world_size torch.get_num_threads torch.get_num_interop_threads", 1)
_answers("""torch._C._log_api_usage_once torch.cuda.synchronize torch.cuda.empty_cache torch.cuda.set_device torch.cuda.manual_seed
    torch.cuda.manual_seed_all torch.distributed.barrier torch.distributed.init_process_group torch.distributed.destroy_process_group
    torch.distributed.all_reduce torch.distributed.broadcast torch.set_num_threads torch.use_deterministic_algorithms torch.autograd.backward
    torch.set_float32_matmul_precision torch.autograd.set_detect_anomaly torch.save torch.compiler.reset torch._dynamo.reset
    torch._dynamo.mark_dynamic torch._dynamo.maybe_mark_dynamic torch._dynamo.graph_break torch.compiler.cudagraph_mark_step_begin
    torch.ops.load_library torch.ops.import_module torch.set_printoptions torch.set_warn_always torch.onnx.register_custom_op_symbolic
    torch.library.define torch.library.impl torch.jit.set_fusion_strategy torch._C._jit_set_profiling_executor
    torch._C._jit_set_profiling_mode torch._C._jit_override_can_fuse_on_cpu torch._C._jit_override_can_fuse_on_gpu
    torch._C._jit_set_texpr_fuser_enabled torch._C._jit_set_nvfuser_enabled torch.cuda.reset_peak_memory_stats
    torch.cuda.nvtx.range_push torch.cuda.nvtx.range_pop torch.jit.save torch._check_is_size torch._check_tensor_all
    torch._check_tensor_all_with torch.cuda.init""", None)  # fmt: skip


@op("torch._assert", lenient=True)
def _assert(condition: Any, message: Any = "") -> None:
    """What holds from here on."""
    if isinstance(condition, Unknown):
        RUN.get().settle(condition)
    elif condition is False:
        refuse("AssertionError", str(message))


@op("torch.overrides.handle_torch_function", lenient=True)
def handle_torch_function(public_api: Any, relevant_args: Any, *args: Any, **kwargs: Any) -> Any:
    """The function that would have been overridden."""
    return RUN.get().call(public_api, *args, **kwargs)


@op("torch.utils.checkpoint.checkpoint", lenient=True)
def checkpoint(function: Any, *args: Any, use_reentrant: Any = None, context_fn: Any = None, determinism_check: Any = None,
               debug: Any = False, early_stop: Any = True, preserve_rng_state: Any = True, **kwargs: Any) -> Any:  # fmt: skip
    """The function's own result: activations are recomputed later, shapes are the same."""
    return RUN.get().call(function, *args, **kwargs)


@op("torch.utils.checkpoint.checkpoint_sequential", lenient=True)
def checkpoint_sequential(functions: Any, segments: Any, input: Any, use_reentrant: Any = None, **kwargs: Any) -> Any:
    """The functions one after another."""
    run = RUN.get()
    for function in functions:
        input = run.call(function, input)
    return input


def _gradients(names: str, turn_on: bool) -> None:
    @op(*names.split(), lenient=True)
    def enter(*args: Any, **kwargs: Any) -> Any:
        given = args[0] if args else next(iter(kwargs.values()), True)
        if callable(given) and not isinstance(given, type):
            return GradMode(None)(given)
        return GradMode(turn_on if given is True else None)


_gradients("torch.no_grad torch.autograd.no_grad torch.autograd.grad_mode.no_grad", False)
_gradients("torch.enable_grad torch.autograd.enable_grad", True)
_gradients("torch.inference_mode torch.autograd.inference_mode", False)


@op("torch.set_grad_enabled", "torch.autograd.set_grad_enabled", lenient=True)
def set_grad_enabled(mode: Any = None) -> Any:
    """Gradients on or off, from here on or in a block: not told apart, so that nobody knows."""
    switch(None)
    return GradMode(None)


def _mode(names: str) -> None:
    @op(*names.split(), lenient=True)
    def enter(*args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and callable(args[0]) and not isinstance(args[0], type):
            return args[0]
        return Mode()


for _name in (
    "torch.autocast torch.amp.autocast torch.amp.autocast_mode.autocast", "torch.cuda.amp.autocast torch.cpu.amp.autocast",
    "torch.autograd.profiler.record_function torch.profiler.record_function", "torch.autograd.detect_anomaly",
    "torch.random.fork_rng", "torch.cuda.device torch.cuda.stream", "torch.backends.cudnn.flags", "torch.backends.mha.set_fastpath_enabled",
    "torch.jit.optimized_execution", "torch._dynamo._trace_wrapped_higher_order_op.TransformGetItemToIndex",
    "torch.autograd.graph.save_on_cpu", "torch.autograd.graph.saved_tensors_hooks",
    "torch.nn.utils.parametrize.cached torch.nn.parametrize.cached", "torch.nn.utils.stateless._reparametrize_module",
    "torch.autograd.forward_ad.dual_level", "torch.jit._hide_source_ranges", "torch.autograd.profiler.profile torch.profiler.profile",
    "torch.overrides.TorchFunctionMode", "torch._C.DisableTorchFunctionSubclass torch._C.DisableTorchFunction",
    "torch.nn.utils.init.skip_init_context", "torch.compiler.set_stance", "torch.cuda.nvtx.range",
):  # fmt: skip
    _mode(_name)

for _name, _value in {
    "torch.backends.cudnn.enabled": True, "torch.backends.cudnn.benchmark": False, "torch.backends.cudnn.deterministic": False,
    "torch.backends.cudnn.allow_tf32": True, "torch.backends.cuda.matmul.allow_tf32": False,
    "torch.utils.cpp_extension.CUDA_HOME": None,
    "torch._dynamo.config.cache_size_limit": 8, "torch.distributed.ReduceOp.SUM": 0, "torch.distributed.group.WORLD": None,
    "torch.jit._script._cached_compiled_methods": (), "torch._jit_internal.BroadcastingList1": list,
}.items():  # fmt: skip
    if _value is not list:
        constant(_name, _value)


@kind("torch.Event", "torch.cuda.Event")
class Event:
    """A marker in a stream of work."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def record(self, stream: Any = None) -> None:
        """Nothing to record."""

    def synchronize(self) -> None:
        """Nothing to wait for."""


@kind("torch.cuda.Stream", "torch.Stream")
class Stream(Mode):
    """A stream of work; everything here happens at once."""

    def synchronize(self) -> None:
        """Nothing to wait for."""


@kind("torch.jit.Final", "torch.jit.ScriptFunction", "torch.jit.Future")
class Annotation:
    """A name used in annotations only."""

    def __class_getitem__(cls, item: Any) -> Any:
        return item


def _check(name: str, kind: str) -> None:
    @op(name, lenient=True)
    def check(cond: Any, message: Any = None) -> None:
        _checked(kind, cond, message)

    check.__doc__ = f"Raises a {kind} unless the condition holds."


def _checked(kind: str, cond: Any, message: Any) -> None:
    if cond is False:
        said = RUN.get().call(message) if message is not None else ""
        refuse(kind, said if isinstance(said, str) else "")


for _name, _kind in {"": "RuntimeError", "_index": "IndexError", "_value": "ValueError", "_type": "TypeError",
                     "_not_implemented": "NotImplementedError"}.items():  # fmt: skip
    _check(f"torch._check{_name}", _kind)


@op("torch._check_with", lenient=True)
def check_with(error_type: Any, cond: Any, message: Any = None) -> None:
    """Raises an error of the program's choice unless the condition holds."""
    _checked(getattr(error_type, "name", "RuntimeError"), cond, message)
