"""Devices, element types, first values."""
