"""Names and arguments of the frameworks."""
