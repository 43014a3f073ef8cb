"""What documentation and texts claim of a model."""
