"""From text to syntax: places, the cache, and what a warm run does not do."""

from __future__ import annotations

import ast
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile.forms import FORMS
from msgspec import Struct

from astarch.source import cache as store
from astarch.source import syntax as s
from astarch.source.cache import Cache
from astarch.source.index import SourceError
from astarch.source.lower import lower
from astarch.source.project import Project, SourceFile, read_text

ROOT = Path(__file__).parent.parent

#: Our nodes, and the nodes of the standard library's parser that begin and end at the same places.
SAME = {
    s.Name: ast.Name, s.Attribute: ast.Attribute, s.Call: ast.Call, s.Subscript: ast.Subscript, s.Binary: ast.BinOp, s.Compare: ast.Compare,
    s.Unary: ast.UnaryOp, s.Conditional: ast.IfExp, s.Lambda: ast.Lambda, s.Walrus: ast.NamedExpr, s.Await: ast.Await, s.Assign: ast.Assign,
    s.Augment: ast.AugAssign, s.Annotate: ast.AnnAssign, s.Return: ast.Return, s.Raise: ast.Raise, s.Assert: ast.Assert,
    s.Delete: ast.Delete,
    s.Import: ast.Import, s.ImportFrom: ast.ImportFrom, s.While: ast.While, s.Match: ast.Match, s.DictDisplay: ast.Dict,
}  # fmt: skip

SNIPPETS = {
    "names and calls": "x = f(a, b=c, *d, **e)\ny = f(g(h(1)))\nz = (f)(x)\n",
    "attributes": "a.b.c.d\na().b[0].c(1)(2)\n(a).b\n(\n  a\n  .b\n  .c()\n)\n",
    "operators": "x = a + b * c - (d // e) ** f\ny = -a + ~b\nz = not (a and b or c)\nw = a < b <= c != d is e not in f\n",
    "parentheses": "x = ((a))\ny = (a + b)\nz = ((a) + (b))\n(x) = (y) = 1\nw = (  f  (  x  )  )\n",
    "displays": "x = [a, (b, c), {d: e}, {f}]\ny = a, b\nz = ()\nfor q in a, b: pass\n",
    "subscripts": "a[1]\na[b:c, ::d]\na[(1, 2)]\na[f(x)][y]\n",
    "conditionals": "x = a if b else c if d else e\ny = (lambda p, q=r: p + q)(1, 2)\n(n := f(m))\n",
    "comprehensions": "x = [f(a) for a in b if c(a)]\ny = {k: v.w for k, v in d.items()}\nz = sum(i.j for i in k)\n",
    "strings": "x = 'a' 'b'\ny = ('a'\n  f'{b}' 'c') + d\nz = '''a\nb''' + e\nw = f(\n'''\n''', g)\n",
    "unicode": "größe = f('äöü', naïve)\nx = 'é' + y.z\n",
    "tabs": "if a:\n\tx = f(b,\tc)\n\tif d:\n\t\ty = e.f\n",
    "statements": "x += a.b\ny: int = f(c)\nreturn_ = 1\ndel a, b.c\nassert x, f(y)\n",
    "imports": "import a.b, c as d\nfrom . import e\nfrom .f import (g,\n  h as i)\nfrom .. import *\n",
    "compound": "while a.b:\n    c()\nelse:\n    d()\ntry:\n    e()\nexcept F as g:\n    h()\nfinally:\n    i()\n",
    "with": "with j() as k, l.m:\n    n()\nwith (a.b as c, d()):\n    e.f\n",
    "functions": "@a.b\n@c(d)\ndef f(x: int = g(1), *y, z=h.i, **w) -> j.k:\n    '''doc'''\n    return x + z\n",
    "coroutines": "async def p():\n    await q.r(1)\n    yield s\n",
    "classes": "@d\nclass A(B.C, metaclass=M(1)):\n    x: int = f(1)\n    def g(self):\n        raise E(self.x) from None\n",
    "match": "match a.b:\n    case {'x': C(d=1)} if e(f):\n        g.h()\n    case _:\n        pass\n",
    "semicolons": "a(); b.c; x = 1\nif a: b(); c()\n",
    "line joins": "x = a + \\\n    b.c\ny = f(  # comment\n    g,  # comment\n)\n",
    "comments": "# one\n\n\n# two\nx = f(1)  # three\n\n    # four\ny = g.h\n",
}


