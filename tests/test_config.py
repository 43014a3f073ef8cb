"""`[tool.astarch]` is read from the nearest pyproject.toml, and mistakes in it are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from astarch.config import Config, load_config
from astarch.errors import ConfigError
from astarch.inputs import InputSpec


def project(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_everything(tmp_path: Path) -> None:
    project(
        tmp_path,
        """
        [tool.astarch]
        search-path = ["third_party"]
        python = ".venv/bin/python"
        budget = 1000

        [[tool.astarch.models]]
        target = "models/net.py:build_net(10)"
        inputs = ["1,3,32,32", "mask=1,7:bool"]
        with = { config = "models.config:Config()" }
        """,
    )
    config = load_config(tmp_path)
    assert config.search_path == (tmp_path / "third_party",)
    assert config.python == tmp_path / ".venv/bin/python"
    assert config.budget == 1000
    model = config.model("models/net.py:build_net(10)")
    assert model is not None
    assert model.inputs == (InputSpec(None, (1, 3, 32, 32)), InputSpec("mask", (1, 7), "bool"))
    assert model.names == {"config": "models.config:Config()"}
    assert config.model("models/net.py:other") is None


def test_the_nearest_that_speaks_of_astarch_wins(tmp_path: Path) -> None:
    project(tmp_path, "[tool.astarch]\nbudget = 5\n")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    project(inner, "[tool.other]\n")
    assert load_config(inner).budget == 5
    project(tmp_path / "a", "[tool.astarch]\nbudget = 6\n")
    assert load_config(inner).budget == 6


def test_none(tmp_path: Path) -> None:
    assert load_config(tmp_path).models == () or load_config(tmp_path) == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.astarch]\nmodel = []", "unknown key `model`.*did you mean `models`"),
        ("[tool.astarch]\nsearch_path = []", "did you mean `search-path`"),
        ("[tool.astarch]\nbudget = 'x'", "`budget` in tool.astarch is a str, wanted is a int"),
        ("[tool.astarch]\nmodels = ['net.py:Net']", "is not a table"),
        ("[[tool.astarch.models]]\ninputs = []", "has no `target`"),
        ("[[tool.astarch.models]]\ntarget = 'net.py:Net('", r"models\[1\]: .*not a Python expression"),
        ("[[tool.astarch.models]]\ntarget = 'net.py:Net'\ninputs = ['1,x y']", "neither a size nor a name"),
        ("[[tool.astarch.models]]\ntarget = 'net.py:Net'\ninput = ['1']", "did you mean `inputs`"),
        ("[tool.astarch\n", "pyproject.toml"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_config(project(tmp_path, text))
