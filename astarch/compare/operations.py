"""The operations of a forward in one form: of a source's graph, and of the graphs that formats keep."""

# ruff: noqa: RUF024 - the shared values are only read
from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..ir.architecture import Architecture
from ..ir.graph import Node, TensorType
from ..ir.span import NOWHERE, Span
from .kinds import IDLE, KINDS, base_name
from .settings import module_settings

#: Layers whose work is many operations: they are known by their name, not by what is inside.
COMPOSITE = {
    "MultiheadAttention",
    "TransformerEncoderLayer",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerDecoder",
    "Transformer",
}


#: What moves elements in a way that the shape alone does not tell.
MOVES = {
    "transpose",
    "permute",
    "t",
    "T",
    "mT",
    "flip",
    "roll",
    "movedim",
    "swapaxes",
    "rot90",
    "getitem",
    "__getitem__",
    "select",
    "chunk",
    "split",
    "unbind",
    "narrow",
    "gather",
    "index_select",
    "masked_fill",
    "tril",
    "triu",
    "where",
}


@dataclass(slots=True)
class Operation:
    """One operation: its kind, what it is made with, the shape of its weight, and where it stands."""

    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    weight: tuple[Any, ...] | None = None
    module: str = ""
    name: str = ""
    at: Span = NOWHERE
    dtype: str = ""
    feeders: tuple[str, ...] = ()
    output: tuple[Any, ...] | None = None
    layer: bool = False
    given: dict[str, Any] = field(default_factory=dict)


def source_operations(source: Architecture) -> tuple[list[Operation], list[str], list[str]]:
    """What a source runs, in order; the composite layers among it; and what has no name here."""
    found: list[Operation] = []
    composite: list[str] = []
    strange: list[str] = []
    owners: dict[int, str] = {}
    nodes = list(source.graph)
    for node in nodes:
        if node.op not in ("call_module", "call_function", "call_method"):
            continue
        module = source.modules.get(node.target) if node.op == "call_module" else None
        base = module.class_name if module is not None else base_name(node.target)
        if base in COMPOSITE:
            composite.append(node.target)
            owners[node.index] = f"composite {node.target}"
            continue
        kind = KINDS.get(base)
        if kind is None:
            if base not in IDLE:
                strange.append(base)
            continue
        place = module.defined_at if module is not None and module.defined_at.line else node.at
        operation = Operation(kind, {}, None, node.module, node.target, place, output=_shape(node.output), layer=module is not None)
        if module is None:
            given = {name: _listed(value) for name, value in node.attributes.get("arguments", {}).items()}
            operation.given = {name: value for name, value in given.items() if value is not _TENSOR}
        if module is not None:
            operation.module = node.target
            operation.settings = _canonical(module_settings(module))
            first = module.shared_with or node.target
            weights = [source.parameters[name] for name in (f"{first}.weight", f"{first}.weight_ih_l0") if name in source.parameters]
            if weights:
                operation.weight, operation.dtype = weights[0].shape, weights[0].dtype
        operation.feeders = feeders(nodes, node, owners, set())
        owners[node.index] = f"operation {len(found)}"
        found.append(operation)
    return found, composite, strange


def artifact_operations(artifact: Architecture, composite: list[str], idle: Collection[int] = ()) -> tuple[list[Operation], list[str]]:
    """What an artifact runs, in order, without what is inside of composite layers and what is idle; and what has no name here."""
    nodes = list(artifact.graph)
    sizes = _of_sizes(nodes)
    found: list[Operation] = []
    strange: list[str] = []
    skip = _fused(nodes)
    owners: dict[int, str] = {}
    for node in nodes:
        if node.op not in ("call_function", "call_method", "call_module") or node.index in sizes or node.index in skip:
            continue
        if node.index in idle:
            continue
        inside = next((name for name in composite if node.module == name or node.module.startswith(f"{name}.")), None)
        if inside is not None:
            owners[node.index] = f"composite {inside}"
            continue
        base = base_name(node.target)
        if node.target.startswith("_operator."):
            continue
        weights = [nodes[source] for source in node.inputs if nodes[source].op == "get_attr"]
        kind = _kind(base, node, weights)
        if kind is None:
            if base not in IDLE:
                strange.append(base)
            continue
        large = [one for one in weights if isinstance(one.output, TensorType) and len(one.output.shape) > 1]
        kind = "conv_transpose" if base == "_convolution" and node.attributes.get("transposed") is True else kind
        operation = Operation(kind, _stated(base, node), None, node.module, node.target, node.at, output=_shape(node.output))
        if large:
            operation.weight, operation.dtype = large[0].output.shape, large[0].output.dtype
        operation.feeders = feeders(nodes, node, owners, sizes)
        owners[node.index] = f"operation {len(found)}"
        found.append(operation)
    return found, strange


