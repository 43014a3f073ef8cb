"""What a model gives and what its loss takes."""
