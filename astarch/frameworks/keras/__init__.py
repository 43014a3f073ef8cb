"""Keras 3 and TensorFlow, described: layers, models, operations, as far as shapes, element types and names go."""
