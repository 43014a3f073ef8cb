"""What TensorFlow and Keras save reads back as what they say of it, without TensorFlow."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import astarch
from astarch.ir.verify import problems
from astarch.readers.tensorflow_results import operations, result_types

NAMES = ["small", "residual", "recurrent", "embedded", "chain", "siamese", "unet", "padded", "attentive", "nested"]
#: Their libraries hold functions that the signature does not reach: of loops, of gradients.
UNREACHED = ["recurrent", "unet", "padded", "attentive"]
LITE = ["small", "residual", "chain", "siamese", "unet", "embedded", "attentive", "nested", "enlarged", "timed", "crossed", "unnamed"]
Files = tuple[Path, Any]


@pytest.mark.parametrize("form", ["keras", "h5"])
@pytest.mark.parametrize("name", NAMES)
def test_whole_models(keras_files: Files, name: str, form: str) -> None:
    folder, truth = keras_files
    read = astarch.read(str(folder / f"{name}.{form}"))
    weights = [[key, list(item.shape or ()), item.dtype] for key, item in read.parameters.items()]
    wanted = [entry for entry in truth[name]["weights"] if "seed_generator" not in entry[0]]
    assert [entry for entry in weights if "seed_generator" not in entry[0]] == wanted
    layers = [[key, module.class_name, list(module.inbound or ())] for key, module in read.modules.items() if key and "/" not in key]
    assert layers == [[key, kind, list(dict.fromkeys(inbound))] for key, kind, inbound in truth[name]["layers"]]
    assert not problems(read)


@pytest.mark.parametrize("form", ["keras", "h5"])
@pytest.mark.parametrize("name", NAMES)
def test_settings_of_layers(keras_files: Files, name: str, form: str) -> None:
    """Every layer with all that it says of itself."""
    folder, truth = keras_files
    read = astarch.read(str(folder / f"{name}.{form}"))
    for key, config in truth[name]["configs"].items():
        if "input_layers" in config:
            continue  # a model in it, whose layers are listed themselves
        found = {"name": key.rpartition("/")[2], **read.modules[key].arguments}
        assert {setting: found[setting] for setting in config} == config


@pytest.mark.parametrize("form", ["export", "saved"])
@pytest.mark.parametrize("name", NAMES)
def test_saved_models(keras_files: Files, name: str, form: str) -> None:
    folder, truth = keras_files
    read = astarch.read(str(folder / f"{name}_{form}"))
    weights = {key: [list(item.shape or ()), item.dtype] for key, item in (*read.parameters.items(), *read.buffers.items())}
    wanted = {key: [shape, dtype] for key, shape, dtype in truth[name]["weights"]}
    assert {key: value for key, value in weights.items() if "seed_generator" not in key} == {
        key: value for key, value in wanted.items() if "seed_generator" not in key
    }
    if form == "saved":
        plain = {"Identity", "ReadVariableOp", "NoOp", "StatefulPartitionedCall", "PartitionedCall"}
        found = sorted(node.target for node in read.graph if node.op == "call_function")
        served = [op for op in truth[name]["served"] if op not in plain]
        assert not Counter(found) - Counter(served)  # a loop computes more than it gives
        assert name in UNREACHED or found == served
        if name == "recurrent":
            assert [found.count(op) for op in ("MatMul", "Sigmoid", "Tanh", "While")] == [3, 3, 2, 1]
    assert not problems(read)


def test_saved_models_need_no_tensorflow(keras_files: Files) -> None:
    """In a process of its own: in this one an earlier test may have imported it."""
    program = "import sys, astarch; [astarch.read(path) for path in sys.argv[1:]]; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    saved = [str(keras_files[0] / f"{name}_{form}") for name in NAMES for form in ("export", "saved")]
    done = subprocess.run([sys.executable, "-c", program, *saved], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_small_cnn_in_detail(keras_files: Files) -> None:
    """The operations with their inputs, outputs, strides, padding and kernels."""
    read = astarch.read(str(keras_files[0] / "small_saved"))
    nodes = {node.target: node for node in read.graph}
    assert {"Conv2D", "BiasAdd", "Relu", "MaxPool", "MatMul"} <= nodes.keys()
    conv = nodes["Conv2D"]
    assert conv.attributes["strides"] == [1, 2, 2, 1]
    assert conv.attributes["padding"] == "SAME"
    assert conv.attributes["data_format"] == "NHWC"
    image, kernel = (read.graph[source] for source in conv.inputs)
    assert image.op == "placeholder"
    assert (kernel.target, kernel.output.shape) == ("conv/kernel", (3, 3, 3, 8))
    assert conv.output.shape[1:] == (8, 8, 8)
    assert nodes["MaxPool"].attributes["ksize"] == [1, 2, 2, 1]
    assert read.graph[nodes["MatMul"].inputs[1]].target == "fc/kernel"


@pytest.mark.parametrize("name", NAMES)
def test_frozen_graphs(keras_files: Files, name: str) -> None:
    folder, truth = keras_files
    read = astarch.read(str(folder / f"{name}_frozen.pb"))
    frozen = truth[name]["frozen"]
    found = [(node.name, node) for node in read.graph if node.op == "call_function"]
    assert found
    for key, node in found:
        if key in frozen:
            op, _, attributes = frozen[key]
            assert node.target == op
            for attribute, value in attributes.items():
                stated = node.attributes[attribute]
                assert stated == pytest.approx(value) if isinstance(value, float) else stated == value
    assert not problems(read)


@pytest.mark.parametrize("name", NAMES)
def test_checkpoints(keras_files: Files, name: str) -> None:
    folder, truth = keras_files
    read = astarch.read(str(folder / f"{name}_checkpoint.index"))
    ending = "/.ATTRIBUTES/VARIABLE_VALUE"
    wanted = {key.removesuffix(ending).replace("/", "."): shape for key, shape in truth[name]["listed"] if key.endswith(ending)}
    wanted.pop("save_counter", None)
    assert {key: list(item.shape or ()) for key, item in read.parameters.items()} == wanted


@pytest.mark.parametrize("name", NAMES)
def test_weights_alone(keras_files: Files, name: str) -> None:
    folder, truth = keras_files
    read = astarch.read(str(folder / f"{name}.weights.h5"))
    assert sorted(list(item.shape or ()) for item in read.parameters.values()) == sorted(shape for _, shape, _ in truth[name]["weights"])


def test_types_of_results(keras_files: Files) -> None:
    """What names the type of a result, as TensorFlow's own definitions of its operations have it."""
    definitions = keras_files[1]["definitions"]
    assert set(operations()) <= definitions.keys()
    known = 0
    for name, (attributes, results) in definitions.items():
        found = result_types(name, lambda attribute, those=attributes: attribute if attribute in those else None)
        if found != (None,):  # said to be not known, which is never wrong
            known += 1
            assert [found[min(place, len(found) - 1)] for place in range(len(results))] == results, name
    assert known > 500


@pytest.mark.parametrize("ending", ["", "_open"])
@pytest.mark.parametrize("name", LITE)
def test_tflite(keras_files: Files, name: str, ending: str) -> None:
    """The operators as TFLite's own interpreter lists them; with their weights, and with variables that stay outside of the file."""
    folder, truth = keras_files
    read = astarch.read(str(folder / f"{name}{ending}.tflite"))
    assert [node.target for node in read.graph if node.op == "call_function"] == truth[name][f"tflite{ending}"]
    assert not problems(read)
    stated = {key for node in read.graph for key in node.attributes}
    assert {"fused_activation_function"} <= stated
    wanted = sorted(sorted(shape) for _, shape, _ in truth[name]["weights"] if len(shape) > 1)
    found = [sorted(item.shape or ()) for item in read.parameters.values() if len(item.shape or ()) > 1]
    assert not ending or all(shape in found for shape in wanted)
