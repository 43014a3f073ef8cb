"""Comments that silence nothing, and what is said of them."""

from __future__ import annotations

from astarch import checking

BAD = """\
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x):
        return F.dropout(self.fc(x), 0.5)
"""
SMALL = """\
from torch import nn


class SmallCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3)
        self.relu = nn.ReLU()
        self.fc = nn.Linear(16 * 26 * 26, 10)

    def forward(self, x):
        x = self.relu(self.conv1(x))
        x = x.view(x.size(0), -1)
        return self.fc(x)
"""


def leftover(comment: str, **settings: object) -> list[tuple[str, str, bool]]:
    """What is said of a comment at a line where nothing is found: message, help, whether it can be removed."""
    text = BAD.replace("0.5)", f"0.5, self.training)  {comment}")
    return [(one.message, one.help, one.fix is not None) for one in checking.check_text(text, read=True, **settings)]


def test_comments_that_silence_nothing() -> None:
    nothing = "this comment does not silence `{}`: nothing is found here"
    assert leftover("# astarch: ignore[MDL611]") == [(nothing.format("MDL611"), "", True)]
    assert leftover("# noqa: MDL611") == [(nothing.format("MDL611"), "", True)]
    assert leftover("# noqa: MDL611, E501") == [(nothing.format("MDL611"), "", False)]
    assert leftover("# noqa: E501") == []
    assert leftover("# astarch: ignore -- a reason") == [("this comment does not silence anything: nothing is found here", "", True)]
    assert leftover("# astarch: ignore[unused-layr]") == [("no rule is called `unused-layr`", "did you mean `unused-layer`?", False)]
    assert leftover("# astarch: ignroe[MDL611]") == [
        ("`astarch: ignroe` is no comment that is understood", "did you mean `astarch: ignore`?", False)
    ]
    assert leftover("# astarch: a tool") == []
    assert leftover("# astarch: ignore", select=("MDL901", "MDL110")) == [], "another rule may find something here"
    assert leftover("# astarch: ignore[MDL801]") == [], "that rule is off"


def test_half_of_a_comment_silences_nothing() -> None:
    text = BAD.replace("0.5)", "0.5)  # astarch: ignore[MDL611, MDL110]")
    (one,) = checking.check_text(text)
    assert one.message == "this comment does not silence `MDL110`: nothing is found here"
    assert one.fix is None


def test_what_needs_a_model_is_not_missed_where_none_is_run() -> None:
    """flake8 and pylint run no models: a comment for what only a run finds is none too many."""
    text = SMALL.replace("return self.fc(x)", "return self.fc(x)  # astarch: ignore[linear-mismatch]")
    assert checking.check_text(text) == []
    assert [one.name for one in checking.check_text(text, read=True)] == ["unused-suppression"]
