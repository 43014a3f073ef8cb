"""What trains models rather than being one: optimizers and schedules. Constructible, and classes to derive from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...interpreter.values import CURRENT
from ...ir.refusal import Refusal
from ...ir.span import Span
from ...ir.unknown import Reason, Unknown
from ..describe import RUN
from .calling import HookHandle
from .making import call
from .native import derivable, native
from .ops.gradients import is_made_of_leaves, is_open
from .tensor import TorchTensor


def _items(value: Any) -> list[Any]:
    return list(CURRENT.get().iterate(value))


# --- torch.optim ------------------------------------------------------------------------------------------------------


#: Why something is not known that may hold weights: a part of a model, say.
_MAY_HOLD = frozenset(Reason) - {Reason.OUTSIDE, Reason.DATA_DEPENDENT}


def _unknowns() -> list[Unknown]:
    """All that the program came upon that is not known."""
    return [*RUN.get().unknowns, *CURRENT.get().unknowns]


def _weights(optimizer: Any) -> list[TorchTensor]:
    """The weights that an optimizer is known to change."""
    groups = [group for group in optimizer.__dict__.get("param_groups", ()) if isinstance(group, dict)]
    return [weight for group in groups for weight in group.get("params", ()) if isinstance(weight, TorchTensor)]


def _stepped(run: Any) -> Iterator[tuple[list[TorchTensor], Span, dict[int, Any]]]:
    """What each optimizer that steps holds, where it does, and which of these ever had a gradient.

    Only of a program of which nothing is left open that could make one.
    """
    if is_open() or any(lost.detail != "Tensor.item" for lost in _unknowns()):
        return
    for optimizer, where, followed in run.state.get("optimizer steps", {}).values():
        held = [one for group in optimizer.__dict__.get("param_groups", ()) for one in group["params"]]
        if held and all(isinstance(one, TorchTensor) for one in held):
            yield held, where, followed


def steps_without_gradients(run: Any) -> Iterator[Span]:
    """Where optimizers step that never find a gradient."""
    return (where for _, where, followed in _stepped(run) if not followed)


def layers_without_gradients(run: Any) -> Iterator[tuple[str, Span]]:
    """Layers that are called, and whose weights an optimizer holds beside others that it trains, but that no gradient ever reaches."""
    trained: dict[int, Any] = {}
    idle: dict[int, Any] = {}
    for held, _, followed in _stepped(run):
        trained |= followed
        idle |= {id(one): one for one in held if followed and one.requires_grad}
    told: set[int] = set()
    for node in run.nodes if idle else ():
        own = [one for one in getattr(node.module, "__dict__", {}).get("_parameters", {}).values() if one is not None]
        if node.op != "call_module" or id(node.module) in told or not own:
            continue
        if all(id(one) in idle and id(one) not in trained for one in own):
            told.add(id(node.module))
            yield node.module.py_class.name, node.span


@derivable("torch.optim.Optimizer", module="torch.optim.optimizer")
class Optimizer:
    """Parameters in groups, and the settings of each."""

    def __init__(self, params: Any, defaults: Any) -> None:
        self.defaults = defaults
        self.state: dict[Any, Any] = {}
        self.param_groups: list[Any] = []
        if type(params) is Unknown:
            return
        groups = _items(params)
        if not groups and not any(lost.reason in _MAY_HOLD for lost in _unknowns()):
            raise Refusal("ValueError", "optimizer got an empty parameter list")
        if not groups:
            return
        if not isinstance(groups[0], dict):
            groups = [{"params": [one[1] if isinstance(one, tuple) else one for one in groups]}]
        for group in groups:
            Optimizer.add_param_group(self, group)

    def add_param_group(self, param_group: Any) -> None:
        params = param_group["params"]
        held = [params] if hasattr(params, "dtype") else _items(params)
        if any(is_made_of_leaves(one) for one in held):
            raise Refusal("ValueError", "can't optimize a non-leaf Tensor")
        group = {**param_group, "params": held}
        for name, value in self.defaults.items():
            group.setdefault(name, value)
        self.param_groups.append(group)

    def zero_grad(self, set_to_none: Any = True) -> None:
        for weight in _weights(self) if set_to_none is True else ():
            weight.__dict__.pop("gradient", None)

    def step(self, closure: Any = None) -> Any:
        result = call(closure) if closure is not None else None
        run = RUN.get()
        steps = run.state.setdefault("optimizer steps", {})
        _, where, followed = steps.get(id(self), (self, run.where(), {}))
        followed.update({id(weight): weight for weight in _weights(self) if "gradient" in weight.__dict__})
        steps[id(self)] = (self, where, followed)
        return result

    def state_dict(self) -> Any:
        return {"state": {}, "param_groups": self.param_groups}

    def load_state_dict(self, state_dict: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        pass

    def register_step_pre_hook(self, hook: Any) -> Any:
        return HookHandle({}, hook)

    register_step_post_hook = register_step_pre_hook


_OPTIMIZERS = """
SGD: lr=0.001 momentum=0 dampening=0 weight_decay=0 nesterov=False maximize=False foreach=None differentiable=False fused=None
Adam: lr=0.001 betas=(0.9,0.999) eps=1e-08 weight_decay=0 amsgrad=False maximize=False foreach=None capturable=False differentiable=False
  fused=None decoupled_weight_decay=False
