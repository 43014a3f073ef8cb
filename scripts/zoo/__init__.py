"""Real models of real libraries, read and compared with what the libraries themselves say of them."""
