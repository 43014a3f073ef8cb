"""Our own documentation, made with what it documents."""
