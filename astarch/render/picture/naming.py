"""What operations are called in a drawing: as people say them, not as Python spells them."""

from __future__ import annotations

_SIGNS = {
    "add": "+", "iadd": "+", "radd": "+", "sub": "−", "isub": "−", "rsub": "−", "mul": "×", "imul": "×", "rmul": "×",
    "truediv": "÷", "itruediv": "÷", "rtruediv": "÷", "div": "÷", "matmul": "matmul", "rmatmul": "matmul", "pow": "power",
    "rpow": "power", "neg": "−", "getitem": "[ ]", "setitem": "[ ] =", "floordiv": "//", "mod": "%", "and": "&", "or": "|",
    "subtract": "−", "multiply": "×", "divide": "÷", "true_divide": "÷", "negative": "−", "get_item": "[ ]",
    "invert": "~", "eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥", "cat": "concat", "concatenate": "concat",
}  # fmt: skip

#: Operations in which several ways meet.
MEETINGS = frozenset({"+", "concat", "×", "−", "stack", "maximum", "minimum"})


def operation_name(target: str) -> str:
    """The short name of a function or method.

    >>> operation_name("torch.Tensor.__iadd__"), operation_name("torch.nn.functional.relu_"), operation_name("torch.cat")
    ('+', 'relu', 'concat')
    """
    name = target.rpartition(".")[2].strip("_") or target
    return _SIGNS.get(name, name)
