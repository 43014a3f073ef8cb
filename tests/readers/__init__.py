"""Saved models made by the real libraries, read without them."""
