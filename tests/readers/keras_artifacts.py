"""Run by a Python that has TensorFlow: saves models in every format it writes, with what TensorFlow says of them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras_models
import numpy as np
import tensorflow as tf
import tensorflow1_artifacts
from tensorflow.python.framework import op_def_registry
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

#: Those that are written as TFLite too: what the others compute needs operations of TensorFlow beside.
LITE = (
    "small",
    "residual",
    "chain",
    "siamese",
    "unet",
    "embedded",
    "attentive",
    "nested",
    "enlarged",
    "timed",
    "crossed",
    "unnamed",
    "unnamed_pair",
    "unnamed_twins",
)


def main(folder: Path) -> None:
    truth = {}
    for make in keras_models.MODELS:
        tf.keras.backend.clear_session()  # each as in a program of its own: Keras counts the names that it gives
        model, name = make(), make.__name__
        train(model)
        model.save(folder / f"{name}.keras")
        model.save(folder / f"{name}.h5")
        model.save_weights(folder / f"{name}.weights.h5")
        model.export(folder / f"{name}_export", verbose=False)
        tf.saved_model.save(model, str(folder / f"{name}_saved"))
        tf.train.Checkpoint(model=model).write(str(folder / f"{name}_checkpoint"))
        specs = [tf.TensorSpec((1, *tensor.shape[1:]), tensor.dtype, name=tensor.name) for tensor in model.inputs]
        call = tf.function(lambda *given, model=model: model(list(given) if len(given) > 1 else given[0])).get_concrete_function(*specs)
        constant = convert_variables_to_constants_v2(call)
        whole = convert_variables_to_constants_v2(call, lower_control_flow=False).graph.as_graph_def()
        (folder / f"{name}_whole.pb").write_bytes(whole.SerializeToString())
        frozen = constant.graph.as_graph_def()
        (folder / f"{name}_frozen.pb").write_bytes(frozen.SerializeToString())
        served = tf.saved_model.load(str(folder / f"{name}_saved")).signatures["serving_default"]
        inner = [f for f in served.graph.as_graph_def().library.function if "traced" not in f.signature.name]
        truth[name] = {
            "weights": [[weight.path, list(weight.shape), str(weight.dtype)] for weight in model.weights],
            "layers": [
                [layer.name, type(layer).__name__, [n.operation.name for node in layer._inbound_nodes for n in history(node)]]
                for layer in model.layers
            ],
            "frozen": {node.name: [node.op, [i for i in node.input if not i.startswith("^")], stated(node)] for node in frozen.node},
            "served": sorted(node.op for function in inner for node in function.node_def),
            "configs": {layer.name: plain(layer.get_config()) for layer in model.layers},
            "listed": [[key, list(shape)] for key, shape in tf.train.list_variables(str(folder / f"{name}_checkpoint"))],
        }
        if name in LITE:
            converters = {
                "": tf.lite.TFLiteConverter.from_concrete_functions([constant]),
                "_open": tf.lite.TFLiteConverter.from_saved_model(str(folder / f"{name}_saved")),  # leaves its variables outside
            }
            for ending, converter in converters.items():
                content = converter.convert()
                (folder / f"{name}{ending}.tflite").write_bytes(content)
                reader = tf.lite.Interpreter(model_content=content)
                truth[name][f"tflite{ending}"] = [op["op_name"] for op in reader._get_ops_details() if op["op_name"] != "DELEGATE"]
    for make, shape in keras_models.OTHERS:
        model, name = make(), make.__name__
        model(tf.zeros(shape))
        model.save(folder / f"{name}.keras")
        model.save(folder / f"{name}.h5")
        model.save_weights(folder / f"{name}.weights.h5")
        model.export(folder / f"{name}_export", verbose=False)
        tf.train.Checkpoint(model=model).write(str(folder / f"{name}_checkpoint"))
    truth.update(tensorflow1_artifacts.write(folder))
    truth["definitions"] = {name: results for name in dir(tf.raw_ops) if (results := definition(name)) is not None}
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")


def train(model: object) -> None:
    """Weights as after training: converters leave out what is nothing, and share what is equal."""
    random = np.random.default_rng(0)
    for weight in model.weights:
        if "float" in str(weight.dtype):
            values = random.normal(size=weight.shape)
            weight.assign(abs(values) + 0.5 if "variance" in weight.path else values)


def stated(node: object) -> dict:
    """The attributes of a node that are numbers, texts, truths or lists of numbers."""
    found = {}
    for name, value in node.attr.items():
        kind = value.WhichOneof("value")
        if kind in ("i", "f", "b"):
            found[name] = getattr(value, kind)
        elif kind == "s":
            found[name] = value.s.decode()
        elif kind == "list" and value.list.i:
            found[name] = list(value.list.i)
    return {name: value for name, value in found.items() if not name.startswith("_")}


def plain(config: dict) -> dict:
    """The settings that are numbers, texts, truths, or lists of them."""
    simple = (bool, int, float, str, type(None))
    return {
        key: value
        for key, value in config.items()
        if isinstance(value, simple) or (isinstance(value, (list, tuple)) and all(isinstance(item, simple) for item in value))
    }


def definition(name: str) -> tuple[list[str], list[str]] | None:
    """The attributes of an operation that are types, and what is the type of each result; None where results are a list of any."""
    found = op_def_registry.get(name)
    if found is None or not found.output_arg or any(result.type_list_attr for result in found.output_arg):
        return None
    results = [result.type_attr or tf.as_dtype(result.type).name for result in found.output_arg]
    return [attribute.name for attribute in found.attr if attribute.type == "type"], results


def history(node: object) -> list:
    return [tensor._keras_history for tensor in node.input_tensors]


main(Path(sys.argv[1]))
