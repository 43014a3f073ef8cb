"""What Keras asks for."""
