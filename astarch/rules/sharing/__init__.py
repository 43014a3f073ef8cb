"""Weights used more than once."""
