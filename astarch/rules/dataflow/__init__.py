"""What a forward does with its values."""
