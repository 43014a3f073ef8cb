"""Decorators that assemble docstrings: they read source files at import time and change nothing that runs."""

from __future__ import annotations

from typing import Any

from ..describe import op
from ..torch.ops.execution import Mode

_NAMES = """auto_docstring.auto_docstring auto_docstring.auto_class_docstring auto_docstring.auto_method_docstring
    doc.add_start_docstrings doc.add_start_docstrings_to_model_forward doc.add_end_docstrings doc.add_code_sample_docstrings
    doc.replace_return_docstrings"""


@op(*[f"transformers.utils.{name}" for name in _NAMES.split()], lenient=True)
def document(obj: Any = None, *args: Any, **kwargs: Any) -> Any:
    """What it decorates, as it is."""
    return Mode() if obj is None or isinstance(obj, str) else obj