AdamW: lr=0.001 betas=(0.9,0.999) eps=1e-08 weight_decay=0.01 amsgrad=False maximize=False foreach=None capturable=False
  differentiable=False fused=None decoupled_weight_decay=True
Adamax: lr=0.002 betas=(0.9,0.999) eps=1e-08 weight_decay=0 foreach=None maximize=False differentiable=False capturable=False
Adagrad: lr=0.01 lr_decay=0 weight_decay=0 initial_accumulator_value=0 eps=1e-10 foreach=None maximize=False differentiable=False
  fused=None
Adadelta: lr=1.0 rho=0.9 eps=1e-06 weight_decay=0 foreach=None capturable=False maximize=False differentiable=False
ASGD: lr=0.01 lambd=0.0001 alpha=0.75 t0=1000000.0 weight_decay=0 foreach=None maximize=False differentiable=False capturable=False
NAdam: lr=0.002 betas=(0.9,0.999) eps=1e-08 weight_decay=0 momentum_decay=0.004 decoupled_weight_decay=False foreach=None maximize=False
  capturable=False differentiable=False
RAdam: lr=0.001 betas=(0.9,0.999) eps=1e-08 weight_decay=0 decoupled_weight_decay=False foreach=None maximize=False capturable=False
  differentiable=False
RMSprop: lr=0.01 alpha=0.99 eps=1e-08 weight_decay=0 momentum=0 centered=False capturable=False foreach=None maximize=False
  differentiable=False
