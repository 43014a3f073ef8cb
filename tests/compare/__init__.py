"""Comparisons, held against what torch says."""
