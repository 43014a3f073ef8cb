"""numpy as model code uses it: arrays with few, known values; plain shapes otherwise."""
