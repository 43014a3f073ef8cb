"""What the descriptions of the standard library are made of."""
