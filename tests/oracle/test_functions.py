"""Functions of functions, containers taken apart, classes to derive from: small programs, as torch runs them and as they are read."""

# ruff: noqa: E501 - one program, one line
from __future__ import annotations

from typing import Any

import pytest
import torch

from astarch.frameworks.torch.tensor import TorchTensor
from tests.oracle.test_numpy import read

PROGRAMS = {
    "function": """
class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x)
        ctx.scale = scale
        return x * torch.sigmoid(x)
    @staticmethod
    def backward(ctx, grad):
        return grad, None
result = [Swish.apply(torch.zeros(2, 3), 1.0), issubclass(Swish, torch.autograd.Function), Swish.__name__]
""",
    "function with setup": """
seen = []
class Double(torch.autograd.Function):
    @staticmethod
    def forward(x, n):
        return x.repeat(n), n
    @staticmethod
    def setup_context(ctx, inputs, output):
        seen.append((len(inputs), tuple(output[0].shape)))
        ctx.save_for_backward(inputs[0])
        seen.append([tuple(t.shape) for t in inputs])if False else None
result = [Double.apply(torch.zeros(3), 2)[0], seen]
""",
    "function saves": """
class Keep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *tensors):
        ctx.save_for_backward(*tensors)
        ctx.mark_non_differentiable(tensors[0])
        ctx.set_materialize_grads(False)
        return tensors[0].sum(0), len(tensors), ctx.needs_input_grad
result = Keep.apply(torch.zeros(2, 3), torch.zeros(3, requires_grad=True))
""",
    "vmap": """
result = [torch.vmap(lambda x: x.sum(-1))(torch.zeros(4, 2, 3)), torch.vmap(torch.dot)(torch.zeros(4, 3), torch.zeros(4, 3)),
          torch.vmap(torch.dot, in_dims=(0, None))(torch.zeros(4, 3), torch.zeros(3)), torch.vmap(lambda x: (x, x.t()), out_dims=(0, 1))(torch.zeros(5, 2, 3)),
          torch.vmap(lambda x: x * 2, in_dims=1, out_dims=-1)(torch.zeros(2, 3, 4)), torch.func.vmap(lambda d: {'y': d['x'] + 1})({'x': torch.zeros(3, 2)}),
          torch.vmap(torch.vmap(torch.mul, in_dims=(None, 0)), in_dims=(0, None))(torch.arange(3), torch.arange(4)),
          torch.vmap(lambda x, y=None: x + y)(torch.zeros(3, 2), y=torch.zeros(3, 2)),
          torch.vmap(lambda i: torch.zeros(5))(torch.arange(3))]
""",
    "functional call": """
m = nn.Linear(3, 4)
models = [nn.Linear(3, 4) for _ in range(5)]
params, buffers = torch.func.stack_module_state(models)
def run(params, buffers, x):
    return torch.func.functional_call(m, (params, buffers), (x,))
result = [torch.func.functional_call(m, {'weight': torch.zeros(6, 3), 'bias': torch.zeros(6)}, torch.zeros(2, 3)), m(torch.zeros(2, 3)),
          torch.vmap(run, in_dims=(0, 0, None))(params, buffers, torch.zeros(2, 3)), params, buffers]
""",
    "pytree": """
from torch.utils import _pytree as pytree
from torch.utils._pytree import tree_flatten, tree_unflatten, tree_map
tree = {'a': [1, 2, (3, torch.zeros(2))], 'b': None}
leaves, spec = tree_flatten(tree)
result = [leaves, tree_unflatten(leaves, spec), tree_map(lambda v: v, tree), pytree.tree_map_only(int, lambda n: n + 1, tree), spec.num_leaves,
          pytree.tree_leaves([1, [2, [3]]]), pytree.tree_map(lambda a, b: a + b, [1, 2], [3, 4]), pytree.tree_all(lambda n: n > 0, [1, [2]]),
          pytree.tree_leaves([[1, 2], [3]], is_leaf=lambda v: isinstance(v, list) and len(v) == 1)]
""",
    "optimizers": """
m = nn.Linear(3, 4)
o = torch.optim.AdamW([{'params': [m.weight], 'lr': 0.5}, {'params': m.bias}], lr=1e-2)
s = torch.optim.SGD(m.parameters(), 0.1, momentum=0.9)
class Own(torch.optim.Optimizer):
    def __init__(self, params, lr=1.0):
        super().__init__(params, dict(lr=lr, extra=3))
own = Own(m.parameters())
sched = torch.optim.lr_scheduler.StepLR(s, 3)
result = [o.param_groups[0]['lr'], o.param_groups[1]['lr'], len(o.param_groups), len(s.param_groups[0]['params']), s.param_groups[0]['momentum'],
          sorted(s.defaults), own.param_groups[0]['extra'], sched.get_last_lr(), isinstance(o, torch.optim.Optimizer), isinstance(own, torch.optim.Optimizer),
          sorted(o.defaults), o.defaults['betas']]
""",
    "data": """
from torch.utils.data import Dataset, DataLoader, IterableDataset, TensorDataset, get_worker_info
class Own(Dataset):
    def __init__(self): self.items = [1, 2, 3, 4, 5]
    def __len__(self): return 5
    def __getitem__(self, i): return self.items[i]
class Stream(IterableDataset):
    def __iter__(self): return iter([1, 2])
d = Own()
t = TensorDataset(torch.zeros(4, 2), torch.zeros(4))
result = [len(DataLoader(d, batch_size=2)), len(DataLoader(d, 2, drop_last=True)), d[1], list(Stream()), isinstance(Stream(), Dataset), get_worker_info(),
          len(t), t[0], DataLoader(d, batch_size=3).batch_size]
""",
    "distributions": """
from torch.distributions import Normal, Categorical, Bernoulli, Beta, Independent, MultivariateNormal, Uniform, kl_divergence, Dirichlet, StudentT
import torch.distributions as D
n = Normal(torch.zeros(4, 3), torch.ones(3))
c = Categorical(logits=torch.zeros(5, 7))
i = Independent(Normal(torch.zeros(4, 3), 1.0), 1)
mv = MultivariateNormal(torch.zeros(3), torch.eye(3))
result = [n.sample(), n.rsample((2,)), n.log_prob(torch.zeros(4, 3)), n.log_prob(torch.zeros(6, 4, 3)), n.batch_shape, n.event_shape, n.mean, n.entropy(), n.loc,
          c.sample(), c.sample((3,)), c.log_prob(torch.zeros(5, dtype=torch.long)), c.entropy(), c.batch_shape, i.log_prob(torch.zeros(4, 3)), i.batch_shape, i.sample(),
          mv.sample((2,)), mv.log_prob(torch.zeros(5, 3)), Uniform(0, torch.ones(2)).sample(), Bernoulli(torch.zeros(3)).sample(), Beta(torch.ones(2), 1.0).sample((3,)),
          kl_divergence(n, Normal(torch.zeros(3), 1.0)), Dirichlet(torch.ones(4, 3)).sample(), Normal(0.0, 1.0).sample((2,)), StudentT(torch.ones(3)).sample(),
          isinstance(n, D.Distribution)]
""",
    "names": """
import torch.nn.functional as F
result = [hasattr(torch, 'nothing'), hasattr(F, 'scaled_dot_product_attention'), hasattr(F, 'nothing'), hasattr(torch, 'npu'), hasattr(torch, 'xpu'),
          hasattr(nn.utils.parametrizations, 'weight_norm'), hasattr(torch.zeros(1), 'nothing'), hasattr(torch.backends, 'mps'), hasattr(nn, 'RMSNorm'),
          hasattr(torch, 'compile'), hasattr(nn, 'nothing'), hasattr(torch.backends.cuda, 'sdp_kernel'), hasattr(torch, 'float8_e4m3fn')]
try:
    from torch import nothing
except ImportError:
    result.append('import')
try:
    import torch.nothing
except ImportError:
    result.append('module')
try:
    from torch.nn.functional import nothing
except ImportError:
    result.append('function')
try:
    torch.nothing
except AttributeError:
    result.append('attribute')
try:
    from torch._six import inf
except ImportError:
    result.append('six')
""",
    "strangers": """
result = [isinstance(torch.zeros(1), torch.fx.Proxy), isinstance(3, torch.SymInt), isinstance(nn.Linear(2, 2), nn.parallel.DistributedDataParallel),
          torch.get_autocast_dtype('cuda') == torch.float16, torch.get_autocast_dtype('cpu') == torch.bfloat16]
""",
    "old autograd": """
from torch.autograd import Variable
result = [Variable(torch.zeros(2, 3)), torch.masked.mean(torch.zeros(3, 4), 1)]
""",
}


