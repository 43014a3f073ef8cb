"""Chains of what moves elements about: two count as the same only where torch gives the same, and where they are views, whenever it does."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from astarch.compare.views import RESHAPES, Views  # noqa: E402
from astarch.ir.dim import Dim  # noqa: E402


class Numbers:
    """Numbers for forms, as a comparison gives them."""

    def __init__(self) -> None:
        self.forms: dict[Any, int] = {("x",): 0}

    def __call__(self, form: Any) -> int:
        return self.forms.setdefault(form, len(self.forms))

    def form(self, number: Any) -> Any:
        return list(self.forms)[number]

    @classmethod
    def views(cls) -> Views:
        numbers = cls()
        return Views(numbers, numbers.form)


def steps(shape: tuple[int, ...], chance: random.Random) -> list[tuple[str, dict[str, Any]]]:
    """Operations that can be done to a tensor of a shape, with what each is given."""
    rank = len(shape)
    count = 1
    for size in shape:
        count *= size
    found: list[tuple[str, dict[str, Any]]] = [("reshape", {"shape": ("list", count)}), ("mT", {}) if rank > 1 else ("ravel", {})]
    divisors = [one for one in range(2, count) if count % one == 0][:3]
    found += [("reshape", {"shape": ("list", one, count // one)}) for one in divisors]
    if rank > 1:
        order = chance.sample(range(rank), rank)
        found += [("permute", {"dims": ("list", *order)}), ("transpose", {"dim0": chance.randrange(rank), "dim1": -1})]
        found += [("movedim", {"source": chance.randrange(rank), "destination": chance.randrange(rank)})]
        found += [("select", {"dim": 0, "index": chance.randrange(-shape[0], shape[0])})]
        found += [("getitem", {"index": ("list", ("slice", None, None, None), chance.randrange(shape[1]))})]
    if rank:
        axis = chance.randrange(rank)
        start = chance.randrange(shape[axis])
        found += [("narrow", {"dim": axis, "start": start, "length": chance.randint(1, shape[axis] - start)})]
        found += [
            (
                "getitem",
                {
                    "index": ("list", ("...",), ("slice", chance.choice([None, 0, -1]), None, chance.choice([None, 2]))),
                },
            )
        ]
        found += [("getitem", {"index": ("list", None, ("slice", None, None, None))}), ("unsqueeze", {"dim": axis})]
        found += [
            ("repeat_interleave", {"repeats": 2, "dim": axis}),
            ("repeat", {"repeats": ("list", *[2 if one == axis else 1 for one in range(rank)])}),
        ]
        found += [("expand", {"size": ("list", 2, *shape)})]
    return found


def done(name: str, given: dict[str, Any], x: Any) -> Any:
    """What torch makes of it."""
    plain = {key: value[1:] if isinstance(value, tuple) and value[:1] == ("list",) else value for key, value in given.items()}
    if name in ("mT", "T"):
        return getattr(x, name)
    if name == "getitem":
        return x[
            tuple(
                slice(*one[1:]) if isinstance(one, tuple) and one[0] == "slice" else ... if one == ("...",) else one
                for one in plain["index"]
            )
        ]
    if name in ("expand", "repeat"):
        return getattr(x, name)(*next(iter(plain.values())))
    return getattr(torch, name)(x, **plain)


def chain(seed: int, views: Views, shape: tuple[int, ...] = (2, 3, 4)) -> tuple[Any, int | None, list[str]]:
    """What a chain drawn at random gives by torch, and its number."""
    chance = random.Random(seed)
    x = torch.arange(24).reshape(shape)
    number: Any = 0
    said: list[str] = []
    for _ in range(chance.randint(1, 4)):
        name, given = chance.choice(steps(tuple(x.shape), chance))
        y = done(name, given, x)
        if name in (*RESHAPES, "unsqueeze"):
            number = views.reshaped(number, tuple(x.shape), tuple(y.shape))
        else:
            number = views.moved(name, {"input": number, **given}, number, tuple(x.shape), tuple(y.shape))
        said.append(f"{name} {given} → {tuple(y.shape)}")
        if number is None:
            return y, None, said
        x = y
    return x, number, said


def test_the_same_number_is_the_same_tensor() -> None:
    """Of thousands of pairs of chains: equal numbers mean equal tensors; equal tensors have equal numbers but for a few."""
    views = Numbers.views()
    chains = [found for seed in range(1500) if (found := chain(seed, views))[1] is not None]
    assert len(chains) > 1300
    by_value: dict[Any, list[tuple[int, list[str]]]] = {}
    by_number: dict[int, Any] = {}
    for tensor, number, said in chains:
        value = (tuple(tensor.shape), tuple(tensor.flatten().tolist()))
        assert by_number.setdefault(number, value) == value, said
        by_value.setdefault(value, []).append((number, said))
    shared = [found for found in by_value.values() if len(found) > 1]
    assert len(shared) > 60
    pairs = [(one, other) for found in shared for one, other in combinations(found, 2)]
    missed = [(one, other) for one, other in pairs if one[0] != other[0]]
    assert len(missed) < 0.1 * len(pairs), missed[:3]  # where a copy stands between, the chain begins anew


def test_symbolic_sizes() -> None:
    """The ways to part a projection into queries, keys and values, for every batch and length."""
    views = Numbers.views()
    batch, length, x = Dim.symbol("B"), Dim.symbol("T"), 0
    before = (batch, length, 24)
    whole = views.reshaped(x, before, (batch, length, 3, 4, 2))
    turned = views.moved(
        "permute", {"self": whole, "args": ("list", 2, 0, 3, 1, 4)}, whole, (batch, length, 3, 4, 2), (3, batch, 4, length, 2)
    )
    keys = views.moved("select", {"input": turned, "dim": 0, "index": 1}, turned, (3, batch, 4, length, 2), (batch, 4, length, 2))
    third = views.part(x, before, -1, 8, (batch, length, 8))
    apart = views.reshaped(third, (batch, length, 8), (batch, length, 4, 2))
    other = views.moved("transpose", {"input": apart, "dim0": 1, "dim1": 2}, apart, (batch, length, 4, 2), (batch, 4, length, 2))
    assert keys == other
    values = views.moved("select", {"input": turned, "dim": 0, "index": 2}, turned, (3, batch, 4, length, 2), (batch, 4, length, 2))
    assert values != other
    back = views.moved("transpose", {"input": keys, "dim0": 1, "dim1": 2}, keys, (batch, 4, length, 2), (batch, length, 4, 2))
    assert views.reshaped(back, (batch, length, 4, 2), (batch, length, 8)) == third


def test_a_value_as_it_is_is_itself() -> None:
    views = Numbers.views()
    whole = views.reshaped(0, (2, 3, 4), (6, 4))
    assert whole != 0
    assert views.reshaped(whole, (6, 4), (2, 3, 4)) == 0
    assert views.moved("getitem", {"self": 0, "index": ("...",)}, 0, (2, 3, 4), (2, 3, 4)) == 0
    assert views.part(0, (2, 3, 4), 0, 0, (2, 3, 4)) == 0


SPLIT = """
from torch import nn
import torch

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(8, 24), nn.Linear(8, 8)
    def forward(self, x):
        b, n, c = x.shape
        {parts}
        return self.out((q * k + v).transpose(1, 2).reshape(b, n, c))
