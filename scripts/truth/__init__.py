"""Truth files, made by running an installed library."""