_TENSOR = object()


def _listed(value: Any) -> Any:
    """A stated argument as a plain value; a tensor is none."""
    if isinstance(value, tuple) and value[:1] == ("list",):
        items = [_listed(item) for item in value[1:]]
        return _TENSOR if any(item is _TENSOR for item in items) else items
    return _TENSOR if isinstance(value, tuple) else value


def moves(source: Architecture, *, shaped: bool) -> list[str]:
    """The functions of a source that move elements about in a way that shapes do not show, or any where no shapes are kept."""
    names = (base_name(node.target) for node in source.graph if node.op in ("call_function", "call_method"))
    wanted = MOVES if shaped else MOVES | _SHAPED
    return sorted({name for name in names if name in wanted})


#: What changes a shape alone.
_SHAPED = {"view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "expand", "ravel", "view_as", "reshape_as"}


def _shape(output: Any) -> tuple[Any, ...] | None:
    """The sizes of a tensor, or of the first of several, when all of them are numbers."""
    if isinstance(output, tuple) and output:
        output = output[0]
    shape = getattr(output, "shape", None)
    return tuple(shape) if shape is not None and all(type(side) is int for side in shape) else None


def feeders(nodes: list[Node], node: Node, owners: Mapping[int, str], sizes: set[int]) -> tuple[str, ...]:
    """The operations whose results a node takes, in order, through everything that only moves values about."""
    found: dict[str, None] = {}
    seen: set[int] = set()
    stack = list(reversed(node.inputs))
    while stack:
        index = stack.pop()
        if index in seen or index in sizes:
            continue
        seen.add(index)
        if index in owners:
            found.setdefault(owners[index])
        else:
            stack.extend(reversed(nodes[index].inputs))
    return tuple(found)


def _kind(base: str, node: Node, weights: list[Node]) -> str | None:
    """The kind, where the weights decide between two."""
    real = [one for one in weights if isinstance(one.output, TensorType) and len(one.output.shape) == 2]
    if base == "Gather" and real and real[0].index == node.inputs[0]:
        return "embedding"
    if base in ("MatMul", "matmul", "BatchMatMulV2", "BATCH_MATMUL") and real:
        return "linear"
    return KINDS.get(base)


def _of_sizes(nodes: list[Node]) -> set[int]:
    """The nodes that compute with sizes and constants only."""
    found: set[int] = set()
    for node in nodes:
        base = base_name(node.target)
        if base in ("Shape", "size", "dim", "len", "Constant", "NumToTensor", "Const", "arange", "Range", "sym_size"):
            found.add(node.index)
        elif node.op == "get_attr":
            if isinstance(node.output, TensorType) and not node.output.dtype.startswith(("float", "bfloat")):
                found.add(node.index)
        elif node.op.startswith("call") and all(source in found for source in node.inputs):  # also what takes nothing at all
            found.add(node.index)
    return found


def _fused(nodes: list[Node]) -> set[int]:
    """Additions that are the bias of a product, and the product that makes a sigmoid a SiLU."""
    found: set[int] = set()
    for node in nodes:
        base = base_name(node.target)
        if base in ("Add", "AddV2", "add") and len(node.inputs) == 2:
            kinds = [nodes[source] for source in node.inputs]
            if any(one.op == "get_attr" for one in kinds) and any(base_name(one.target) in ("MatMul", "matmul") for one in kinds):
                found.add(node.index)
    return found


# --- settings in one form -------------------------------------------------------------------------------------------------

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}),
    "conv_transpose2d": {"stride": 1, "padding": 0, "output_padding": 0, "groups": 1, "dilation": 1},
    "layer_norm": {"eps": 1e-05},
    "group_norm": {"eps": 1e-05},
    **dict.fromkeys(("max_pool1d", "max_pool2d"), {"padding": 0, "dilation": 1, "ceil_mode": False}),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d"), {"padding": 0, "ceil_mode": False, "count_include_pad": True}),
    **dict.fromkeys(("leaky_relu", "leaky_relu_"), {"negative_slope": 0.01}),
    **dict.fromkeys(("elu", "elu_"), {"alpha": 1.0}),
    "gelu": {"approximate": "none"},
    "cat": {"dim": 0},
}