"""
WAYS = (
    "q, k, v = self.qkv(x).reshape(b, n, 3, 4, 2).permute(2, 0, 3, 1, 4)",
    "q, k, v = (y.view(b, n, 4, 2).transpose(1, 2) for y in self.qkv(x).chunk(3, dim=-1))",
    "q, k, v = (y.unflatten(-1, (4, 2)).movedim(2, 1) for y in torch.split(self.qkv(x), 8, dim=2))",
    "y = self.qkv(x).view(b, n, 3, 4, 2).transpose(1, 3); q, k, v = y[:, :, 0], y[:, :, 1], y.select(2, 2)",
)
OTHERS = (
    "k, q, v = self.qkv(x).reshape(b, n, 3, 4, 2).permute(2, 0, 3, 1, 4).flip(0)",
    "v, k, q = self.qkv(x).reshape(b, n, 3, 4, 2).permute(2, 0, 3, 1, 4)",
    "q, k, v = self.qkv(x).reshape(b, n, 4, 3, 2).permute(3, 0, 2, 1, 4)",
    "q, k, v = self.qkv(x).reshape(b, n, 4, 2, 3).permute(4, 0, 2, 1, 3)",
)


@pytest.mark.parametrize("inputs", [(2, 5, 8), ("B", "T", 8)])
def test_ways_to_part_a_projection(tmp_path: Path, inputs: tuple[Any, ...]) -> None:
    """Four ways to write the same count as one; what torch gives another result for does not."""
    import astarch
    from astarch import api
    from astarch.ir.change import Verdict

    def of(name: str, parts: str) -> tuple[Any, Any]:
        source = SPLIT.format(parts=parts)
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        scope: dict[str, Any] = {}
        exec(source, scope)
        torch.manual_seed(0)
        return astarch.read(f"{tmp_path / name}.py:Net", inputs=inputs), scope["Net"]()(torch.arange(80.0).reshape(2, 5, 8) / 40)

    first, gives = of("first", WAYS[0])
    for number, parts in enumerate(WAYS[1:]):
        other, also = of(f"way{number}", parts)
        assert torch.equal(gives, also)
        assert api.diff(first, other).verdict in (Verdict.COMPATIBLE, Verdict.NONE), parts
    for number, parts in enumerate(OTHERS):
        other, also = of(f"other{number}", parts)
        assert not torch.allclose(gives, also)
        assert api.diff(first, other).verdict is Verdict.BEHAVIOUR, parts


def test_a_stretch_of_what_was_put_together(tmp_path: Path) -> None:
    """Cutting where it was joined gives back the parts; cutting elsewhere does not."""
    views = Numbers.views()
    one, other, third = (views._number((name,)) for name in "abc")
    for tensor, size in ((one, 2), (other, 3), (third, 1)):
        views.note(tensor, (4, size, 5))
    whole = views._number(("cat", ("dim", 1.0), ("tensors", ("list", one, other, third))))
    views.note(whole, (4, 6, 5))
    assert views.part(whole, (4, 6, 5), 1, 0, (4, 2, 5)) == one
    assert views.part(whole, (4, 6, 5), 1, 2, (4, 3, 5)) == other
    both = views.part(whole, (4, 6, 5), 1, 2, (4, 4, 5))
    assert views._form(both) == ("cat", ("dim", 1.0), ("tensors", ("list", other, third)))
    within = views.part(whole, (4, 6, 5), 1, 1, (4, 2, 5))
    assert views._form(within)[:2] == ("view", whole)
    assert views._form(views.part(whole, (4, 6, 5), 2, 0, (4, 6, 2)))[:2] == ("view", whole)
    x = torch.arange(120).reshape(4, 6, 5)
    joined = torch.cat([x[:, :2], x[:, 2:5], x[:, 5:]], 1)
    assert torch.equal(joined.narrow(1, 2, 3), x[:, 2:5])


WRITTEN = """
from torch import nn
import torch