def stated(value: Any) -> Any:
    """A result as both sides can state it."""
    if isinstance(value, (torch.Tensor, TorchTensor)):
        return (tuple(value.shape), str(value.dtype).removeprefix("torch."))
    if isinstance(value, dict):
        return {key: stated(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [stated(one) for one in value]
    return value


@pytest.mark.parametrize("name", PROGRAMS)
def test_like_torch(name: str) -> None:
    source = f"import torch\nfrom torch import nn\n{PROGRAMS[name].strip()}\n"
    theirs: dict[str, Any] = {"__name__": "__main__"}
    exec(source, theirs)
    ours, wanted = read(source)["result"], theirs["result"]
    assert len(ours) == len(wanted)
    for place, (found, other) in enumerate(zip(ours, wanted, strict=True)):
        assert stated(found) == stated(other), place


def test_old_constructors() -> None:
    source = """
import torch, numpy as np
result = [torch.Tensor([True, False]), torch.Tensor([1, 2]), torch.Tensor(2, 3), torch.Tensor(), torch.LongTensor([1, 2]), torch.LongTensor(3),
          torch.FloatTensor([1]), torch.Tensor(np.zeros(3)), torch.BoolTensor([1, 0]), torch.Tensor(torch.Size([2, 3])), torch.IntTensor(2, 3),
          isinstance(torch.zeros(1), torch.FloatTensor), isinstance(torch.zeros(1), torch.LongTensor), isinstance(torch.LongTensor([1]), torch.LongTensor),
          isinstance(torch.LongTensor([1]), torch.Tensor), torch.Tensor([[1, 2], [3, 4]])]
"""
    theirs: dict[str, Any] = {}
    exec(source, theirs)
    assert stated(read(source)["result"]) == stated(theirs["result"])
