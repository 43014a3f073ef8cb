"""How classes are built and inherit."""