class Net(nn.Module):
    def forward(self, x):
        x = x * 2
        y = x[0]
        {how}
"""
WRITES = (
    "y.add_(1); return x",
    "y.add_(1); return y",
    "return x",
    "return y",
    "x.add_(1); return y",
    "x[0] = y + 1; return x",
    "x[0] = y + 1; return y",
    "x[1] = y + 1; return y",
    "x[1] = y + 1; return x",
    "z = y + 1; return y",
    "y.add_(1); x.add_(1); return y",
    "y.add_(1); x[0].mul_(2); return x[0]",
    "y.mul_(2); x[0].add_(1); return x[0]",
    "torch.nn.Identity()(y); return x",
    "y.contiguous(); return y",
    "torch.nn.functional.relu(y, inplace=True); return x",
    "torch.nn.ReLU(inplace=True)(y); return x",
    "torch.nn.functional.relu(y, True); return x",
    "y += 1; return x",
    "y = y + 1; return x",
)
#: What leaves everything as it was.
IDLE = {"return x", "torch.nn.Identity()(y); return x", "y = y + 1; return x"}


def test_what_shares_memory_changes_together(tmp_path: Path) -> None:
    """Never the same where torch gives another result: a view of what is written to is no longer what it was."""
    import astarch
    from astarch import api
    from astarch.ir.change import Verdict

    read, gives = [], []
    for number, how in enumerate(WRITES):
        source = WRITTEN.format(how=how)
        (tmp_path / f"way{number}.py").write_text(source, encoding="utf-8")
        scope: dict[str, Any] = {}
        exec(source, scope)
        read.append(astarch.read(f"{tmp_path / f'way{number}'}.py:Net", inputs=(3, 4)))
        gives.append(scope["Net"]()(torch.arange(12.0).reshape(3, 4) - 3))
    idle = [one for one, how in zip(read, WRITES, strict=True) if how in IDLE]
    assert all(api.diff(one, other).behaviour is False for one, other in combinations(idle, 2))
    for (one, first), (other, second) in combinations(zip(read, gives, strict=True), 2):
        if first.shape != second.shape or not torch.equal(first, second):
            assert api.diff(one, other).verdict not in (Verdict.COMPATIBLE, Verdict.NONE)


HEAD = """
import torch
from torch import nn
from einops import rearrange, repeat
from einops.layers.torch import Rearrange

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads = Rearrange("b n (h d) -> b h n d", h=4)
        self.parts = Rearrange("b n (k h d) -> k b h n d", k=3, h=4)
    def forward(self, x):
        b, n, _ = x.shape
        return {result}
