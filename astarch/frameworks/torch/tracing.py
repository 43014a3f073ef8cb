"""``torch.fx`` and ``torch.library``, as far as programs derive from them or decorate with them; nothing is traced here."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Reason
from ..describe import RUN
from .making import call
from .module import Module
from .native import derivable, native


@derivable("torch.fx.GraphModule", "torch.fx.graph_module.GraphModule", module="torch.fx.graph_module", base="torch.nn.Module")
class GraphModule(Module):
    """A module whose forward was generated from a graph: what that does is not known."""

    def __init__(self, root: Any = None, graph: Any = None, class_name: Any = "GraphModule") -> None:
        Module.__init__(self)
        self.__dict__["graph"] = graph

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return RUN.get().unknown(Reason.NOT_DESCRIBED, "the forward of a torch.fx.GraphModule")

    def recompile(self) -> None:
        pass

    def delete_all_unused_submodules(self) -> None:
        pass


@derivable("torch.fx.Tracer", module="torch.fx._symbolic_trace")
class Tracer:
    """What would turn a module into a graph."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def trace(self, root: Any, concrete_args: Any = None) -> Any:
        return RUN.get().unknown(Reason.NOT_DESCRIBED, "torch.fx.Tracer.trace")

    def is_leaf_module(self, m: Any, module_qualified_name: Any) -> Any:
        return m.py_class.module.startswith("torch.nn") or m.py_class.module.startswith("torch.ao.nn")


class CustomOp:
    """A function registered as an operator: it is called as it is."""

    described = True

    def __init__(self, name: str, function: Any) -> None:
        self.__name__ = name
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return call(self._function, *args, **kwargs)

    def register_fake(self, fn: Any = None, /) -> Any:
        """What tells the shapes to a compiler."""
        return fn

    register_autocast = register_vmap = register_fake

    def register_kernel(self, device_types: Any, fn: Any = None, /) -> Any:
        """Another way to compute it."""
        return fn if fn is not None else lambda function: function

    def register_autograd(self, backward: Any, /, *, setup_context: Any = None) -> None:
        """Its backward."""


@native("torch.library.custom_op", "torch.library.triton_op")
def custom_op(name: Any, fn: Any = None, /, *, mutates_args: Any = (), device_types: Any = None, schema: Any = None, **kwargs: Any) -> Any:
    """A function registered as an operator, or what registers one."""
    if fn is not None:
        return CustomOp(name, fn)
    return lambda function: CustomOp(name, function)


@native("torch.library.register_autograd", "torch.library.register_kernel", "torch.library.impl_abstract", "torch.library.register_vmap",
        "torch.library.opcheck")  # fmt: skip
def register(*args: Any, **kwargs: Any) -> None:
    """Nothing that a forward meets."""


@native("torch.library.Library")
def library(*args: Any, **kwargs: Any) -> Any:
    """A place for operators: what it is given is not followed."""
    return RUN.get().unknown(Reason.NOT_DESCRIBED, "torch.library.Library")
