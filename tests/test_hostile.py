"""Source that wants to take for ever, fill the memory, crash the reader or make it do something ends with a clear message."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile.forms import FORMS

ROOT = Path(__file__).parent.parent
RUNNER = ROOT / "tests" / "hostile" / "run.py"

#: How a case may end: by itself, in the program's own exception, or at a limit.
FINE = {"end", "Raised", "BudgetSpent", "SourceError"}

#: So many cases share a process that starts the forked ones: starting Python takes longer than most of them.
TOGETHER = 20


def pieces(file: Path) -> list[list[str]]:
    """Named programs of a file, as cases to run."""
    parts = re.split(r"^# --- (.+)\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [[name, "run", text] for name, text in zip(parts[1::2], parts[2::2], strict=True)]


def nested() -> Iterator[list[str]]:
    """Every form, nested far too deeply, at the edge of what is read, and as deep as no one writes."""
    for name, form in FORMS.items():
        indented = name.startswith(("nested", "else if", "indents"))  # so many spaces alone are a lot of text
        yield [f"{name}, {2000 if indented else 10000} deep", "read", form(2000 if indented else 10000)]
        yield [f"{name}, 550 deep", "run", form(550)]
        yield [f"{name}, 90 deep", "run", form(90)]


CASES = [*(case for file in sorted(RUNNER.parent.glob("*.txt")) for case in pieces(file)), *nested()]
BATCHES = [CASES[start : start + TOGETHER] for start in range(0, len(CASES), TOGETHER)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the cases are forked")
@pytest.mark.parametrize("cases", BATCHES, ids=[f"{batch[0][0]} to {batch[-1][0]}" for batch in BATCHES])
def test_ends_within_the_budget(cases: list[list[str]]) -> None:
    done = subprocess.run([sys.executable, str(RUNNER)], input=json.dumps(cases), capture_output=True, text=True, env=environment(),
                          timeout=600, check=False)  # fmt: skip
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == len(cases), done.stderr[-2000:]
    assert not [result for result in results if result["how"] not in FINE]
    assert not [result for result in results if result["seconds"] >= 10 or result["megabytes"] >= 1024]
    assert not [result for result in results if result["how"] in ("BudgetSpent", "SourceError") and not result["message"]]


# --- files ----------------------------------------------------------------------------------------------------------


def show(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """``astarch show`` as a user runs it."""
    return subprocess.run([sys.executable, "-m", "astarch", "show", *arguments], cwd=folder,
                          env={**environment(), "ASTARCH_CACHE": "cache"}, capture_output=True, timeout=120, check=False)  # fmt: skip


MODEL = (
    "import torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(2, 3)\n"
)


def files(folder: Path) -> dict[str, bytes]:
    """Files that are wrong in one way each."""
    return {
        "null.py": b"x = 1\0\n",
        "latin.py": b"# coding: ascii\nx = '\xe9'\n",
        "undecodable.py": b"x = '\xff\xfe'\n",
        "unknown_coding.py": b"# coding: nonesuch\nx = 1\n",
        "not_text_coding.py": b"# coding: zlib_codec\nx = 1\n",
        "utf16.py": "x = 1\n".encode("utf-16"),
        "utf7.py": b"# coding: utf-7\nx = 1 +ACs- 1\n",
        "two_codings.py": b"\xef\xbb\xbf# coding: latin-1\nx = 1\n",
        "binary.py": bytes(range(256)) * 100,
        "empty.py": b"",
        "syntax.py": b"def f(:\n",
        "indentation.py": b"if 1:\n\tx = 1\n        y = 2\n",
        "unclosed.py": b"x = '''\n" * 3,
        "large.py": b"x = 1\n" * 1_000_000,
        "dense.py": b"x=1\n" * 500_000,
        "one_line.py": b"x=[" + b"1," * 300_000 + b"]\n",
        "long_name.py": b"x" * 1_000_000 + b" = 1\n",
        "long_string.py": b"x = '" + b"a" * 2_000_000 + b"'\n",
        "surrogates.py": b"x = '\\ud800'\nNet = x.encode()\n",
        "no_notebook.ipynb": b"{]",
        "other_json.ipynb": b"[1, 2]",
        "deep.ipynb": b"[" * 100_000,
        "cells.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": 5}, 7]}).encode(),
        "missing_import.py": b"from .nothing import Net\n",
        "self_import.py": b"from self_import import Net\n",
        "circle_a.py": b"from circle_b import Net\n",
        "circle_b.py": b"from circle_a import Net\n",
        "star_a.py": b"from star_b import *\n",
        "star_b.py": b"from star_a import *\n",
        "module_hook.py": b"def __getattr__(name):\n    return globals()[name + 'x']\n",
        "loop.py": b"while True: pass\nNet = 1\n",
        "raises.py": b"Net = 1 / 0\n",
        "assert_false.py": b"assert False\nclass Net: pass\n",
        "cell.py": b"\xef\xbb\xbfimport sys\r\nsys.exit(3)\r\nNet = 1\r\n",
    }


@pytest.mark.parametrize("name", list(files(Path())))
def test_file_is_read_or_refused(tmp_path: Path, name: str) -> None:
    for other, data in files(tmp_path).items():
        if other == name or other.split("_")[0] == name.split("_", maxsplit=1)[0]:
            (tmp_path / other).write_bytes(data)
    said(show(tmp_path, f"{name}:Net", "--budget", "100000"))


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    """What a run said, which must be something and no traceback."""
    text = (done.stdout + done.stderr).decode()
    assert "Traceback" not in text
    assert done.returncode in (0, 1, 2), f"{done.returncode}: {text[-500:]}"
    assert text.strip()
    return text


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "circle.py").symlink_to(tmp_path / "circle.py")
    (tmp_path / "dangling.py").symlink_to(tmp_path / "nowhere.py")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "zero.py").symlink_to("/dev/zero")
    (tmp_path / "user.py").write_text("import folder, circle, dangling, pipe, zero\nfrom pipe import Net\n")
    for name in ("folder.py", "circle.py", "dangling.py", "pipe.py", "zero.py", "user.py", "absent.py"):
        said(show(tmp_path, f"{name}:Net"))


def test_packages_that_hold_themselves(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("from . import package\nfrom .package.package import Net\nfrom .model import *\n")
    (package / "model.py").write_text(MODEL)
    (package / "package").symlink_to(package)
    said(show(tmp_path, "package/model.py:Net"))
    said(show(tmp_path, "package:Net"))


@pytest.mark.parametrize("change", ["\r\n", "\r", "tabs", "form feeds", "byte order mark", "unicode", "notebook"])
def test_unusual_files_are_read(tmp_path: Path, change: str) -> None:
    text, name = MODEL, "net.py"
    if change in ("\r\n", "\r"):
        text = text.replace("\n", change)
    elif change == "tabs":
        text = text.replace("    ", "\t")
    elif change == "form feeds":
        text = text.replace("class", "\f\fclass").replace("        self", "  \f        self")
    elif change == "byte order mark":
        text = "\ufeff" + text
    elif change == "unicode":
        text = (
            text.replace("self.a", "self.größe")
            .replace("Net", "Nétz")
            .replace("as nn", "as ňn")
            .replace("nn.M", "ňn.M")
            .replace("nn.L", "ňn.L")
        )
    elif change == "notebook":
        name = "net.ipynb"
        cells = [{"cell_type": "markdown", "source": "# hi"}, {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip install x\n"]},
                 {"cell_type": "code", "source": text.splitlines(keepends=True)}]  # fmt: skip
        text = json.dumps({"cells": cells})
    (tmp_path / name).write_bytes(text.encode())
    done = show(tmp_path, f"{name}:{'Nétz' if change == 'unicode' else 'Net'}", "--format", "json")
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    assert [module["type"].rpartition(".")[2] for module in found["modules"]][1:] == ["Linear"]


# --- nothing is executed --------------------------------------------------------------------------------------------

WATCHER = """
import json, os, sys
events = []

