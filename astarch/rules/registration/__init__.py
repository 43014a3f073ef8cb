"""What a module must know of its parts: modules, parameters, buffers."""
