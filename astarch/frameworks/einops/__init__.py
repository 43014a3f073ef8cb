"""einops, described: patterns as shape rules."""
