"""Element types by their canonical names, and which of two wins (see `astarch.ir.dtype`)."""

from ..ir.dtype import BITS, bits, category, complex_of, is_complex, is_floating, is_integer, promote, real_of, rounded, scalar_category

__all__ = ["BITS", "bits", "category", "complex_of", "is_complex", "is_floating", "is_integer", "promote", "real_of", "rounded",
           "scalar_category"]  # fmt: skip
