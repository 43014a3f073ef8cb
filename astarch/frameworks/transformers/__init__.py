"""The little of transformers that is described: decorators that only write documentation. All else is read."""