def watch(event, args):
    if event in ("open", "import", "exec", "compile") or event.startswith(("subprocess", "socket", "os.", "shutil", "pty", "ctypes",
                                                                           "urllib",
                                                                           "ftplib", "smtplib", "webbrowser", "marshal", "pickle")):
        caller = sys._getframe(1).f_code.co_filename
        events.append((event, caller, [str(arg)[:300] if not hasattr(arg, "co_filename") else arg.co_filename for arg in args]))

import astarch, astarch.cli
sys.addaudithook(watch)
try:
    astarch.cli.main(["show", "evil.py:Net", "--input", "1,2"])
except SystemExit:
    pass
found, events = events, []
print(json.dumps(found), file=sys.stderr)
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""

EVIL = """
import os, sys, subprocess, socket, shutil, ctypes, pickle, marshal, builtins, importlib, runpy, webbrowser, urllib.request
import evil_friend
import evil
from evil_friend import thing
open("owned", "w").write("x")
os.remove("victim")
os.system("touch owned")
os.popen("touch owned")
shutil.rmtree(".")
subprocess.run(["touch", "owned"])
socket.create_connection(("127.0.0.1", 9))
urllib.request.urlopen("http://127.0.0.1:9")
exec("open('owned', 'w')")
eval("open('owned', 'w')")
compile("1", "x", "exec")
__import__("evil_friend")
builtins.__import__("evil_friend")
importlib.import_module("evil_friend")
runpy.run_path("evil_friend.py")
pickle.loads(b"cos\\nsystem\\n(S'touch owned'\\ntR.")
marshal.loads(b"i\\x01\\x00\\x00\\x00")
ctypes.CDLL(None).system(b"touch owned")
webbrowser.open("http://127.0.0.1:9")
().__class__.__base__.__subclasses__()
"{0.__class__.__init__.__globals__}".format(evil_friend)
getattr(os, "sys" + "tem")("touch owned")
import pathlib
pathlib.Path("owned").write_text("x")
pathlib.Path("victim").unlink()
import torch, torch.nn as nn
torch.load("victim")
torch.save({}, "owned")
torch.hub.load("a/b", "c")

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 3)
        os.system("touch owned")

    def __reduce__(self):
        os.system("touch owned")

    def forward(self, x):
        subprocess.Popen("touch owned", shell=True)
        open("owned", "w")
        return self.a(x)
"""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[Any]], list[str]]:
    """What reading the evil file did, as the interpreter's own audit events, and which modules were loaded after it."""
    folder = tmp_path_factory.mktemp("evil")
    (folder / "evil.py").write_text(EVIL)
    (folder / "evil_friend.py").write_text("import os\nos.system('touch owned')\nopen('owned', 'w')\nthing = 1\n")
    (folder / "victim").write_text("here")
    done = subprocess.run([sys.executable, "-c", WATCHER], cwd=folder, capture_output=True, text=True, timeout=120, check=False,
                          env={**environment(), "ASTARCH_CACHE": str(folder / "cache")})  # fmt: skip
    *_, events, modules = done.stderr.strip().splitlines()
    assert "Net" in done.stdout, done.stderr[-2000:]
    return folder, json.loads(events), json.loads(modules)


