"""TensorFlow: `tf.*`, `tf.nn`, `tf.math`, `tf.Module`."""
