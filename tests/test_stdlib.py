"""What the standard library gives to analysed programs where CPython is no measure: what is not known, symbolic sizes, and bombs.

Where it is one, `programs/stdlib_*.txt` are compared with it by `test_interpreter_oracle`.
"""

from __future__ import annotations

import importlib
import re
import time
from pathlib import Path
from typing import Any

import pytest

from astarch.interpreter import stdlib
from astarch.interpreter.budget import Budget, BudgetSpent
from astarch.interpreter.engine import new_machine, run_program, use
from astarch.interpreter.natives.expressions import is_affordable
from astarch.ir.dim import Dim, Real
from astarch.ir.tensor import Tensor
from astarch.ir.unknown import Reason, Unknown

FILES = sorted(file.stem for file in Path(stdlib.__file__).parent.glob("[a-z]*.py"))
H = Dim.symbol("h")


@pytest.mark.parametrize("name", FILES)
def test_every_file_describes_a_module(name: str) -> None:
    described = importlib.import_module(f"{stdlib.__name__}.{name}")
    machine = new_machine()
    names = use(machine, lambda: described.namespace(machine))
    assert all(isinstance(key, str) for key in names)
    assert described.__doc__
    assert described.__doc__.startswith("``")


def called(module: str, name: str, *args: Any, **kwargs: Any) -> Any:
    """The result of a described function for values that no program text can spell."""
    machine = new_machine()

    def work() -> Any:
        function = machine.import_module(module).get(name)
        return machine.call(function, args, kwargs)

    return use(machine, work)


