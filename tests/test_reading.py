"""What a reading claims, and what it leaves open: undecided conditions, registries, demand-driven modules, bad arguments."""

from __future__ import annotations

import pickle
from pathlib import Path
from textwrap import dedent

import pytest

import astarch
from astarch.errors import AstarchError
from astarch.ir.unknown import Reason, Unknown

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def read(folder: Path, text: str, target: str = "Net", **options: object) -> astarch.Architecture:
    file = folder / "net.py"
    file.write_text(HEAD + dedent(text), encoding="utf-8")
    return astarch.read(f"{file}:{target}", **options)  # type: ignore[arg-type]


BRANCH = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(4, 4)
        self.left = nn.Linear(4, 8)
        self.right = nn.Linear(4, 8)

    def forward(self, x):
        x = self.stem(x)
        return self.left(x) if x.sum() > 0 else self.right(x)
"""


def test_only_what_both_arms_agree_on_is_claimed(tmp_path: Path) -> None:
    found = read(tmp_path, BRANCH, inputs=(1, 4))
    assert [call.module for call in found.calls] == ["", "stem"]
    assert list(found.modules) == ["", "stem", "left", "right"]
    assert found.outputs is not None and str(found.outputs[0]) == "float32[1, 8]"  # both arms give eight features
    assert len(found.alternatives) == 1 and "x.sum() > 0" in found.alternatives[0].condition
    assert any(unknown.reason is Reason.UNDECIDED for unknown in found.unknown)


def test_shapes_that_differ_between_the_arms_are_unknown(tmp_path: Path) -> None:
    found = read(tmp_path, BRANCH.replace("self.right = nn.Linear(4, 8)", "self.right = nn.Linear(4, 9)"), inputs=(1, 4))
    assert found.outputs is not None and isinstance(found.outputs[0], Unknown)


def test_an_arm_that_only_raises_is_assumed_away(tmp_path: Path) -> None:
    text = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 2)

        def forward(self, x):
            if x.mean() > 3:
                raise ValueError("too large")
            return self.fc(x)
    """
    found = read(tmp_path, text, inputs=(1, 4))
    assert [call.module for call in found.calls] == ["", "fc"]
    assert not found.alternatives and any("x.mean() > 3" in one.message for one in found.assumptions)


def test_decorated_definitions_are_registered_before_the_registry_is_read(tmp_path: Path) -> None:
    (tmp_path / "registry.py").write_text("BLOCKS = {}\n\ndef register(cls):\n    BLOCKS[cls.__name__] = cls\n    return cls\n\n"
                                          "def build(name, *args):\n    return BLOCKS[name](*args)\n", encoding="utf-8")  # fmt: skip
    text = """
    from registry import build, register

    @register
    class Wide(nn.Module):
        def __init__(self, size):
            super().__init__()
            self.fc = nn.Linear(size, size)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = build("Wide", 7)
    """
    assert read(tmp_path, text).parameters["block.fc.weight"].shape == (7, 7)


def test_what_a_module_hands_to_a_registry_is_there_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "blocks.py").write_text(
        "from torch import nn\nkinds = dict(plain=nn.Identity)\n"
        "def register(name, kind):\n    kinds[name] = kind\n"
        "def create(name, *args):\n    assert name in kinds\n    return kinds[name](*args)\n"
    )
    (tmp_path / "special.py").write_text(
        "from blocks import create, register\nfrom torch import nn\n"
        "class Wide(nn.Linear):\n    pass\n"
        "register('wide', Wide)\n"
        "for times in (1, 2):\n    register(f'wide{times}', Wide)\n"
        "def net():\n    return nn.Sequential(create('wide', 3, 4), create('wide2', 4, 5))\n"
    )
    found = astarch.read(f"{tmp_path / 'special.py'}:net", search_path=[tmp_path])
    assert [(name, tuple(p.shape)) for name, p in found.parameters.items() if name.endswith("weight")] == [
        ("0.weight", (4, 3)),
        ("1.weight", (5, 4)),
    ]


def test_a_name_bound_several_times_is_settled_in_source_order(tmp_path: Path) -> None:
    text = """
    width = 3
    first = width + 1
    width = 10

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(first, width)
    """
    assert read(tmp_path, text).parameters["fc.weight"].shape == (10, 4)


def test_a_loop_over_what_is_not_known_leaves_what_it_changes_open(tmp_path: Path) -> None:
    text = """
    import os

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            layers = [nn.Linear(2, 2)]
            for name in os.listdir("layers"):
                layers.append(nn.Linear(2, 2))
            self.body = nn.Sequential(*layers)
            self.head = nn.Linear(2, 1)
    """
    found = read(tmp_path, text)
    assert "head" in found.modules and "body.0" not in found.modules
    assert any(unknown.reason is Reason.OUTSIDE for unknown in found.unknown)


def test_wrong_arguments_are_the_programs_error(tmp_path: Path) -> None:
    found = read(tmp_path, "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(3)\n")
    assert [(one.code, one.severity) for one in found.diagnostics] == [("MDL001", "error")]
    assert "out_features" in found.diagnostics[0].message and found.diagnostics[0].span.line == 7


