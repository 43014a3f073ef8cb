"""What trains a model: the order of its steps, and what is kept between them."""
