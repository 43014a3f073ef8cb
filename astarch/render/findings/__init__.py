"""Findings in every form that terminals, editors and CI read: one file each, each a function from findings to text."""
