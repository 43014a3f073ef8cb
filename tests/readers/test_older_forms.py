"""What TensorFlow 1, Keras 2 and tf2onnx write reads back, and is held against the source as what is written today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnx
import pytest

import astarch
from astarch.ir.verification import Status, Verdict
from astarch.ir.verify import problems

SAMPLES = Path(__file__).with_name("samples")
SOURCE = Path(__file__).with_name("keras_models.py")
Files = tuple[Path, Any]

# --- TensorFlow 1 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["_saved", "_ckpt.meta", "_frozen.pb"])
@pytest.mark.parametrize("name", ["tf1_old", "tf1_resource"])
def test_graphs_of_sessions(keras_files: Files, name: str, form: str) -> None:
    """Variables, operations, and what these are made with, from a graph without functions."""
    folder, truth = keras_files
    read = astarch.read(str(folder / f"{name}{form}"))
    assert not problems(read)
    assert not read.unknown
    variables = truth[name]["variables"]
    assert {key: list(item.shape or ()) for key, item in read.parameters.items()} == {key: shape for key, (shape, _) in variables.items()}
    if form != "_frozen.pb":
        assert {key: item.trainable for key, item in read.parameters.items()} == {key: trained for key, (_, trained) in variables.items()}
    nodes = {node.name: node for node in read.graph if node.op == "call_function"}
    for key, node in nodes.items():
        if key in truth[name]["nodes"] and "/while" not in key:
            assert node.target == truth[name]["nodes"][key].replace("FusedBatchNormV2", "FusedBatchNormV3")
    assert nodes["conv/Conv2D"].attributes["strides"] == [1, 2, 2, 1]
    assert nodes["bn/FusedBatchNorm"].attributes["epsilon"] == 0.01
    assert nodes["pool"].attributes["ksize"] == [1, 2, 2, 1]
    kernel = next(read.graph[index] for index in nodes["fc/MatMul"].inputs if read.graph[index].op == "get_attr")
    assert (kernel.target, kernel.output.shape) == ("fc/kernel", (128, 10))


def test_checkpoints_of_sessions(keras_files: Files) -> None:
    folder, truth = keras_files
    for name in ("tf1_old", "tf1_resource"):
        read = astarch.read(str(folder / f"{name}_ckpt.index"))
        assert {key: list(item.shape or ()) for key, item in read.parameters.items()} == {
            key: shape for key, (shape, _) in truth[name]["variables"].items()
        }
        assert "trained" not in read.attributes["holds"]


# --- Keras 2 ----------------------------------------------------------------------------------------------------------

#: The sample, the model it is of, what of its source is changed, and what it says of the source itself.
KERAS_2 = {
    "keras2_embedded.keras": ("embedded", "layers.Dropout(0.1", "layers.Dropout(0.2", Verdict.CONFIRMED),
    "keras2_recurrent.keras": ("recurrent", "layers.LSTM(16", "layers.LSTM(12", Verdict.CONFIRMED),
    "keras2_residual.h5": ("residual", "momentum", "", Verdict.CONFIRMED),
    "keras2_residual_saved": ("residual", "epsilon=0.002", "epsilon=0.001", Verdict.CONSISTENT),
    "keras2_chain_ckpt.index": ("chain", "layers.Dense(6", "layers.Dense(7", Verdict.CONSISTENT),
    "tf2onnx_residual.onnx": ("residual", "layers.ReLU(", "layers.LeakyReLU(0.1, ", Verdict.CONSISTENT),
    "tf2onnx_unet.onnx": ("unet", "Conv2DTranspose(4, 2, strides=2", "Conv2DTranspose(4, 4, strides=2, padding='same'", Verdict.CONFIRMED),
}


@pytest.mark.parametrize("sample", KERAS_2)
def test_sources_against_samples(tmp_path: Path, sample: str) -> None:
    name, old, new, verdict = KERAS_2[sample]
    read = astarch.read(str(SAMPLES / sample))
    assert not problems(read)
    found = astarch.verify(f"{SOURCE}:{name}", read)
    assert not found.of(Status.CONTRADICTED)
    assert found.of(Status.CONFIRMED)
    assert found.verdict is verdict
    text = SOURCE.read_text(encoding="utf-8")
    old, new = (old, new) if new else ("epsilon=0.002", "epsilon=0.002, momentum=0.9")
    start = text.index(f"def {name}(")
    end = text.index("\n\n\n", start)
    assert old in text[start:end]
    changed = tmp_path / "changed.py"
    changed.write_text(text[:start] + text[start:end].replace(old, new) + text[end:], encoding="utf-8")
    assert astarch.verify(f"{changed}:{name}", read).verdict is Verdict.CONTRADICTED


def test_layers_beside_a_graph() -> None:
    """A SavedModel of Keras 2 keeps the settings of its layers; its scopes are called as the layers are."""
    read = astarch.read(str(SAMPLES / "keras2_residual_saved"))
    assert read.modules["bn"].class_name == "BatchNormalization"
    assert read.modules["bn"].arguments["epsilon"] == 0.002
    assert read.modules["stem"].arguments["kernel_size"] == [3, 3]
    assert [(node.target, node.module) for node in read.graph if node.op == "call_function" and "onv" in node.target] == [
        ("Conv2D", "residual/stem"),
        ("Conv2D", "residual/conv"),
    ]
    assert {name for name, item in read.parameters.items() if not item.trainable} == {"bn/moving_mean", "bn/moving_variance"}


@pytest.mark.parametrize("sample", ["tf2onnx_residual.onnx", "tf2onnx_unet.onnx"])
def test_tf2onnx(sample: str) -> None:
    """As onnx itself reads it: nodes, inputs, attributes, tensors."""
    model = onnx.load(SAMPLES / sample)
    read = astarch.read(str(SAMPLES / sample))
    nodes = [node for node in read.graph if node.op == "call_function"]
    assert [(node.name, node.target) for node in nodes] == [(node.name, node.op_type) for node in model.graph.node]
    for node, truth in zip(nodes, model.graph.node, strict=True):
        assert [text for _, text in node.arguments] == [text for text in truth.input if text]
        for attribute in truth.attribute:
            value = onnx.helper.get_attribute_value(attribute)
            assert node.attributes[attribute.name] == (value.decode() if isinstance(value, bytes) else value)
    shapes = {key: list(item.shape or ()) for key, item in (*read.parameters.items(), *read.buffers.items())}
    assert shapes == {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
