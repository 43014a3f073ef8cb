"""`keras.ops` and what stands beside it: random, initializers, activations."""
