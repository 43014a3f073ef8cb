"""Conditions are spelled as Python reads them: what is shown parses back to the very same expression."""

from __future__ import annotations

import ast

import pytest

from astarch.interpreter.compile.spelling import spell
from astarch.source.project import Project

EXPRESSIONS = """\
a or b and c
(a or b) and c
a and (b or (c and d))
not (a or b)
not a == b
(not a) == b
-x ** 2
(-x) ** 2
2 ** -x
(a ** b) ** c
a ** b ** c
a - (b - c)
a - b - c
a * (b + c) // d
a % b * c
~(a & b) | c ^ d
a << (b + 1)
(a < b) < c
a < b <= c
x if a else y if b else z
(x if a else y) if b else z
(x if a else y) + 1
f(a)(b)[c].d
(a + b).shape[-1]
(a or b)(c)
x[:, :n]
x[1:2, ..., ::3]
x[(a, b), c]
x[a,]
f(*args, key=a or b, **more)
q == 0 and (mask is None or (f(mask[:, :n]) and f(~mask[:, n:])))
(n := len(x)) > 3
"""


@pytest.mark.parametrize("text", EXPRESSIONS.splitlines())
def test_same_expression_when_read_again(text: str) -> None:
    file = Project([]).snippet(f"if {text}:\n    pass", "__main__")
    (node,) = file.statements(file.entries[0])
    assert ast.dump(ast.parse(spell(node.test), mode="eval")) == ast.dump(ast.parse(text, mode="eval"))
