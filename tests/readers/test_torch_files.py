"""What torch saves reads back as what torch has: names, shapes, types, operations."""

from __future__ import annotations

import re
from typing import Any

import onnx
import pytest
import torch

import astarch
from astarch.ir.graph import TensorType
from astarch.ir.verify import problems
from astarch.readers.torchscript_operators import argument_name, operations
from astarch.render.json import to_data
from astarch.render.markdown import to_markdown
from astarch.render.paint import Page
from astarch.render.text import to_text
from readers import models
from readers.models import INPUTS

NAMES = list(INPUTS)
STATES = ["state.pt", "old.pt", "checkpoint.pt", "safetensors"]
MODULES = ["whole.pt", "trace.pt", "script.pt", "pt2"]


def stated(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')}{list(tensor.shape)}"


def told(items: Any) -> dict[str, str]:
    return {name: f"{item.dtype}{list(item.shape)}" for name, item in items.items()}


@pytest.mark.parametrize("form", STATES)
@pytest.mark.parametrize("name", NAMES)
def test_states(workshop: Any, name: str, form: str) -> None:
    truth = {key: stated(value) for key, value in workshop.live(name).state_dict().items()}
    read = astarch.read(str(workshop.file(name, form)))
    found = {key.removeprefix("module."): value for key, value in told(read.parameters).items()}
    assert found == truth
    if form in ("state.pt", "old.pt"):
        assert list(found) == list(truth)
        assert [*read.modules] == [key for key, _ in workshop.live(name).named_modules(remove_duplicate=False)]
    if form != "safetensors":
        tied = {key: item.tied_to for key, item in read.parameters.items() if item.tied_to}
        assert len(tied) == (1 if name == "TiedGPT" else 0)
    assert not problems(read)


@pytest.mark.parametrize("form", MODULES)
@pytest.mark.parametrize("name", NAMES)
def test_modules(workshop: Any, name: str, form: str) -> None:
    live = workshop.live(name)
    read = astarch.read(str(workshop.file(name, form)))
    assert told(read.parameters) == {key: stated(value) for key, value in live.named_parameters(remove_duplicate=False)}
    assert told(read.buffers) == {key: stated(value) for key, value in live.named_buffers()}
    assert {key: item.trainable for key, item in read.parameters.items()} == {
        key: value.requires_grad for key, value in live.named_parameters(remove_duplicate=False)
    }
    truth = {key: type(value).__name__ for key, value in live.named_modules(remove_duplicate=False)}
    found = {key: module.class_name for key, module in read.modules.items()}
    assert found.keys() == truth.keys()
    assert all(found[key] in (kind, "") for key, kind in truth.items())
    if form != "pt2":
        assert found == truth
    assert not problems(read)


@pytest.mark.parametrize("name", NAMES)
def test_exported_graph(workshop: Any, name: str) -> None:
    """Every node of the exported program: its target, its output's shape, its line."""
    path = workshop.file(name, "pt2")
    graph = torch.export.load(path).graph
    truth = [(str(node.target), shapes(node.meta.get("val"))) for node in graph.nodes if node.op == "call_function"]
    read = astarch.read(str(path))
    found = [(node.target, told_shapes(node.output)) for node in read.graph if node.op == "call_function"]
    skipped = ("getitem", "<built-in")
    assert [entry for entry in found if "getitem" not in entry[0]] == [entry for entry in truth if not any(s in entry[0] for s in skipped)]


def shapes(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return list(value.shape)
    return [shapes(item) for item in value] if isinstance(value, list | tuple) else None


def told_shapes(value: Any) -> Any:
    if isinstance(value, TensorType):
        return list(value.shape)
    return [told_shapes(item) for item in value] if isinstance(value, tuple) else None


@pytest.mark.parametrize("form", ["legacy.onnx", "dynamo.onnx"])
@pytest.mark.parametrize("name", NAMES)
def test_onnx(workshop: Any, name: str, form: str) -> None:
    """Nodes, attributes, inputs and initializers as onnx itself reads them."""
    path = workshop.file(name, form)
    model = onnx.load(path)
    read = astarch.read(str(path))
    nodes = [node for node in read.graph if node.op == "call_function"]
    assert [node.target for node in nodes] == [node.op_type for node in model.graph.node if not model.functions]
    for node, truth in zip(nodes, model.graph.node, strict=True):
        assert [text for _, text in node.arguments] == [text for text in truth.input if text]
        for attribute in truth.attribute:
            compare(node.attributes[attribute.name], onnx.helper.get_attribute_value(attribute))
    kinds = {**told(read.parameters), **told(read.buffers)}
    assert kinds == {
        tensor.name: f"{onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)}{list(tensor.dims)}" for tensor in model.graph.initializer
    }
    assert not problems(read)


def compare(found: Any, truth: Any) -> None:
    if isinstance(truth, bytes):
        assert found == truth.decode()
    elif isinstance(truth, onnx.TensorProto):
        values = onnx.numpy_helper.to_array(truth)
        assert values.size > 64 or found == (values.ravel().tolist() if values.ndim else values.item())
    elif isinstance(truth, float):
        assert found == pytest.approx(truth)
    else:
        assert found == truth


@pytest.mark.parametrize("name", NAMES)
def test_torchscript_operations(workshop: Any, name: str) -> None:
    """The operations that the trace inlines, in order, without its arithmetic on sizes."""
    path = workshop.file(name, "trace.pt")
    graph = torch.jit.load(str(path)).inlined_graph
    wanted = ("conv", "linear", "relu", "pool", "norm", "embedding", "lstm", "gru", "attention", "cat", "tanh", "gelu", "sigmoid", "silu")
    truth = [node.kind().removeprefix("aten::") for node in graph.nodes() if any(word in node.kind() for word in wanted)]
    read = astarch.read(str(path))
    found = [
        node.target.removeprefix("torch.") for node in read.graph if node.op == "call_function" and any(w in node.target for w in wanted)
    ]
    assert sorted(found) == sorted(truth)


def test_names_of_arguments() -> None:
    """The arguments of TorchScript's operations are called what torch's schemas call them."""
    for name in operations():
        schemas = torch._C._jit_get_schemas_for_operator(f"aten::{name}")
        assert schemas, name
        listed = [[argument.name for argument in schema.arguments if not argument.kwarg_only] for schema in schemas]
        for place in range(max(map(len, listed))):
            found = argument_name(f"torch.{name}", place)
            packed = argument_name(f"torch.{name}", place, packed=True)
            assert found == str(place) or all(names[place] in (found, packed) for names in listed if place < len(names)), (name, place)


def test_shown(workshop: Any) -> None:
    """A saved graph on a terminal: each operation with its inputs, output and attributes, each tensor with its shape."""
    for form, operation in {
        "dynamo.onnx": "#1 Conv x, conv.weight, conv.bias 1×8×8×8 strides=[2,2], pads=[1,1,1,1], kernel_shape=[3,3]",
        "pt2": "#1 conv2d x, conv.weight, conv.bias 1×8×8×8 stride=[2,2], padding=[1,1]",
        "trace.pt": "#1 _convolution x, conv.weight, conv.bias stride=[2,2], padding=[1,1], dilation=[1,1], groups=1",
    }.items():
        read = astarch.read(str(workshop.file("SmallCNN", form)))
        page = Page(width=400)
        text = to_text(read, page=page, depth=None, operations=True)
        row = next(line for line in text.splitlines() if line.startswith("#1 "))
        assert all(word.strip(",") in row for word in operation.split())
        assert "conv.weight" in text
        assert "8×3×3×3" in text
        assert re.search(r"^Parameters +1,514", text, re.MULTILINE)
        for width in (40, 60, 100):
            assert max(map(len, to_text(read, page=Page(width=width), depth=None, operations=True).splitlines())) <= width
        node = next(node for node in to_data(read)["graph"]["nodes"] if node["op"] == "call_function" and "onv" in node["target"])
        assert [2, 2] in (node["attributes"].get("stride"), node["attributes"].get("strides"))
        markdown = to_markdown(read, depth=None, operations=True)
        assert "| # | Operation | Inputs | Output | Attributes |" in markdown


@pytest.mark.parametrize("name", NAMES)
def test_exported_settings(workshop: Any, name: str) -> None:
    """All that the operations of the exported program are given beside tensors, by the names of their schemas."""
    path = workshop.file(name, "pt2")
    truth = [node for node in torch.export.load(path).graph.nodes if node.op == "call_function" and hasattr(node.target, "_schema")]
    found = [node for node in astarch.read(str(path)).graph if node.op == "call_function" and not node.target.startswith("_operator")]
    assert [node.target for node in found] == [str(node.target) for node in truth]
    compared = 0
    for mine, node in zip(found, truth, strict=True):
        names = [argument.name for argument in node.target._schema.arguments]
        for key, value in (*zip(names, node.args, strict=False), *node.kwargs.items()):
            if plain(value):
                assert mine.attributes[key] == value, (mine.target, key)
                compared += 1
    assert compared or name == "TwoInputs"


@pytest.mark.parametrize("form", ["trace.pt", "script.pt"])
@pytest.mark.parametrize("name", NAMES)
def test_torchscript_settings(workshop: Any, name: str, form: str) -> None:
    """The constants that convolutions, pools, norms and the like are given, by the names of their schemas; its code leaves defaults out."""
    path = workshop.file(name, form)
    wanted = ("_convolution", "conv2d", "conv_transpose2d", "max_pool2d", "avg_pool2d", "group_norm", "leaky_relu", "linear", "embedding")
    graph = torch.jit.load(str(path)).inlined_graph
    truth: set[str] = set()
    usual: dict[str, dict[str, str]] = {}
    for node in (one for kind in wanted for one in graph.findAllNodes(f"aten::{kind}")):
        arguments = torch._C.parse_schema(node.schema()).arguments
        given = {argument.name: constant(value) for argument, value in zip(arguments, node.inputs(), strict=True)}
        usual[node.kind().removeprefix("aten::")] = {one.name: str(one.default_value) for one in arguments}
        given = {key: value for key, value in given.items() if value != usual[node.kind().removeprefix("aten::")][key]}
        truth.add(f"{node.kind().removeprefix('aten::')} {sorted((key, value) for key, value in given.items() if value is not None)}")
    found: set[str] = set()
    for node in astarch.read(str(path)).graph:
        base = node.target.rpartition(".")[2]
        if node.op == "call_function" and base in wanted:
            given = {key: value for key, value in node.attributes.items() if value not in (None, "?", []) or value is False}
            given = {key: value for key, value in given.items() if str(value) != usual[base].get(key)}
            found.add(f"{base} {sorted((key, str(value)) for key, value in given.items())}")
    assert truth
    assert found == truth


def constant(value: Any) -> str | None:
    """A constant of a graph as text; None for what is none, the constant None, and an empty list."""
    node = value.node()
    if node.kind() == "prim::Constant":
        found = value.toIValue()
        return None if found is None or isinstance(found, torch.Tensor) or found == [] else str(found)
    if node.kind() == "prim::ListConstruct":
        items = [constant(item) for item in node.inputs()]
        return f"[{', '.join(item for item in items if item is not None)}]" if items and None not in items else None
    return None


def plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(plain(item) for item in value)
    return isinstance(value, bool | int | float | str)


@pytest.mark.parametrize("name", NAMES)
def test_multiplications(workshop: Any, name: str) -> None:
    """Those of the source where the file keeps the shapes; else nothing, and why."""
    source = astarch.read(f"{models.__file__}:{name}", inputs=INPUTS[name])
    for form in ("pt2", "dynamo.onnx", "legacy.onnx", "trace.pt", "state.pt"):
        data = to_data(astarch.read(str(workshop.file(name, form))))
        if form in ("pt2", "dynamo.onnx"):
            assert data["macs"] == source.macs > 0
        else:
            assert data["macs"] is None
            assert [item["detail"] for item in data["unknown"] if "/macs" in item["fields"]]
