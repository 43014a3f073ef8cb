"""Numbers that must fit together before anything runs."""