def test_one_wrong_size_is_one_finding(tmp_path: Path) -> None:
    text = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = nn.Conv2d(3, 8, 3), nn.Conv2d(16, 8, 3), nn.Conv2d(8, 4, 3)

        def forward(self, x):
            return self.c(self.b(self.a(x)))
    """
    found = read(tmp_path, text, inputs=(1, 3, 32, 32))
    assert len(found.diagnostics) == 1 and "16" in found.diagnostics[0].message
    assert str(found.calls[-1].outputs[0]) == "float32[1, 4, 26, 26]"  # the reading carries on


def test_tied_weights_count_once(tmp_path: Path) -> None:
    text = """
    class Net(nn.Module):
        def __init__(self, words=11, width=5):
            super().__init__()
            self.embed = nn.Embedding(words, width)
            self.head = nn.Linear(width, words, bias=False)
            self.head.weight = self.embed.weight
    """
    found = read(tmp_path, text)
    assert (found.parameter_count, found.listed_parameter_count) == (55, 110)
    assert found.parameters["head.weight"].tied_to == "embed.weight"


def test_symbolic_sizes_give_formulas(tmp_path: Path) -> None:
    text = """
    class Net(nn.Module):
        def __init__(self, dim, heads):
            super().__init__()
            self.qkv = nn.Linear(dim, 3 * dim)
            self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))
    """
    assert str(read(tmp_path, text).parameter_count) == "11*dim**2 + 8*dim"


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(AstarchError, match="no file"):
        astarch.read(str(tmp_path / "none.py:Net"))
    (tmp_path / "broken.py").write_text("class Net(:\n", encoding="utf-8")
    with pytest.raises(Exception, match=r"broken\.py:1"):
        astarch.read(str(tmp_path / "broken.py:Net"))


def test_what_changes_between_two_readings_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a notebook: the same process, another text, a new file, another folder with a file of the same name."""
    source = "from torch import nn\nfrom parts import size\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    for folder, width in (("one", 3), ("one", 14), ("two", 5)):
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        monkeypatch.chdir(place)
        (place / "net.py").write_text(f"{source}        self.fc = nn.Linear(size, {width}, bias=False)\n", encoding="utf-8")
        (place / "parts.py").write_text(f"size = {width + 1}\n", encoding="utf-8")
        net = astarch.read("net.py:Net", search_path=[tmp_path])
        assert net.parameters["fc.weight"].shape == (width, width + 1)


@pytest.mark.parametrize(
    ("resource", "width"),
    [("sizes/wide.txt", 7), ("../secret.txt", None), ("/etc/hostname", None), ("link.txt", None), ("no.txt", None)],
)
def test_data_of_a_package_is_read_from_inside_it_only(resource: str, width: int | None, tmp_path: Path) -> None:
    package = tmp_path / "nets"
    (package / "sizes").mkdir(parents=True)
    (package / "sizes" / "wide.txt").write_text("3 7\n")
    (tmp_path / "secret.txt").write_text("1 1\n")
    (package / "link.txt").symlink_to(tmp_path / "secret.txt")
    (package / "__init__.py").touch()
    (package / "wide.py").write_text(
        "import pkgutil\nfrom torch import nn\n"
        f"def net():\n    given, made = pkgutil.get_data(__name__, {resource!r}).decode('utf-8').split()\n"
        "    return nn.Linear(int(given), int(made))\n"
    )
    found = astarch.read("nets.wide:net", search_path=[tmp_path])
    assert [tuple(p.shape) for p in found.parameters.values()] == ([(width, 3), (width,)] if width else [])
    assert width or any(item.reason is Reason.OUTSIDE for item in found.unknown)


def test_the_graph_is_worked_out_after_the_reading(tmp_path: Path) -> None:
    """It is asked for when the machine has long stopped: also that of a layer with a thousand parts."""
    text = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stack = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 130)

        def forward(self, x):
            return self.stack(x) + 1
    """
    found = read(tmp_path, text, inputs=(1, 3, 8))
    again = read(tmp_path, text, inputs=(1, 3, 8))
    assert [node.op for node in found.graph.nodes][-1] == "call_method"
    assert pickle.loads(pickle.dumps(found.graph)) == again.graph
    assert found.graph.results == (("node", len(found.graph) - 1, ()),)


def test_a_loop_that_only_data_ends_is_not_followed_for_ever(tmp_path: Path) -> None:
    text = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 4)

        def forward(self, x):
            seen = x
            rounds = 0
            while True:
                rounds = rounds + 1
                label = self.fc(x).argmax(dim=1, keepdim=True)
                if torch.sum(label != seen) == 0:
                    break
                seen = label
            return x * rounds, self.fc(x)
    """
    found = read(tmp_path, text, inputs=(2, 4))
    assert len(found.calls) < 5_000
    assert any(one.reason is Reason.DATA_DEPENDENT and "ends" in one.detail for one in found.unknown)
    ((counted, result),) = found.outputs or ()
    assert isinstance(counted, Unknown)
    assert result.shape == (2, 4)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [("F.relu(x.shape)", "torch.Size"), ("F.softplus(self)", "Net"), ("self.fc(False)", "bool"), ("self.fc(x.shape)", "torch.Size")],
)
def test_an_error_names_types_as_the_program_does(tmp_path: Path, expression: str, kind: str) -> None:
    text = f"""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 4)

        def forward(self, x):
            return {expression}
    """
    (found,) = read(tmp_path, text, inputs=(2, 4)).diagnostics
    assert found.message.endswith(f"argument 'input' must be Tensor, not {kind}")
