"""What is written of comparisons: short enough for a comment, and nothing of a hostile name gets out of its place."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from astarch.compare.changes import compare
from astarch.ir.architecture import Architecture, Module, Parameter
from astarch.ir.change import Comparison, Review
from astarch.render.difference.github import to_github
from astarch.render.difference.hook import hook
from astarch.render.difference.html import to_html
from astarch.render.difference.json import to_json
from astarch.render.difference.markdown import MARKER, MOST_CHARACTERS, to_markdown
from astarch.render.difference.mermaid import MOST_EDGES, to_mermaid
from astarch.render.difference.text import to_text

HOSTILE = 'a`b|</code></summary><script>alert(1)</script>@all ::error::"%0A\n::set-output name=x::1'


def model(count: int, prefix: str = "layer", width: int = 4) -> Architecture:
    names = [f"{prefix}{number}" for number in range(count)]
    return Architecture(
        "net.py:Net",
        modules={"": Module("", "net.Net"), **{name: Module(name, "torch.nn.modules.linear.Linear") for name in names}},
        parameters={f"{name}.weight": Parameter(f"{name}.weight", (width, number + 1)) for number, name in enumerate(names)},
    )


def changed(count: int = 3, prefix: str = "part", name: str = "net.py:Net") -> Comparison:
    return compare(model(count), model(count, prefix), name=name)


def test_a_comment_fits() -> None:
    """200 large changes: the parts go, the table stays."""
    review = Review("main", "HEAD", tuple(changed(60, name=f"net{number}.py:Net") for number in range(200)), 300)
    text = to_markdown(review)
    assert len(text) < MOST_CHARACTERS
    assert text.startswith(MARKER)
    assert all(f"`net{number}.py:Net`" in text for number in range(200))
    assert text.count("<details>") == text.count("</details>")
    assert text.count("```") % 2 == 0


@pytest.mark.parametrize("count", [2000, 20_000])
def test_a_comment_fits_whatever_comes(count: int) -> None:
    one = changed()
    review = Review("main", "HEAD", tuple(replace(one, name=f"a/rather/long/path/net{number}.py:Net") for number in range(count)), count)
    assert len(to_markdown(review)) < MOST_CHARACTERS


def test_a_small_change_has_everything() -> None:
    text = to_markdown(changed())
    assert "```mermaid" in text
    assert "RENAMED = {" in text
    assert "`layer0.weight` → `part0.weight`" in text


def test_large_drawings_are_left_out() -> None:
    assert to_mermaid(compare(model(2), model(MOST_EDGES + 50))) == ""


def test_hostile_names_stay_names() -> None:
    said = compare(model(1), model(1, HOSTILE), name=HOSTILE)
    markdown = to_markdown(said)
    assert "<script>" not in to_html(said)
    assert "<script>" not in re.sub(r"```.*?```|`[^`\n]*`", "", markdown, flags=re.DOTALL)
    assert "\n::" not in to_github(said)
    assert "\x1b" not in to_text(compare(model(1), model(1, "\x1b[31m")))
    names: dict[str, object] = {}
    exec(compile(hook(said), "hook", "exec"), names)
    assert names["RENAMED"] == {"layer0.weight": f"{HOSTILE}0.weight"}
    assert '"schema": 1' in to_json(said)


def test_a_swap_of_names_is_guarded_by_shape() -> None:
    """Two layers that exchanged names: no key tells old from new, the shapes do."""
    old = Architecture("n", modules={"": Module("", "n.N")}, parameters={"a": Parameter("a", (2,)), "b": Parameter("b", (3,))})
    new = Architecture("n", modules={"": Module("", "n.N")}, parameters={"a": Parameter("a", (3,)), "b": Parameter("b", (2,))})
    said = compare(old, new)
    assert said.mapping == {"b": "a", "a": "b"}
    assert "shape" in hook(said)
