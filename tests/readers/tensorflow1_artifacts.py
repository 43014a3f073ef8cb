"""A model in the ways of TensorFlow 1: variables with and without resources, a loop, saved by a session in every form it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tensorflow as tf

v1 = tf.compat.v1


def build(resource: bool) -> tuple[Any, Any]:
    image = v1.placeholder(tf.float32, (None, 16, 16, 3), name="image")
    with v1.variable_scope("conv", use_resource=resource):
        kernel, bias = v1.get_variable("kernel", (3, 3, 3, 8)), v1.get_variable("bias", (8,))
        y = v1.nn.conv2d(image, kernel, strides=[1, 2, 2, 1], padding="SAME", name="Conv2D")
        y = tf.nn.relu(tf.nn.bias_add(y, bias, name="BiasAdd"), name="Relu")
    with v1.variable_scope("bn", use_resource=resource):
        scales = [v1.get_variable(name, (8,)) for name in ("gamma", "beta")]
        moving = [v1.get_variable(name, (8,), trainable=False) for name in ("moving_mean", "moving_variance")]
        y, *_ = v1.nn.fused_batch_norm(y, *scales, *moving, epsilon=0.01, is_training=False, name="FusedBatchNorm")
    y = tf.reshape(v1.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], "VALID", name="pool"), (-1, 128), name="flat")
    with v1.variable_scope("fc", use_resource=resource):
        y = tf.nn.bias_add(
            tf.matmul(y, v1.get_variable("kernel", (128, 10)), name="MatMul"), v1.get_variable("bias", (10,)), name="BiasAdd"
        )
    _, y = v1.while_loop(lambda i, z: i < 3, lambda i, z: (i + 1, z * 2.0), [tf.constant(0), y], name="loop")
    return image, tf.nn.softmax(y, name="probs")


def write(folder: Path) -> dict[str, Any]:
    """Everything a session saves, and what TensorFlow says of it."""
    truth: dict[str, Any] = {}
    for name, resource in (("tf1_old", False), ("tf1_resource", True)):
        with v1.Graph().as_default() as graph, v1.Session() as session:
            image, probs = build(resource)
            session.run(v1.global_variables_initializer())
            v1.train.Saver().save(session, str(folder / f"{name}_ckpt"))
            builder = v1.saved_model.Builder(str(folder / f"{name}_saved"))
            signature = v1.saved_model.predict_signature_def({"image": image}, {"probs": probs})
            builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
            builder.save()
            frozen = v1.graph_util.convert_variables_to_constants(session, session.graph_def, ["probs"])
            (folder / f"{name}_frozen.pb").write_bytes(frozen.SerializeToString())
            trained = {variable.op.name for variable in v1.trainable_variables()}
            truth[name] = {
                "variables": {v.op.name: [v.shape.as_list(), v.op.name in trained] for v in v1.global_variables()},
                "nodes": {op.name: op.type for op in graph.get_operations()},
            }
    return truth
