"""Operations of Keras: on symbolic tensors a call becomes a node of the functional graph, with a name of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...ir.unknown import Unknown
from .. import describe
from ..describe import REGISTRY, RUN, Op, _first_unknown, _record
from .model.graph import Node, Operation, any_symbolic
from .nested import flatten, map_leaves
from .tensor import KerasTensor


class KerasOp(Op):
    """A described function of ``keras.ops``.

    Attributes:
        class_name: The class of its operation, from which automatic names are made; empty for functions that leave no node.
        module: The file of Keras that defines the class.
    """

    __slots__ = ("class_name", "module")
    __doc__ = Op.__doc__  # pyright: ignore[reportIncompatibleMethodOverride, reportAssignmentType] - the property: the text of the function

    def __init__(self, names: tuple[str, ...], function: Callable[..., Any], lenient: bool, class_name: str, module: str) -> None:
        super().__init__(names, function, lenient)
        self.class_name = class_name
        self.module = module

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.lenient and (lost := _first_unknown(args, kwargs)) is not None:
            return lost
        run = RUN.get()
        if self.class_name and any_symbolic(args, kwargs):
            return self._symbolic(args, kwargs)
        if run.nested or run.strict:
            return self.function(*args, **kwargs)
        return _record(run, self, args, kwargs)

    def _symbolic(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        run = RUN.get()
        operation = Operation(self, self.class_name, self.module)
        operation.span = run.where()
        result = self.specified(args, kwargs)
        lost = next((leaf for leaf in flatten(result) if isinstance(leaf, Unknown)), None)
        if lost is not None:  # without a node nothing tells where the others come from: none of them is known
            return map_leaves(lambda leaf: lost if isinstance(leaf, KerasTensor) else leaf, result)
        Node(operation, args, kwargs, result)
        return result

    def specified(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the operation gives, as new symbolic tensors (``compute_output_spec``)."""
        run = RUN.get()
        run.nested += 1
        try:
            result = self.function(*args, **kwargs)
        except TypeError as error:
            return describe.fault(run, self, args, kwargs, error)
        finally:
            run.nested -= 1
        given = {id(leaf) for leaf in (*args, *kwargs.values()) if isinstance(leaf, KerasTensor)}
        return map_leaves(lambda leaf: _fresh(leaf, given), result)


def _fresh(leaf: Any, given: set[int]) -> Any:
    if not isinstance(leaf, KerasTensor):
        return leaf
    made = KerasTensor(leaf.shape, leaf.dtype, None, True)
    made.sparse = leaf.sparse
    return made


def camel(name: str) -> str:
    """The class of an operation by the usual rule.

    >>> camel("expand_dims")
    'ExpandDims'
    """
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def keras_op(*names: str, class_name: str | None = None, module: str = "keras.src.ops.numpy", lenient: bool = False) -> Callable[..., Any]:
    """Describe a function of ``keras.ops``.

    Args:
        names: Its public names.
        class_name: The class of its operation; by default the name in camel case, empty for a function without one.
        module: The file of Keras that defines the class.
        lenient: It can be called with unknown arguments.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        label = camel(names[0].rpartition(".")[2]) if class_name is None else class_name
        described = KerasOp(names, function, lenient, label, module)
        for name in names:
            if name in REGISTRY:
                raise ValueError(f"{name} is described twice")
            REGISTRY[name] = described
        return function

    return register