"""
RESULTS = (
    "rearrange(x, 'b n (h d) -> b h n d', h=4)",
    "rearrange(x, 'b n (h d) -> b h n d', d=6)",
    "rearrange(x, 'b ... (h d) -> b h ... d', h=4)",
    "x.view(b, n, 4, -1).transpose(1, 2)",
    "self.heads(x)",
    "rearrange(x, 'b n (d h) -> b h n d', h=4)",
    "repeat(x, 'b n d -> b k n d', k=4)",
    "x[:, None].expand(-1, 4, -1, -1)",
    "x.unsqueeze(1).repeat(1, 4, 1, 1)",
    "torch.repeat_interleave(x[:, None], 4, 1)",
    "repeat(x, 'b n d -> (k b) n d', k=4)",
    "x.repeat(4, 1, 1)",
    "repeat(x, 'b n d -> (b k) n d', k=4)",
    "x.repeat_interleave(4, 0)",
    "self.parts(x)[1]",
    "x.chunk(3, -1)[1].view(b, n, 4, 2).transpose(1, 2)",
    "self.parts(x)[0]",
    "rearrange(x, 'b n d -> (b n) d').reshape(x.shape)",
    "x",
    "1.0 / x",
    "x / 1.0",
    "0 - x",
    "torch.nn.functional.adaptive_avg_pool1d(x, 24)",
    "torch.nn.functional.adaptive_avg_pool1d(x, 12)",
)


@pytest.mark.parametrize("inputs", [(2, 5, 24), ("B", "T", 24)])
def test_patterns_of_einops_are_views(tmp_path: Path, inputs: tuple[Any, ...]) -> None:
    """Whatever two ways torch gives the same for count as the same, and no others."""
    pytest.importorskip("einops")
    import astarch
    from astarch import api
    from astarch.ir.change import Verdict

    found = []
    for number, result in enumerate(RESULTS):
        source = HEAD.format(result=result)
        (tmp_path / f"way{number}.py").write_text(source, encoding="utf-8")
        scope: dict[str, Any] = {}
        exec(source, scope)
        gives = scope["Net"]()(torch.randn(2, 5, 24, generator=torch.Generator().manual_seed(1)))
        found.append((result, astarch.read(f"{tmp_path / f'way{number}'}.py:Net", inputs=inputs), gives))
    for (one, first, gives), (other, second, also) in combinations(found, 2):
        same = gives.shape == also.shape and torch.equal(gives, also)
        verdict = api.diff(first, second).verdict
        assert verdict in ((Verdict.COMPATIBLE, Verdict.NONE) if same else (Verdict.BEHAVIOUR,)), (one, other)