def ours(node: Any) -> Iterator[Any]:
    """A node and all below it."""
    if isinstance(node, list):
        for item in node:
            yield from ours(item)
    elif isinstance(node, Struct):
        yield node
        for name in node.__struct_fields__:
            yield from ours(getattr(node, name))


def expected(text: str) -> dict[type, set[tuple[int, int, int, int]]]:
    """The places of the standard library's nodes, columns in characters."""
    lines = [line.encode() for line in text.split("\n")]

    def column(line: int, offset: int) -> int:
        return len(lines[line - 1][:offset].decode()) + 1

    places: dict[type, set[tuple[int, int, int, int]]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.expr | ast.stmt):
            end = (node.end_lineno or 0, node.end_col_offset or 0)
            places.setdefault(type(node), set()).add((node.lineno, column(node.lineno, node.col_offset), end[0], column(*end)))
    return places


def wrong_places(text: str) -> list[str]:
    """Our nodes that stand where the standard library has none of the kind."""
    places = expected(text)
    return [
        f"{type(node).__name__} at {node.at}, where {sorted(places.get(SAME[type(node)], ()))}"
        for node in ours(lower(text))
        if type(node) in SAME and node.at not in places.get(SAME[type(node)], ())
    ]


@pytest.mark.parametrize("name", SNIPPETS)
def test_places_are_those_of_the_standard_parser(name: str) -> None:
    assert not wrong_places(SNIPPETS[name])


FOLDERS = ("source", "ir", "interpreter/compile")


@pytest.mark.parametrize(
    "file", [file for folder in FOLDERS for file in sorted((ROOT / "astarch" / folder).glob("*.py"))], ids=lambda f: f.name
)
def test_places_in_real_files(file: Path) -> None:
    assert not wrong_places(file.read_text(encoding="utf-8"))


def every_statement(file: SourceFile) -> list[Any]:
    """All statements of a file, those of long bodies too, as they are lowered a piece at a time."""
    found: list[Any] = []
    for entry in file.entries:
        found += file.statements(entry)
        for first, last in entry.bodies.items():
            found += file.body(first, last)
    return found


def test_pieces_stand_where_the_whole_stands() -> None:
    """A definition lowered by itself, and a body left out at first, have the places that the whole file gives them."""
    text = (ROOT / "astarch" / "source" / "project.py").read_text(encoding="utf-8")
    whole = {(type(node), node.at) for node in ours(lower(text))}
    pieces = {(type(node), node.at) for node in ours(every_statement(Project([]).snippet(text)))}
    elided = {s.FunctionDef, s.ClassDef}  # these end where their shortened text ends
    assert {p for p in pieces if p[0] not in elided and p[0] is not s.Simple} <= whole


# --- the cache ------------------------------------------------------------------------------------------------------

TEXT = "def f(x):\n    a = 1\n    b = 2\n    return a + b + x\n\n\nclass A:\n    y = f(1)\n"


def stored(folder: Path, text: str = TEXT) -> tuple[list[Any], Path]:
    """Read a text through a cache and keep it; the statements, and the file of the cache."""
    file = Project([], Cache(folder)).snippet(text)
    statements = every_statement(file)
    file.keep()
    return statements, Cache(folder)._path(store.key(text))


def test_cached_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, path = stored(tmp_path)
    assert path.exists()
    monkeypatch.setattr("astarch.source.lower.lower", lambda *a: pytest.fail("lowered again"))
    monkeypatch.setattr("astarch.source.project.index", lambda *a: pytest.fail("indexed again"))
    assert stored(tmp_path)[0] == first


def damages() -> dict[str, Any]:
    return {
        "empty": lambda data: b"",
        "cut short": lambda data: data[: len(data) // 2],
        "cut by one": lambda data: data[:-1],
        "longer": lambda data: data + b"x",
        "one bit": lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:],
        "wrong checksum": lambda data: bytes(16) + data[16:],
        "foreign": lambda data: b"something else entirely" * 10,
        "zeros": lambda data: bytes(len(data)),
        "foreign with a checksum": lambda data: _signed(b"\x93\x01\x02\x03"),
        "statements of another kind": lambda data: _signed(store.msgspec.msgpack.encode([_entries(), {1: b"\xc1", -2: b"\x01"}])),
    }


