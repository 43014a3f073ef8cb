"""Axes that are taken for others."""
