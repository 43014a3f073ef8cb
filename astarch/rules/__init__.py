"""What is worth saying about a model: one file per rule, holding its docs, its bad and good code, its check and its fix."""
