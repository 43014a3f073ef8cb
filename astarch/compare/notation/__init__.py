"""Index notation: what two graphs compute, written so that different ways of computing the same are one."""