def _signed(body: bytes) -> bytes:
    return store.hashlib.blake2b(body, digest_size=16).digest() + body


def _entries() -> Any:
    return Project([]).snippet(TEXT).entries


@pytest.mark.parametrize("damage", list(damages()))
def test_a_damaged_entry_is_made_again(tmp_path: Path, damage: str) -> None:
    first, path = stored(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(damages()[damage](whole))
    assert stored(tmp_path)[0] == first
    assert path.read_bytes() == whole


def test_another_version_does_not_see_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, path = stored(tmp_path)
    monkeypatch.setattr(store, "VERSION", store.VERSION + 1)
    _, other = stored(tmp_path)
    assert other != path
    assert other.exists()


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert stored(blocked)[0] == stored(tmp_path)[0]


def _hammer(folder: str, number: int) -> bool:
    texts = [f"{TEXT}# {i}\n" for i in range(5)]
    for _ in range(6):
        for text in texts:
            stored(Path(folder), text)
            Cache(Path(folder))._path(store.key(text)).write_bytes(os.urandom(200)) if number == 0 else None
    return all(stored(Path(folder), text)[0] == every_statement(Project([]).snippet(text)) for text in texts)


def test_parallel_writers(tmp_path: Path) -> None:
    """Three processes write the same entries, one of them spoils what it has written."""
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert all(pool.starmap(_hammer, [(str(tmp_path), number) for number in range(3)]))
    assert not [path for path in tmp_path.rglob("tmp*") if path.is_file()]


WARM = """
import sys
from pathlib import Path
from astarch.source.cache import Cache
from astarch.source.project import Project
project = Project([sys.argv[1]], Cache(Path(sys.argv[2])))
file = project.find("module")
for entry in file.entries:
    file.statements(entry)
    for first, last in entry.bodies.items():
        file.body(first, last)
project.keep()
print("libcst" in sys.modules)
"""


def test_a_warm_run_does_not_import_libcst(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(TEXT)

    def run() -> str:
        command = [sys.executable, "-c", WARM, str(tmp_path), str(tmp_path / "cache")]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
        ).stdout.strip()

    assert [run(), run()] == ["True", "False"]


def test_a_warm_show_does_not_import_libcst(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("import torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
                                     "        self.a = nn.Linear(2, 3)\n    def forward(self, x):\n        return self.a(x)\n")  # fmt: skip
    code = "import sys, astarch\nastarch.read('net.py:Net()', inputs=['1,2'])\nprint('libcst' in sys.modules)"

    def run() -> str:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "ASTARCH_CACHE": str(tmp_path / "cache")}
        return subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, env=environment
        ).stdout.strip()

    assert [run(), run()] == ["True", "False"]


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = 1\0\n", "null character"),
        (b"x = '\xff'\n", "cannot be decoded"),
        (b"# coding: nonesuch\n", "cannot be decoded"),
        (b"def f(:\n", "1:7: not valid Python"),
        (b"x = 1\n y = 2\n", "not valid Python: unexpected indent"),
        (b"x=1\n" * 500_000, "words and signs"),
        (b"#" * (4 * 2**20 + 1), "larger than 4 MiB"),
        (b"x = '''\n", "unterminated triple-quoted string"),
    ],
)
def test_what_is_no_python_is_said(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r".") as raised:
        Project([]).open(str(path)).entries  # noqa: B018
    assert message in str(raised.value)
    assert str(path) in str(raised.value)


def test_line_ends_and_marks_are_python_s(tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    for data in (b"a\r\nb\n", b"a\rb\n", b"\xef\xbb\xbfa\nb\n", b"a\n\fb\n", b"a\n  \fb\n"):
        path.write_bytes(data)
        assert read_text(str(path)) == "a\nb\n"
    path.write_bytes(b"# coding: latin-1\nx = '\xe9'\n")
    assert read_text(str(path)).endswith("'é'\n")


def test_forms_are_python() -> None:
    """The forms that the hostile tests nest are valid as such, but for those that are meant to be broken."""
    broken = {"open parentheses", "closed parentheses", "quotes", "indents", "f-string in f-string", "backslashes", "lambda defaults",
              "nested while", "f-string specs", "nested with", "semicolons"}  # fmt: skip
    for name, form in FORMS.items():
        if name not in broken:
            ast.parse(form(1))