Rprop: lr=0.01 etas=(0.5,1.2) step_sizes=(1e-06,50) capturable=False foreach=None maximize=False differentiable=False
LBFGS: lr=1 max_iter=20 max_eval=None tolerance_grad=1e-07 tolerance_change=1e-09 history_size=100 line_search_fn=None
SparseAdam: lr=0.001 betas=(0.9,0.999) eps=1e-08 maximize=False
Adafactor: lr=0.01 beta2_decay=-0.8 eps=(None,0.001) d=1.0 weight_decay=0.0 foreach=None maximize=False
Muon: lr=0.001 weight_decay=0.1 momentum=0.95 nesterov=True ns_coefficients=(3.4445,-4.775,2.0315) eps=1e-07 ns_steps=5 adjust_lr_fn=None
"""


def _value(word: str) -> Any:
    if word.startswith("("):
        return tuple(_value(part) for part in word[1:-1].split(","))
    if word in ("None", "True", "False"):
        return {"None": None, "True": True, "False": False}[word]
    return float(word) if "." in word or "e" in word else int(word)


def _optimizer(name: str, settings: dict[str, Any]) -> None:
    def start(self: Any, params: Any, *args: Any, **kwargs: Any) -> None:
        if len(args) > len(settings) or set(kwargs) - set(settings):
            raise Refusal("TypeError", f"{name}.__init__() got an unexpected argument")
        Optimizer.__init__(self, params, {**settings, **dict(zip(settings, args, strict=False)), **kwargs})

    made = type(name, (Optimizer,), {"__init__": start, "__doc__": f"The optimizer {name}."})
    module = {"Adafactor": "_adafactor", "Muon": "_muon"}.get(name) or name.lower().replace("sparseadam", "sparse_adam")
    derivable(f"torch.optim.{name}", module=f"torch.optim.{module}")(made)


for _line in _OPTIMIZERS.strip().replace("\n  ", " ").splitlines():
    _name, _, _words = _line.partition(": ")
    _optimizer(_name, {key: _value(value) for key, _, value in (word.partition("=") for word in _words.split())})


@derivable("torch.optim.lr_scheduler.LRScheduler", "torch.optim.lr_scheduler._LRScheduler", module="torch.optim.lr_scheduler")
class LRScheduler:
    """A learning rate that changes over time."""

    def __init__(self, optimizer: Any, *args: Any, **kwargs: Any) -> None:
        self.optimizer = optimizer
        self.last_epoch = kwargs.get("last_epoch", -1)
        groups = getattr(optimizer, "param_groups", ())
        self.base_lrs = [group.get("lr") for group in groups if isinstance(group, dict)]

    def step(self, *args: Any, **kwargs: Any) -> None:
        pass

    def get_last_lr(self) -> Any:
        return list(self.base_lrs)

    def state_dict(self) -> Any:
        return {}

    def load_state_dict(self, state_dict: Any) -> None:
        pass


for _name in (
    "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "ExponentialLR", "LambdaLR",
    "LinearLR", "MultiStepLR", "MultiplicativeLR", "OneCycleLR", "PolynomialLR", "ReduceLROnPlateau", "SequentialLR", "StepLR",
):  # fmt: skip
    derivable(f"torch.optim.lr_scheduler.{_name}", module="torch.optim.lr_scheduler")(
        type(_name, (LRScheduler,), {"__doc__": f"The schedule {_name}."})
    )


@derivable("torch.amp.GradScaler", "torch.cuda.amp.GradScaler", "torch.cpu.amp.GradScaler", module="torch.amp.grad_scaler")
class GradScaler:
    """Scales losses, and steps for optimizers: here, only that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def scale(self, outputs: Any) -> Any:
        return outputs

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        machine = CURRENT.get()
        return machine.call(machine.get(optimizer, "step"), args, kwargs)

    def unscale_(self, optimizer: Any) -> None:
        pass

    def update(self, new_scale: Any = None) -> None:
        pass

    def is_enabled(self) -> Any:
        return RUN.get().unknown(Reason.OUTSIDE, "GradScaler.is_enabled")

    def get_scale(self) -> Any:
        return RUN.get().unknown(Reason.OUTSIDE, "GradScaler.get_scale")

    def state_dict(self) -> Any:
        return {}

    def load_state_dict(self, state_dict: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        return RUN.get().unknown(Reason.NOT_DESCRIBED, f"GradScaler.{name}")


# --- from files -------------------------------------------------------------------------------------------------------


def _from_outside(name: str) -> None:
    @native(name)
    def read(*args: Any, **kwargs: Any) -> Any:
        return RUN.get().unknown(Reason.OUTSIDE, name)

    read.__doc__ = "What is read from a file or the network."


for _name in ("torch.load", "torch.hub.load", "torch.hub.load_state_dict_from_url", "torch.hub.get_dir", "torch.utils.model_zoo.load_url",
              "torch.jit.load", "torch.export.load", "torch.hub.download_url_to_file", "torch.hub.list"):  # fmt: skip
    _from_outside(_name)
