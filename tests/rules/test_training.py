"""What trains a model: programs that do it in ways of their own stay silent, and what is found in whole programs is true of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from astarch import checking

HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nfrom torch.utils.data import DataLoader, TensorDataset\n"

#: Programs that train as people do; all of them run.
RIGHT = {
    "accumulated": """
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
optimizer.zero_grad()
for i in range(8):
    loss = F.cross_entropy(model(torch.randn(3, 4)), torch.tensor([0, 1, 1])) / 4
    loss.backward()
    if (i + 1) % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    "closure": """
model = nn.Linear(4, 1)
optimizer = torch.optim.LBFGS(model.parameters())
x, y = torch.randn(8, 4), torch.randn(8, 1)
def closure():
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward()
    return loss
for _ in range(3):
    optimizer.step(closure)
""",
    "by hand": """
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(3):
    for p in model.parameters():
        p.grad = None
    F.mse_loss(model(torch.randn(8, 4)), torch.randn(8, 1)).backward()
    optimizer.step()
""",
    "without an optimizer": """
w = torch.randn(3, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for _ in range(3):
    loss = ((torch.randn(8, 3) @ w + b - torch.randn(8, 1)) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
        w.grad.zero_()
        b.grad.zero_()
""",
    "two optimizers": """
G, D = nn.Linear(2, 4), nn.Linear(4, 1)
og = torch.optim.Adam(G.parameters())
od = torch.optim.Adam(D.parameters())
for _ in range(2):
    fake = G(torch.randn(8, 2))
    od.zero_grad()
    loss_d = D(fake.detach()).mean() - D(torch.randn(8, 4)).mean()
    loss_d.backward()
    od.step()
    og.zero_grad()
    loss_g = -D(fake).mean()
    loss_g.backward()
    og.step()
""",
    "a helper steps": """
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def update(loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
for _ in range(3):
    update(F.mse_loss(model(torch.randn(8, 4)), torch.randn(8, 1)))
""",
    "turned round": """
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss = F.mse_loss(model(torch.randn(8, 4)), torch.randn(8, 1))
loss.backward()
for _ in range(3):
    optimizer.step()
    optimizer.zero_grad()
    loss = F.mse_loss(model(torch.randn(8, 4)), torch.randn(8, 1))
    loss.backward()
""",
    "a loss of several": """
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(2):
    optimizer.zero_grad()
    total = 0
    for _ in range(3):
        loss = F.cross_entropy(model(torch.randn(3, 4)), torch.tensor([0, 1, 1]))
        total += loss
    total.backward()
    optimizer.step()
""",
    "kept on purpose": """
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(3, 4)
for _ in range(2):
    optimizer.zero_grad()
    out = torch.tanh(model(x))
    out.mean().backward(retain_graph=True)
    out.std().backward()
    optimizer.step()
""",
    "state carried": """
rnn, head = nn.LSTM(4, 8, batch_first=True), nn.Linear(8, 1)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()])
hidden = None
for _ in range(3):
    if hidden is not None:
        hidden = tuple(h.detach() for h in hidden)
    out, hidden = rnn(torch.randn(2, 5, 4), hidden)
    loss = head(out[:, -1]).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(out.detach().numpy().shape, loss.data.numpy())
""",
    "straight through": """
class Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return (x > 0).float()
    @staticmethod
    def backward(ctx, gradient):
        return gradient
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
optimizer.zero_grad()
Sign.apply(model(torch.randn(8, 4))).mean().backward()
optimizer.step()
""",
    "a tail of a batch": """
data = TensorDataset(torch.randn(10, 4), torch.randint(0, 2, (10,)))
model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters())
every = []
for epoch in range(6):
    model.train()
    for x, y in DataLoader(data, batch_size=3, shuffle=True):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        every = []
        for x, y in DataLoader(data, batch_size=3):
            every.append(model(x).argmax(1))
        assert torch.cat(every).shape == data.tensors[1].shape
        print((torch.cat(every) == data.tensors[1]).float().mean().numpy())
""",
    "frozen in part": """
body, head = nn.Linear(4, 8), nn.Linear(8, 2)
for weight in body.parameters():
    weight.requires_grad = False
model = nn.Sequential(body, nn.ReLU(), head)
optimizer = torch.optim.Adam(head.parameters())
for _ in range(2):
    optimizer.zero_grad()
    F.cross_entropy(model(torch.randn(3, 4)), torch.tensor([0, 1, 1])).backward()
    optimizer.step()
""",
    "a number of its own": """
def train(model, optimizer, loader):
    total, count = 0.0, 0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        loss = loss.item()
        total += loss
    return total
model = nn.Linear(4, 1)
train(model, torch.optim.SGD(model.parameters(), lr=0.1), [(torch.randn(8, 4), torch.randn(8, 1))] * 2)
""",
}


@pytest.mark.parametrize("name", RIGHT)
def test_programs_that_train_as_people_do(name: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    exec(compile(HEAD + RIGHT[name], name, "exec"), {"__name__": "__main__"})  # else they show nothing
    path = tmp_path / "train.py"
    path.write_text(HEAD + RIGHT[name])
    assert [(one.name, one.span.line, one.message) for one in checking.check([path])] == []


def sides(text: str) -> tuple[str, str, set[int]]:
    """A program of `bugs/programs.txt` as it was asked about, as it is right, and the lines at which the mistake may be found."""
    import re

    wrong = re.sub("⟦(.*?)¦(.*?)⟧", lambda found: found[1], text, flags=re.DOTALL)
    right = re.sub("⟦(.*?)¦(.*?)⟧", lambda found: found[2], text, flags=re.DOTALL)
    lines = {number for number, line in enumerate(wrong.split("\n"), 1) if "#!" in line}
    return wrong.replace("#!", ""), right.replace("#!", ""), lines


def programs() -> dict[str, str]:
    text = (Path(__file__).parent / "bugs" / "programs.txt").read_text(encoding="utf-8")
    return {head.strip(): body for head, _, body in (part.partition("\n") for part in text.split("===== ")[1:])}


@pytest.mark.parametrize("name", programs())
def test_whole_programs_with_one_mistake(name: str, tmp_path: Path) -> None:
    wrong, right, lines = sides(programs()[name])
    path = tmp_path / "main.py"
    path.write_text(right)
    assert [(one.name, one.span.line, one.message) for one in checking.check([path])] == []
    path.write_text(wrong)
    found = checking.check([path])
    places = {span.line for one in found for span in (one.span, *(note.span for note in one.notes))}
    assert places & lines, [(one.name, one.span.line, one.message) for one in found]


STRANGE = """
from strange import Encoder, play
from itertools import count

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder(4)
        self.a = nn.Linear(4, 2)

    def forward(self, x):
        return self.a(self.encoder(x))

net, only = Net(), Encoder(4)

class Held(nn.Module):
    def __init__(self):
        super().__init__()
        self.held = Encoder(2)

optimizer = torch.optim.Adam(net.parameters())
other = torch.optim.Adam(Held().parameters())
for episode in range(3):
    for step in count():
        optimizer.zero_grad()
        net(torch.randn(2, 4)).sum().backward()
        optimizer.step()
        if play(step):
            break
"""


def test_what_is_not_known_may_hold_weights_and_lead_back_to_them(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(HEAD + STRANGE)
    assert checking.check([path]) == []
    path.write_text(HEAD + STRANGE.replace("nn.Linear(4, 2)", "nn.Linear(0.5, 2)"))  # it is run
    assert [one.severity for one in checking.check([path])] == ["error"]
