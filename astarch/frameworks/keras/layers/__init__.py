"""Layers of Keras, one file per family."""
