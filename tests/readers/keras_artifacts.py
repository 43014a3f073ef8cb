"""Run by a Python that has TensorFlow: saves models in every format it writes, with what TensorFlow says of them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import tensorflow as tf
from keras import layers
from tensorflow.python.framework import op_def_registry
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2


def small() -> keras.Model:
    x = keras.Input((16, 16, 3), name="image")
    y = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="conv")(x)
    y = layers.MaxPooling2D(2, name="pool")(y)
    return keras.Model(x, layers.Dense(10, name="fc")(layers.Flatten(name="flat")(y)), name="small")


def residual() -> keras.Model:
    x = keras.Input((8, 8, 3), name="image")
    stem = layers.Conv2D(8, 3, padding="same", name="stem")(x)
    y = layers.BatchNormalization(epsilon=0.002, name="bn")(layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv")(stem))
    y = layers.Add(name="sum")([stem, layers.ReLU(name="act")(y)])
    return keras.Model(x, layers.Dense(5, name="fc")(layers.GlobalAveragePooling2D(name="gap")(y)), name="residual")


def recurrent() -> keras.Model:
    x = keras.Input((7, 8), name="sequence")
    return keras.Model(x, layers.Dense(5, name="fc")(layers.LSTM(16, name="lstm")(x)), name="recurrent")


def embedded() -> keras.Model:
    a, b = keras.Input((5,), dtype="int32", name="tokens"), keras.Input((4,), name="extra")
    y = layers.Concatenate(name="join")([layers.Flatten(name="flat")(layers.Embedding(20, 6, name="embed")(a)), b])
    y = layers.LayerNormalization(name="norm")(layers.Dense(8, activation="gelu", name="hidden")(y))
    return keras.Model([a, b], layers.Dense(2, name="out")(layers.Dropout(0.1, name="drop")(y)), name="embedded")


def main(folder: Path) -> None:
    truth = {}
    for make in (small, residual, recurrent, embedded):
        model, name = make(), make.__name__
        model.save(folder / f"{name}.keras")
        model.save(folder / f"{name}.h5")
        model.save_weights(folder / f"{name}.weights.h5")
        model.export(folder / f"{name}_export", verbose=False)
        tf.saved_model.save(model, str(folder / f"{name}_saved"))
        tf.train.Checkpoint(model=model).write(str(folder / f"{name}_checkpoint"))
        specs = [tf.TensorSpec((1, *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs]
        call = tf.function(lambda *given, model=model: model(list(given) if len(given) > 1 else given[0])).get_concrete_function(*specs)
        frozen = convert_variables_to_constants_v2(call).graph.as_graph_def()
        (folder / f"{name}_frozen.pb").write_bytes(frozen.SerializeToString())
        served = tf.saved_model.load(str(folder / f"{name}_saved")).signatures["serving_default"]
        inner = [f for f in served.graph.as_graph_def().library.function if "traced" not in f.signature.name]
        truth[name] = {
            "weights": [[weight.path, list(weight.shape), str(weight.dtype)] for weight in model.weights],
            "layers": [
                [layer.name, type(layer).__name__, [n.operation.name for node in layer._inbound_nodes for n in history(node)]]
                for layer in model.layers
            ],
            "frozen": {
                node.name: [node.op, [i for i in node.input if not i.startswith("^")], list(node.attr["strides"].list.i)] for node in frozen.node
            },
            "served": sorted(node.op for function in inner for node in function.node_def),
            "listed": [[key, list(shape)] for key, shape in tf.train.list_variables(str(folder / f"{name}_checkpoint"))],
        }
        if name == "small":
            converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / f"{name}_saved"))
            content = converter.convert()
            (folder / f"{name}.tflite").write_bytes(content)
            reader = tf.lite.Interpreter(model_content=content)
            truth[name]["tflite"] = [op["op_name"] for op in reader._get_ops_details() if op["op_name"] != "DELEGATE"]
    truth["definitions"] = {name: results for name in dir(tf.raw_ops) if (results := definition(name)) is not None}
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")


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
