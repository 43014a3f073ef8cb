"""``torch.utils._pytree``: nested containers taken apart and put together again."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

from ...interpreter.values import CURRENT
from ...ir.refusal import Refusal
from ..describe import kind
from .native import native


@kind("torch.utils._pytree.TreeSpec")
class TreeSpec:
    """The shape of a nest: how many leaves, and how to put them back.

    Attributes:
        num_leaves: How many leaves.
    """

    def __init__(self, build: Callable[[list[Any]], Any], num_leaves: int) -> None:
        self._build = build
        self.num_leaves = num_leaves

    def unflatten(self, leaves: Any) -> Any:
        """The nest, with these leaves."""
        held = list(CURRENT.get().iterate(leaves))
        if len(held) != self.num_leaves:
            message = f"treespec.unflatten(leaves): `leaves` has length {len(held)} but the spec refers to {self.num_leaves}"
            raise Refusal("ValueError", message)
        return self._build(held)

    def __repr__(self) -> str:
        return f"TreeSpec({self.num_leaves} leaves)"


_NESTS = (list, tuple, dict, OrderedDict, defaultdict)


def _children(tree: Any, is_leaf: Any) -> tuple[list[Any], Callable[[list[Any]], Any]] | None:
    """The parts of a nest and what puts them together; None for a leaf."""
    if is_leaf is not None and CURRENT.get().truth(CURRENT.get().call(is_leaf, (tree,), {})):
        return None
    if hasattr(type(tree), "_fields") and isinstance(tree, tuple):
        return list(tree), lambda parts: type(tree)(*parts)
    if type(tree) not in _NESTS:
        return None
    if isinstance(tree, dict):
        keys = list(tree)

        def rebuilt(parts: list[Any]) -> Any:
            made = defaultdict(tree.default_factory) if isinstance(tree, defaultdict) else type(tree)()
            made.update(zip(keys, parts, strict=True))
            return made

        return list(tree.values()), rebuilt
    return list(tree), type(tree)


@native("torch.utils._pytree.tree_flatten")
def tree_flatten(tree: Any, is_leaf: Any = None) -> Any:
    """The leaves of a nest, and its shape."""
    nest = _children(tree, is_leaf)
    if nest is None:
        return [tree], TreeSpec(lambda leaves: leaves[0], 1)
    parts, build = nest
    below = [tree_flatten(part, is_leaf) for part in parts]

    def rebuilt(leaves: list[Any]) -> Any:
        made, place = [], 0
        for _, spec in below:
            made.append(spec.unflatten(leaves[place : place + spec.num_leaves]))
            place += spec.num_leaves
        return build(made)

    return [leaf for leaves, _ in below for leaf in leaves], TreeSpec(rebuilt, sum(spec.num_leaves for _, spec in below))


@native("torch.utils._pytree.tree_unflatten")
def tree_unflatten(leaves: Any, treespec: Any) -> Any:
    """The nest of a shape, with these leaves."""
    if not isinstance(treespec, TreeSpec):
        leaves, treespec = treespec, leaves
    return treespec.unflatten(leaves)


@native("torch.utils._pytree.tree_leaves", "torch.utils._pytree.tree_iter")
def tree_leaves(tree: Any, is_leaf: Any = None) -> Any:
    """The leaves of a nest."""
    return tree_flatten(tree, is_leaf)[0]


@native("torch.utils._pytree.tree_structure")
def tree_structure(tree: Any, is_leaf: Any = None) -> Any:
    """The shape of a nest."""
    return tree_flatten(tree, is_leaf)[1]


@native("torch.utils._pytree.tree_map", "torch.utils._pytree.tree_map_")
def tree_map(func: Any, tree: Any, *rests: Any, is_leaf: Any = None) -> Any:
    """A function of every leaf, in the same nest."""
    leaves, spec = tree_flatten(tree, is_leaf)
    columns = [leaves, *(tree_flatten(rest, is_leaf)[0] for rest in rests)]
    return spec.unflatten([CURRENT.get().call(func, row, {}) for row in zip(*columns, strict=True)])


@native("torch.utils._pytree.tree_map_only")
def tree_map_only(type_or_types_or_pred: Any, func: Any, tree: Any, is_leaf: Any = None) -> Any:
    """A function of the leaves of some types."""
    machine = CURRENT.get()
    test = machine.builtins["isinstance"]

    def chosen(leaf: Any) -> Any:
        return machine.call(func, (leaf,), {}) if machine.truth(machine.call(test, (leaf, type_or_types_or_pred), {})) else leaf

    leaves, spec = tree_flatten(tree, is_leaf)
    return spec.unflatten([chosen(leaf) for leaf in leaves])


def _asked(name: str, answer: Callable[..., bool]) -> None:
    @native(f"torch.utils._pytree.{name}")
    def ask(pred: Any, tree: Any, is_leaf: Any = None) -> bool:
        machine = CURRENT.get()
        return answer(machine.truth(machine.call(pred, (leaf,), {})) for leaf in tree_leaves(tree, is_leaf))

    ask.__doc__ = "A question asked of the leaves."


_asked("tree_all", all)
_asked("tree_any", any)


@native("torch.utils._pytree._dict_flatten", "torch.utils._pytree._dict_flatten_with_keys")
def dict_flatten(tree: Any) -> Any:
    """The values of a dict, and its keys."""
    return list(tree.values()), list(tree)


@native("torch.utils._pytree._dict_unflatten")
def dict_unflatten(values: Any, context: Any) -> Any:
    """The dict of these values and keys."""
    return dict(zip(context, values, strict=True))
