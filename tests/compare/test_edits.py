"""Every edit of `edits`: the verdict is what torch says of the old state in the new model, and every suggested mapping loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from astarch import api
from astarch.ir.change import Verdict
from astarch.render.difference.hook import hook

from .edits import EDITS, INPUTS, SOURCES, Edit

torch = pytest.importorskip("torch")


def live(text: str, seed: int) -> Any:
    """The model that a source makes, by torch itself."""
    names: dict[str, Any] = {"__name__": "edited"}
    exec(compile(text, "edited", "exec"), names)
    torch.manual_seed(seed)
    model = names["Net"]()
    with torch.no_grad():
        for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
            if tensor.dtype.is_floating_point and not name.endswith(("mask", "scale")):
                tensor.uniform_(0.5, 1.5) if "var" in name else tensor.uniform_(-0.8, 0.8)
    return model.eval()


def given(model: str) -> Any:
    shape, _, dtype = INPUTS[model].partition(":")
    sizes = [int(size) for size in shape.split(",")]
    torch.manual_seed(7)
    return torch.randint(0, 30, sizes) if dtype else torch.randn(sizes)


def loads(model: Any, state: Any) -> bool:
    try:
        model.load_state_dict(state, strict=True)
    except RuntimeError:
        return False
    return True


def same(first: Any, second: Any, x: Any) -> bool:
    with torch.no_grad():
        one, other = first(x), second(x)
    return one.dtype == other.dtype and one.shape == other.shape and bool(torch.allclose(one, other, atol=1e-6, rtol=1e-5))


@pytest.mark.parametrize("edit", EDITS, ids=[edit.name for edit in EDITS])
def test_verdict_is_torchs(edit: Edit, tmp_path: Path) -> None:
    folders = [tmp_path / "old", tmp_path / "new"]
    for folder, text in zip(folders, (SOURCES[edit.model], edit.text), strict=True):
        folder.mkdir()
        (folder / "net.py").write_text(text)
    said = api.diff(f"{folders[0]}/net.py:Net", f"{folders[1]}/net.py:Net", inputs=INPUTS[edit.model])
    old, new, x = live(SOURCES[edit.model], 1), live(edit.text, 2), given(edit.model)
    state = old.state_dict()
    if loads(new, state):
        expected = (Verdict.COMPATIBLE, Verdict.NONE) if same(old, new, x) else (Verdict.BEHAVIOUR,)
        assert said.verdict in expected, said.changes
        assert not said.doubts
        return
    assert said.verdict in (Verdict.BREAKING, Verdict.MAPPING), said.changes
    mended = {said.mapping.get(name, name): value for name, value in state.items() if name not in said.dropped}
    mended.update({name: new.get_buffer(name) for name in said.filled})
    fresh = live(edit.text, 3)
    assert loads(fresh, mended) == (said.verdict is Verdict.MAPPING), said.mapping
    if said.verdict is Verdict.MAPPING:
        assert said.behaviour in (None, not same(old, fresh, x)), said.changes
        hooked = live(edit.text, 4)
        names: dict[str, Any] = {}
        exec(hook(said), names)
        hooked.register_load_state_dict_pre_hook(names["load_old_keys"])
        assert loads(hooked, state)
        assert loads(hooked, fresh.state_dict()), "a checkpoint of today still loads"


def test_there_are_forty() -> None:
    assert len(EDITS) >= 40