def test_nothing_happens_to_the_files(watched: Any) -> None:
    folder = watched[0]
    assert not (folder / "owned").exists()
    assert (folder / "victim").read_text() == "here"
    assert {path.name for path in folder.iterdir()} - {"cache", "evil.py", "evil_friend.py", "victim"} == set()


def test_nothing_analysed_is_imported(watched: Any) -> None:
    _, events, modules = watched
    assert not {"evil", "evil_friend", "torch"} & set(modules)
    assert not [arguments for event, _, arguments in events if event == "import" and arguments[0] in ("evil", "evil_friend", "torch")]


def test_nothing_analysed_is_executed(watched: Any) -> None:
    """`exec` events are late imports, and the standard library making named tuples; `compile` events are `ast.parse`."""
    folder, events, _ = watched
    executed = [(caller, arguments[0]) for event, caller, arguments in events if event == "exec"]
    assert not [where for _, where in executed if str(folder) in where or "evil" in where]
    assert not [(caller, where) for caller, where in executed if caller.startswith(str(ROOT))]
    compilers = {caller for event, caller, _ in events if event == "compile"}
    assert not [caller for caller in compilers if caller.startswith(str(ROOT))]


def test_nothing_is_started_or_connected(watched: Any) -> None:
    forbidden = ("subprocess", "socket", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.remove", "os.rmdir", "shutil",
                 "pty", "ctypes.dlopen", "urllib", "webbrowser", "marshal", "pickle.find_class", "os.truncate", "os.chmod")  # fmt: skip
    done = [
        (event, arguments) for event, caller, arguments in watched[1] if event.startswith(forbidden) and not caller.startswith("<frozen")
    ]
    assert not done


def test_only_the_cache_is_written(watched: Any) -> None:
    folder, events, _ = watched
    changing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    written = [
        arguments[0]
        for event, _, arguments in events
        if event == "open" and (any(c in arguments[1] for c in "wax+") if arguments[1] != "None" else int(arguments[2]) & changing)
    ]
    assert not [path for path in written if not path.startswith(str(folder / "cache")) and not path.isdigit() and "__pycache__" not in path]
    renamed = [arguments for event, _, arguments in events if event in ("os.rename", "os.mkdir")]
    assert not [paths for paths in renamed if not paths[0].startswith(str(folder / "cache"))]