_ONNX = {
    "strides": "stride",
    "dilations": "dilation",
    "group": "groups",
    "kernel_shape": "kernel_size",
    "epsilon": "eps",
    "pads": "padding",
}

#: The settings that are compared, by kind.
COMPARED: Mapping[str, tuple[str, ...]] = {
    "conv": ("stride", "padding", "dilation", "groups"),
    "conv_transpose": ("stride", "padding", "dilation", "groups", "output_padding"),
    "batch_norm": ("eps", "momentum"),
    "instance_norm": ("eps",),
    "embedding": ("padding_idx",),
    "layer_norm": ("eps",),
    "group_norm": ("eps", "num_groups"),
    "max_pool": ("kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "avg_pool": ("kernel_size", "stride", "padding", "ceil_mode"),
    "leaky_relu": ("negative_slope",),
    "elu": ("alpha",),
    "softmax": ("dim",),
    "gelu": ("approximate",),
    "lstm": ("num_layers", "bidirectional", "batch_first", "hidden_size"),
    "gru": ("num_layers", "bidirectional", "batch_first", "hidden_size"),
}


#: What the sizes of weights and results tell, or what makes no difference, or is compared beside.
BY_SHAPE = frozenset(
    (
        *("in_channels", "out_channels", "num_channels", "in_features", "out_features", "num_features", "num_embeddings", "bias", "affine"),
        *("embedding_dim", "normalized_shape", "elementwise_affine", "track_running_stats", "input_size", "output_size", "start_dim"),
        *("end_dim", "return_indices", "num_parameters", "init", "sparse", "scale_grad_by_freq", "norm_type", "padding_mode", "p"),
    )
)


def _canonical(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if not isinstance(value, dict)}


def _stated(base: str, node: Node) -> dict[str, Any]:
    """The settings of an artifact's operation, under the names of torch."""
    found: dict[str, Any] = dict(_DEFAULTS.get(base, {}))
    for key, value in node.attributes.items():
        found[_ONNX.get(key, key)] = value
    if "Pool" not in base and "pool" in base and found.get("stride") in (None, []):
        found["stride"] = found.get("kernel_size")
    change: Callable[[dict[str, Any]], None] | None = _CHANGES.get(base)
    if change is not None:
        change(found)
    return found


def _pads(found: dict[str, Any]) -> None:
    """ONNX pads both ends of each axis; torch says it once."""
    pads = found.get("padding")
    if found.get("auto_pad") not in (None, "NOTSET"):
        found["padding"] = found["auto_pad"]
    elif isinstance(pads, list) and len(pads) % 2 == 0 and pads[: len(pads) // 2] == pads[len(pads) // 2 :]:
        found["padding"] = pads[: len(pads) // 2]
    elif pads is None:
        found["padding"] = 0
    found.setdefault("stride", 1)
    found.setdefault("dilation", 1)
    if "ceil_mode" in found:
        found["ceil_mode"] = bool(found["ceil_mode"])


def _onnx_recurrent(found: dict[str, Any]) -> None:
    found["bidirectional"] = found.get("direction") == "bidirectional"


_CHANGES: Mapping[str, Callable[[dict[str, Any]], None]] = {
    "Conv": _pads,
    "ConvTranspose": _pads,
    "MaxPool": _pads,
    "AveragePool": _pads,
    "LSTM": _onnx_recurrent,
    "GRU": _onnx_recurrent,
    "BatchNormalization": lambda found: found.update(momentum=1 - found["momentum"] if "momentum" in found else 0.1),
    "LeakyRelu": lambda found: found.update(negative_slope=found.get("alpha", 0.01)),
}
