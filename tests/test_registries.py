"""Registries: what statements of other files, of which nobody asks for a name, put where it is looked up later."""

from __future__ import annotations

from pathlib import Path

import pytest

import astarch
from astarch.ir.unknown import Reason
from astarch.readers.python import read_source
from astarch.source.index import index
from astarch.targets import Target

CLASS = """
class Registry:
    def __init__(self, name):
        self.name = name
        self._modules = {}

    def register(self, name=None):
        def wrap(cls):
            self._modules[name or cls.__name__] = cls
            return cls

        return wrap

    def add(self, cls):
        self._modules[cls.__name__] = cls
        return cls

    def __getitem__(self, key):
        return self._modules[key]

    def build(self, name, **given):
        if name not in self._modules:
            raise KeyError(f"{name} is not registered in {self.name}")
        return self._modules[name](**given)


MODELS = Registry("models")
"""
TABLE = """
TABLE = {}
ALL = []


def register(cls):
    TABLE[cls.__name__] = cls
    return cls


def build(name):
    return TABLE[name]()
"""
NET = """
class Small(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.fc = nn.Linear(width, 4)

    def forward(self, x):
        return self.fc(x)
"""
USES = "from torch import nn\nfrom {0} import {1}\n\n{2}" + NET + "{3}"


def uses(home: str, name: str, before: str = "", after: str = "") -> str:
    """A file with a model that is registered."""
    return USES.format(home, name, before, after)


