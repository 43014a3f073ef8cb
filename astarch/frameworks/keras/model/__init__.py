"""Layers and models of Keras as instances of the program."""
