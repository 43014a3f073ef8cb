"""Checkpoints of the model as it was."""