#: Files, and the target in `main.py`; everywhere the model is a `Small`.
PROJECTS = {
    "a class, decorated": (
        {"pk/__init__.py": "from . import nets", "pk/registry.py": CLASS, "pk/nets.py": uses(".registry", "MODELS", "@MODELS.register()")},
        "from pk.registry import MODELS\n\n\ndef make():\n    return MODELS.build('Small')\n",
    ),
    "a class, named": (
        {"pk/__init__.py": "from .registry import MODELS\nfrom .nets import Small", "pk/registry.py": CLASS,
         "pk/nets.py": uses(".registry", "MODELS", "@MODELS.register('small')")},
        "from pk import MODELS\n\n\ndef make():\n    return MODELS['small']()\n",
    ),
    "a class, called": (
        {"pk/__init__.py": "from . import nets", "pk/registry.py": CLASS, "pk/nets.py": uses(".registry", "MODELS", "", "\n\nMODELS.add(Small)\n")},
        "from pk.registry import MODELS\n\n\ndef make():\n    return MODELS.build('Small')\n",
    ),
    "a class, at the top": (
        {"registry.py": CLASS, "nets.py": uses("registry", "MODELS", "@MODELS.register()")},
        "import nets\nfrom registry import MODELS\n\nmake = MODELS.build('Small')\n",
    ),
    "a class, in one file": (
        {},
        "from torch import nn\n" + CLASS + "\n\n@MODELS.register()" + NET + "\n\ndef make():\n    return MODELS.build('Small')\n",
    ),
    "a class, its method by a name": (
        {"registry.py": CLASS + "\n\nregister = MODELS.register()\n", "nets.py": uses("registry", "register", "@register")},
        "import nets\nfrom registry import MODELS\n\n\ndef make():\n    return MODELS.build('Small')\n",
    ),
    "a class, through its module": (
        {"registry.py": CLASS, "nets.py": "from torch import nn\nimport registry\n\n\n@registry.MODELS.register()" + NET},
        "import nets\nimport registry\n\n\ndef make():\n    return registry.MODELS.build('Small')\n",
    ),
    "a function": (
        {"pk/__init__.py": "from . import nets", "pk/registry.py": TABLE, "pk/nets.py": uses(".registry", "register", "@register")},
        "from pk.registry import build\n\n\ndef make():\n    return build('Small')\n",
    ),
    "a function, at the top": (
        {"registry.py": TABLE, "nets.py": uses("registry", "register", "@register")},
        "import nets\nfrom registry import build\n\nmake = build('Small')\n",
    ),
    "a function, the table elsewhere": (
        {"registry.py": TABLE, "nets.py": uses("registry", "register", "@register")},
        "import nets\nfrom registry import TABLE\n\n\ndef make():\n    return TABLE['Small']()\n",
    ),
    "a function, in one file": ({}, "from torch import nn\n" + TABLE + "\n\n@register" + NET + "\n\ndef make():\n    return build('Small')\n"),
    "a function, in one file, at the top": ({}, "from torch import nn\n" + TABLE + "\n\n@register" + NET + "\n\nmake = build('Small')\n"),
    "an item": (
        {"registry.py": TABLE, "nets.py": uses("registry", "TABLE", "", "\n\nTABLE['Small'] = Small\n")},
        "import nets\nfrom registry import TABLE\n\n\ndef make():\n    return TABLE['Small']()\n",
    ),
    "an item of a module": (
        {"registry.py": TABLE, "nets.py": "import registry\nfrom torch import nn\n" + NET + "\n\nregistry.TABLE['Small'] = Small\n"},
        "import nets\nimport registry\n\n\ndef make():\n    return registry.build('Small')\n",
    ),
    "an update": (
        {"registry.py": TABLE, "nets.py": uses("registry", "TABLE", "", "\n\nTABLE.update(Small=Small)\n")},
        "import nets\nfrom registry import TABLE\n\nmake = TABLE['Small']()\n",
    ),
    "a loop": (
        {"registry.py": TABLE, "nets.py": uses("registry", "TABLE", "", "\n\nfor one in (Small,):\n    TABLE[one.__name__] = one\n")},
        "import nets\nfrom registry import build\n\n\ndef make():\n    return build('Small')\n",
    ),
    "a list": (
        {"registry.py": TABLE, "nets.py": uses("registry", "ALL", "", "\n\nALL.append(Small)\n")},
        "import nets\nfrom registry import ALL\n\n\ndef make():\n    return ALL[0]()\n",
    ),
    "a list that would not be missed": (
        {"registry.py": TABLE, "nets.py": uses("registry", "ALL", "", "\n\nALL.append(Small)\n")},
        "from nets import Small\nfrom registry import ALL\n\n\ndef make():\n    return [Small(3), *(one() for one in ALL)][-1]\n",
    ),
    "a file that an imported one imports": (
        {"registry.py": TABLE, "nets.py": "import more", "more.py": uses("registry", "register", "@register")},
        "import nets\nfrom registry import TABLE\n\n\ndef make():\n    return next(iter(TABLE.values()))()\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROJECTS)
def test_what_is_registered_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files, main = PROJECTS[name]
    for path, text in {**files, "main.py": main}.items():
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(text)
    read = astarch.read("main.py:make", inputs=["2,8"])
    assert read.modules[""].type.endswith("Small"), read.diagnostics
    assert [call.outputs[0].shape for call in read.calls] == [(2, 4), (2, 4)]
    assert astarch.check(".") == []


def test_what_is_registered_nowhere_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("registry.py").write_text(CLASS)
    Path("nets.py").write_text(uses("registry", "MODELS", "@MODELS.register()"))
    Path("main.py").write_text("import nets\nfrom registry import MODELS\n\n\ndef make():\n    return MODELS.build('Large')\n")
    assert [one.message for one in astarch.read("main.py:make").diagnostics] == ["raises KeyError: 'Large is not registered in models'"]


def test_a_file_that_is_no_python_costs_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("registry.py").write_text(TABLE)
    Path("broken.py").write_text("def (:\n")
    Path("nets.py").write_text(uses("registry", "register", "@register"))
    Path("main.py").write_text("import broken\nimport nets\nfrom registry import build\n\n\ndef make():\n    return build('Small')\n")
    assert astarch.read("main.py:make").modules[""].type.endswith("Small")


@pytest.mark.parametrize("steps", [3, 30, 300])
def test_a_budget_that_is_spent_is_said(steps: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files, main = PROJECTS["a list that would not be missed"]
    for path, text in {**files, "main.py": main}.items():
        Path(path).write_text(text)
    read = read_source(Target("main.py:make", "main.py", "make"), [], [Path()], {}, steps)
    assert "" in read.modules or any(one.reason is Reason.BUDGET_SPENT for one in read.unknown)


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "TYPE_CHECKING is True", "WANTED"])
def test_what_a_package_does_to_find_its_names_is_no_registration(test: str) -> None:
    """What else there is than the names for checkers of types lists folders and takes the module's own place: no reading runs that."""
    (entry,) = index(f"if {test}:\n    from .net import *\nelse:\n    TABLE['a'] = 1\n", "zoo.py")
    assert entry.decorators == []
    assert entry.keepers == ["TABLE"]  # imports in full see whether it is of the program
