"""Source nested as deeply as one likes, in every syntactic form."""

from __future__ import annotations

from collections.abc import Callable


def _blocks(head: str, last: str = "pass") -> Callable[[int], str]:
    """Suites inside suites, one space of indentation each."""
    return lambda n: "\n".join([*[" " * i + head for i in range(n)], " " * n + last]) + "\n"


FORMS: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: f"x = {'(' * n}1{')' * n}\n",
    "lists": lambda n: f"x = {'[' * n}{']' * n}\n",
    "dicts": lambda n: f"x = {'{0:' * n}0{'}' * n}\n",
    "tuples": lambda n: f"x = {'(' * n}1{',)' * n}\n",
    "minus": lambda n: f"x = {'-' * n}1\n",
    "not": lambda n: f"x = {'not ' * n}1\n",
    "invert": lambda n: f"x = {'~' * n}1\n",
    "plus chain": lambda n: f"x = {'+'.join(['1'] * n)}\n",
    "power chain": lambda n: f"x = {'**'.join(['1'] * n)}\n",
    "and chain": lambda n: f"x = {' and '.join(['1'] * n)}\n",
    "or and chain": lambda n: f"x = {' or 1 and '.join(['0'] * n)}\n",
    "comparison chain": lambda n: f"x = {' < '.join(map(str, range(n)))}\n",
    "attribute chain": lambda n: f"x = a{'.a' * n}\n",
    "call chain": lambda n: f"x = a{'()' * n}\n",
    "method chain": lambda n: f"x = a{'.a()' * n}\n",
    "subscript chain": lambda n: f"x = a{'[0]' * n}\n",
    "nested calls": lambda n: f"x = {'f(' * n}{')' * n}\n",
    "nested subscripts": lambda n: f"x = {'a[' * n}0{']' * n}\n",
    "conditional chain": lambda n: f"x = {'1 if 0 else ' * n}2\n",
    "nested conditionals": lambda n: f"x = {'(1 if ' * n}0{' else 2)' * n}\n",
    "lambdas": lambda n: f"x = {'lambda: ' * n}1\n",
    "lambda defaults": lambda n: f"x = {'lambda a=(' * n}1{'): 0' * n}\n",
    "strings side by side": lambda n: "x = (" + "'a' " * n + ")\n",
    "f-strings side by side": lambda n: "x = (" + "f'{1}' " * n + ")\n",
    "f-string brackets": lambda n: "x = f'{" + "(" * n + "1" + ")" * n + "}'\n",
    "f-string specs": lambda n: "x = f'" + "{1:" * n + "}" * n + "'\n",
    "f-string in f-string": lambda n: "x = " + "f'{" * n + "1" + "}'" * n + "\n",
    "f-string fields": lambda n: "x = f'" + "{1}" * n + "'\n",
    "elif chain": lambda n: "if 0: pass\n" + "elif 0: pass\n" * n,
    "else if": _blocks("if 1:"),
    "nested functions": _blocks("def f():"),
    "nested classes": _blocks("class A:"),
    "nested loops": _blocks("for i in [1]:"),
    "nested while": _blocks("while 1:", "break"),
    "nested with": _blocks("with a:"),
    "nested try": lambda n: (
        "\n".join([*[" " * i + "try:" for i in range(n)], " " * n + "pass", *[" " * i + "finally: pass" for i in reversed(range(n))]])
        + "\n"
    ),
    "comprehensions": lambda n: f"x = {'[' * n}1{' for i in [1]]' * n}\n",
    "comprehension clauses": lambda n: f"x = [1 {'for i in [1] ' * n}]\n",
    "comprehension conditions": lambda n: f"x = [1 for i in [1] {'if 1 ' * n}]\n",
    "comprehension iterables": lambda n: f"x = {'[i for i in ' * n}[1]{']' * n}\n",
    "starred": lambda n: f"x = {'[*' * n}[]{']' * n}\n",
    "assignment chain": lambda n: f"{'x = ' * n}1\n",
    "walrus": lambda n: f"x = {'(y := ' * n}1{')' * n}\n",
    "targets": lambda n: f"{'(' * n}x{',)' * n} = 1\n",
    "decorators": lambda n: "@f\n" * n + "def f(): pass\n",
    "parameters": lambda n: f"def f({', '.join(f'a{i}' for i in range(n))}): pass\n",
    "arguments": lambda n: f"x = print({', '.join(['1'] * n)})\n",
    "bases": lambda n: f"class A({', '.join(['object'] * n)}): pass\n",
    "patterns": lambda n: f"match 1:\n case {'[' * n}{']' * n}: pass\n",
    "or patterns": lambda n: f"match 1:\n case {' | '.join(['2'] * n)}: pass\n",
    "cases": lambda n: "match 1:\n" + " case 2: pass\n" * n,
    "handlers": lambda n: "try: pass\n" + "except A: pass\n" * n,
    "await": lambda n: f"async def f(): {'await ' * n}x\n",
    "yield": lambda n: f"def f(): {'(yield ' * n}1{')' * n}\n",
    "yield from": lambda n: f"def f(): x = {'(yield from ' * n}[]{')' * n}\n",
    "annotations": lambda n: f"x: {'a[' * n}int{']' * n} = 1\n",
    "globals": lambda n: f"def f(): global {', '.join(f'a{i}' for i in range(n))}\n",
    "dotted import": lambda n: f"import {'.'.join(['a'] * n)}\n",
    "relative import": lambda n: f"from {'.' * n} import a\n",
    "semicolons": lambda n: f"{'x = 1;' * n}\n",
    "line joins": lambda n: "x = 1" + " + \\\n 1" * n + "\n",
    "blank lines": lambda n: "\n" * n + "x = 1\n",
    "comments": lambda n: "#\n" * n + "x = 1\n",
    "open parentheses": lambda n: f"x = {'(' * n}\n",
    "closed parentheses": lambda n: f"x = {')' * n}\n",
    "quotes": lambda n: "x = " + '"' * n + "\n",
    "backslashes": lambda n: "x = 'a' \\\n" * n,
    "indents": lambda n: "\n".join(" " * i + "x" for i in range(n)) + "\n",
}