@pytest.mark.parametrize(
    ("name", "args", "result"),
    [
        ("floor", (H / 2,), H // 2),
        ("ceil", (H / 2,), (H + 1) // 2),
        ("floor", (H,), H),
        ("prod", ([H, 2, 3],), 6 * H),
        ("gcd", (4 * H, 2), 2),
        ("gcd", (H, H), H),
        ("trunc", (H / 3,), H // 3),
        ("isnan", (H,), False),
        ("isfinite", (H / 2,), True),
    ],
)  # fmt: skip
def test_math_of_symbolic_sizes(name: str, args: tuple[Any, ...], result: Any) -> None:
    assert called("math", name, *args) == result


@pytest.mark.parametrize("name", ["sqrt", "log2", "log", "exp"])
def test_functions_of_symbolic_sizes_are_symbolic_numbers(name: str) -> None:
    assert isinstance(called("math", name, H), Real)


@pytest.mark.parametrize("name", ["sqrt", "floor", "gcd", "isfinite"])
def test_math_of_the_unknown_is_unknown(name: str) -> None:
    lost = Unknown(Reason.OUTSIDE)
    assert called("math", name, lost) is lost


def test_isqrt_of_a_size_is_unknown() -> None:
    assert called("math", "isqrt", H).reason is Reason.UNDECIDED


def test_a_copied_tensor_is_another_of_the_same_size() -> None:
    tensor = Tensor((2, H), "float16", [1.0])
    twin = called("copy", "deepcopy", [tensor, tensor])
    assert twin[0] is twin[1]
    assert twin[0] is not tensor
    assert twin[0].shape == tensor.shape
    assert twin[0].dtype == "float16"
    assert twin[0].data == [1.0]
    assert twin[0].data is not tensor.data


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('random').random()", "__import__('random').choice([1, 2])", "__import__('time').time()",
        "__import__('os').path.exists('x')", "__import__('os').environ['X']", "__import__('os').cpu_count()",
        "__import__('pathlib').Path('x').exists()", "__import__('json').load(open('x'))", "__import__('datetime').datetime.now()",
        "__import__('subprocess').run(['x'])", "__import__('socket').gethostname()",
        "__import__('uuid').uuid4()", "__import__('pickle').loads(b'')", "__import__('tempfile').mkdtemp()",
        "__import__('glob').glob('*')", "__import__('platform').node()", "__import__('math').sqrt(__import__('random').random())",
    ],
)  # fmt: skip
def test_what_comes_from_outside_is_unknown(expression: str) -> None:
    result = run_program(f"result = {expression}")["result"]
    assert isinstance(result, Unknown)
    assert result.reason is Reason.OUTSIDE


def test_shuffled_items_are_not_known_but_counted() -> None:
    result = run_program("import random\nx = [1, 2, 3]\nrandom.shuffle(x)\nresult = len(x), x[0]")["result"]
    assert result[0] == 3
    assert isinstance(result[1], Unknown)


def test_the_command_line_is_taken_as_empty() -> None:
    program = """
import argparse
p = argparse.ArgumentParser()
p.add_argument("path")
p.add_argument("--width", type=int, default="3")
p.add_argument("--depth", type=int, required=True)
a = p.parse_args()
result = [a.width, a.path, a.depth]
"""
    width, path, depth = run_program(program)["result"]
    assert width == 3
    assert isinstance(path, Unknown)
    assert isinstance(depth, Unknown)


BOMBS = [
    "import math; math.factorial(10**9)",
    "import math; math.comb(10**9, 10**8)",
    "import math; math.perm(10**7)",
    "import itertools; list(itertools.product(range(1000), repeat=4))",
    "import itertools; list(itertools.count())",
    "import itertools; list(itertools.compress(itertools.count(), itertools.repeat(0)))",
    "import itertools; next(itertools.islice(itertools.count(), 10**15, None))",
    "import itertools; list(itertools.cycle([1]))",
    "import itertools; list(itertools.permutations(range(50)))",
    "import itertools; list(itertools.filterfalse(lambda n: True, itertools.count()))",
    "import itertools; sum(itertools.repeat(1, 10**15))",
    "import collections, itertools; collections.deque(itertools.count(), maxlen=1)",
    "import collections; list(collections.Counter(a=10**12).elements())",
    "import struct; struct.pack('1000000000x')",
    "import textwrap; textwrap.indent('a\\n' * 40000, 'x' * 100000)",
    "import json; json.dumps([[[]]], indent=10**9)",
    "import string; string.Template('$a' * 10000).substitute(a='x' * 100000)",
    "import io; io.StringIO('x').seek(10**12)",
    "import re; re.sub('a', 'b' * 100000, 'a' * 10000)",
    "from functools import reduce; import itertools; reduce(lambda a, b: a, itertools.count())",
]  # fmt: skip


@pytest.mark.parametrize("program", BOMBS)
def test_bombs_are_defused(program: str) -> None:
    start = time.process_time()
    with pytest.raises(BudgetSpent):
        run_program(program, Budget(steps=300_000))
    assert time.process_time() - start < 5


EVIL = [(r"(a+)+$", "a" * 40 + "b"), (r"(a|aa)+$", "a" * 60 + "b"), (r"(.*)*x", "y" * 60), (r"(\w+\s?)*$", "a" * 50 + "!"),
        (r"(?:\d{1,3},?)+$", "1" * 60 + "x"), (r".*.*.*.*.*.*=", "x" * 200)]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text"), EVIL)
def test_expressions_that_could_run_for_ever_are_not_run(pattern: str, text: str) -> None:
    result = run_program(f"import re\nresult = re.match({pattern!r}, {text!r})")["result"]
    assert isinstance(result, Unknown)
    assert result.reason is Reason.BUDGET_SPENT


HARMLESS = [
    r"layer(\d+)\.(\w+)\.weight", r"^(?:\w+\.)*(\w+)$", r"blocks\.(\d+)\.(.*)", r"([a-z]+)_?(\d+)x(\d+)", r"\s*,\s*", r"(?<!^)(?=[A-Z])",
    r"(conv|norm|fc)\d*\.(weight|bias)", r"(.*)\.(\w+)$", r"^v?\d+(\.\d+)*", "^[A-Za-z_][A-Za-z0-9_]*$",
]  # fmt: skip


@pytest.mark.parametrize("pattern", HARMLESS)
def test_ordinary_expressions_are_run(pattern: str) -> None:
    assert is_affordable(re.compile(pattern), 200)


def unknown_inside(body: str, result: str) -> Any:
    """A program in which ``lost`` is not known."""
    return run_program(f"import random\nlost = random.random()\n{body}\nresult = {result}")["result"]


CARRIERS = [
    ("from collections import OrderedDict", "OrderedDict(a=lost)['a']"),
    ("from dataclasses import dataclass\n@dataclass\nclass A:\n    x: float", "A(lost).x"),
    ("from collections import namedtuple", "namedtuple('P', 'x')(lost).x"),
    ("from functools import partial", "partial(lambda a, b: a, lost)(1)"),
    ("import itertools", "list(itertools.chain([1], [lost]))[1]"),
    ("import copy", "copy.deepcopy([lost])[0]"),
    ("import json", "json.dumps({'a': lost})"),
    ("import math", "math.prod([2, lost])"),
    ("import os", "os.path.join('a', lost)"),
    ("from pathlib import Path", "Path(lost)"),
    ("import re", "re.sub('a', 'b', lost)"),
    ("import heapq", "heapq.nlargest(1, [1, lost])"),
    ("from types import SimpleNamespace", "SimpleNamespace(a=lost).a"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "result"), CARRIERS)
def test_the_unknown_stays_unknown(body: str, result: str) -> None:
    assert isinstance(unknown_inside(body, result), Unknown)
