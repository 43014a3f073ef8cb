"""`torch.nn.modules.container`: modules that hold others, and the containers of parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...interpreter.builtins.hosts import payload_of
from ...interpreter.repeated import Repeat
from ...interpreter.values import CURRENT, Instance
from ...ir.refusal import Refusal
from ...ir.unknown import Unknown
from .children import add, apart, children, count, named, parts, run_in_turn
from .instance import ModuleInstance
from .module import Module
from .tensor import Parameter, TorchTensor


def _items(value: Any) -> list[Any] | None:
    """The pairs of a mapping of the program, or None for anything else."""
    payload = payload_of(value)
    return list(payload.items()) if isinstance(payload, dict) else None


def _place(self: Any, index: Any) -> str:
    """The key of the index-th child."""
    keys = list(apart(self))
    if not -len(keys) <= index < len(keys):
        raise Refusal("IndexError", f"index {index} is out of range")
    return keys[index]


def _number(index: Any) -> Any:
    if isinstance(index, TorchTensor) and index.data is not None:
        return index.data[0]
    return payload_of(index)


class Sequential(Module):
    """Children called one after another."""

    described_as = "torch.nn.Sequential"

    def __init__(self, *args: Any) -> None:
        Module.__init__(self)
        if any(type(module) is Repeat for module in args):
            add(self, args)
            return
        pairs = _items(args[0]) if len(args) == 1 else None
        for name, module in pairs if pairs is not None else ((str(i), module) for i, module in enumerate(args)):
            self.add_module(name, module)

    def forward(self, input: Any) -> Any:
        return run_in_turn(self, input)

    def __getitem__(self, idx: Any) -> Any:
        idx = _number(idx)
        modules = apart(self)
        if isinstance(idx, slice):
            return CURRENT.get().call(self.py_class, (dict(list(modules.items())[idx]),), {})
        return modules[_place(self, idx)]

    def __setitem__(self, idx: Any, module: Any) -> None:
        CURRENT.get().put(self, _place(self, _number(idx)), module)

    def __delitem__(self: Any, idx: Any) -> None:  # a `ModuleList` does it the same way, and `insert`
        modules = apart(self)
        keys = list(modules)[idx] if isinstance(idx, slice) else [_place(self, idx)]
        for key in keys:
            del modules[key]
        _renumber(modules, list(modules.values()))

    def __len__(self) -> Any:
        return count(self)

    def __iter__(self) -> Any:
        return children(self)

    def __add__(self, other: Any) -> Any:
        joined = CURRENT.get().call(self.py_class, (), {})
        for module in (*Sequential.__iter__(self), *Sequential.__iter__(other)):
            Sequential.append(joined, module)
        return joined

    def __iadd__(self, other: Any) -> Any:
        return Sequential.extend(self, other)

    def append(self, module: Any) -> Any:
        add(self, (module,))
        return self

    def insert(self: Any, index: Any, module: Any) -> Any:
        modules = apart(self)
        values = list(modules.values())
        values.insert(index, module)
        _renumber(modules, values)
        return self

    def extend(self, sequential: Any) -> Any:
        add(self, parts(CURRENT.get().iterate(sequential)))
        return self

    def pop(self, key: Any = -1) -> Any:
        module = Sequential.__getitem__(self, key)
        Sequential.__delitem__(self, key)
        return module


def _renumber(modules: dict[str, Any], values: list[Any]) -> None:
    modules.clear()
    modules.update({str(i): value for i, value in enumerate(values)})


class ModuleList(Module):
    """A list of modules."""

    described_as = "torch.nn.ModuleList"

    def __init__(self, modules: Any = None) -> None:
        Module.__init__(self)
        if modules is not None:
            ModuleList.extend(self, modules)

    def __getitem__(self, idx: Any) -> Any:
        idx = _number(idx)
        if type(idx) is Unknown:
            return idx
        modules = apart(self)
        if isinstance(idx, slice):
            return CURRENT.get().call(self.py_class, (list(modules.values())[idx],), {})
        return modules[_place(self, idx)]

    def __setitem__(self, idx: Any, module: Any) -> None:
        CURRENT.get().put(self, _place(self, _number(idx)), module)

    def __delitem__(self, idx: Any) -> None:
        Sequential.__delitem__(self, idx)

    def __len__(self) -> Any:
        return count(self)

    def __iter__(self) -> Any:
        return children(self)

    def __add__(self, other: Any) -> Any:
        return CURRENT.get().call(self.py_class, ([*ModuleList.__iter__(self), *CURRENT.get().iterate(other)],), {})

    def __iadd__(self, modules: Any) -> Any:
        return ModuleList.extend(self, modules)

    def append(self, module: Any) -> Any:
        add(self, (module,))
        return self

    def insert(self, index: Any, module: Any) -> None:
        Sequential.insert(self, index, module)

    def extend(self, modules: Any) -> Any:
        if type(modules) is Unknown:
            ModuleList.append(self, modules)
            return self
        add(self, parts(CURRENT.get().iterate(modules)))
        return self

    def pop(self, key: Any) -> Any:
        module = ModuleList.__getitem__(self, key)
        ModuleList.__delitem__(self, key)
        return module


class ModuleDict(Module):
    """A dict of modules."""

    described_as = "torch.nn.ModuleDict"

    def __init__(self, modules: Any = None) -> None:
        Module.__init__(self)
        if modules is not None:
            ModuleDict.update(self, modules)

    def __getitem__(self, key: Any) -> Any:
        if type(key) is Unknown:
            return key
        modules = self.__dict__["_modules"]
        key = payload_of(key)
        if key not in modules:
            raise Refusal("KeyError", key)
        return modules[key]

    def __setitem__(self, key: Any, module: Any) -> None:
        self.add_module(payload_of(key), module)

    def __delitem__(self, key: Any) -> None:
        del self.__dict__["_modules"][payload_of(key)]

    def __len__(self) -> int:
        return len(named(self))

    def __iter__(self) -> Iterator[Any]:
        return iter(list(named(self)))

    def __contains__(self, key: Any) -> bool:
        return payload_of(key) in self.__dict__["_modules"]

    def clear(self) -> None:
        self.__dict__["_modules"].clear()

    def pop(self, key: Any) -> Any:
        return self.__dict__["_modules"].pop(payload_of(key))

    def get(self, key: Any, default: Any = None) -> Any:
        return self.__dict__["_modules"].get(payload_of(key), default)

    def keys(self) -> Any:
        return named(self).keys()

    def items(self) -> Any:
        return named(self).items()

    def values(self) -> Any:
        return named(self).values()

    def update(self, modules: Any) -> None:
        if isinstance(modules, Instance) and modules.py_class.find("described_as") == "torch.nn.ModuleDict":
            pairs: Any = list(named(modules).items())
        else:
            pairs = _items(modules)
            pairs = [tuple(CURRENT.get().iterate(pair)) for pair in CURRENT.get().iterate(modules)] if pairs is None else pairs
        for key, module in pairs:
            ModuleDict.__setitem__(self, key, module)


class ParameterList(Module):
    """A list of parameters (and of other values, which are not registered)."""

    described_as = "torch.nn.ParameterList"

    def __init__(self, values: Any = None) -> None:
        Module.__init__(self)
        self.__dict__["_size"] = 0
        if values is not None:
            ParameterList.extend(self, values)

    def _key(self, idx: Any) -> str:
        size = self.__dict__["_size"]
        if not -size <= idx < size:
            raise Refusal("IndexError", f"index {idx} is out of range")
        return str(idx % size)

    def __getitem__(self, idx: Any) -> Any:
        machine = CURRENT.get()
        idx = _number(idx)
        if isinstance(idx, slice):
            return machine.call(self.py_class, ([machine.get(self, str(i)) for i in range(self.__dict__["_size"])[idx]],), {})
        return machine.get(self, ParameterList._key(self, idx))

    def __setitem__(self, idx: Any, value: Any) -> None:
        CURRENT.get().put(self, ParameterList._key(self, idx), _as_parameter(value))

    def __len__(self) -> int:
        return self.__dict__["_size"]

    def __iter__(self) -> Iterator[Any]:
        machine = CURRENT.get()
        return iter([machine.get(self, str(i)) for i in range(self.__dict__["_size"])])

    def __iadd__(self, values: Any) -> Any:
        return ParameterList.extend(self, values)

    def append(self, value: Any) -> Any:
        index = self.__dict__["_size"]
        self.__dict__["_size"] = index + 1
        ParameterList.__setitem__(self, index, value)
        return self

    def extend(self, values: Any) -> Any:
        for value in CURRENT.get().iterate(values):
            ParameterList.append(self, value)
        return self


def _as_parameter(value: Any) -> Any:
    """A plain tensor becomes a parameter; anything else stays what it is."""
    if isinstance(value, TorchTensor) and not isinstance(value, Parameter):
        return Parameter(value.shape, value.dtype, device=value.device)
    return value


class ParameterDict(Module):
    """A dict of parameters (and of other values, which are not registered)."""

    described_as = "torch.nn.ParameterDict"

    def __init__(self, parameters: Any = None) -> None:
        Module.__init__(self)
        self.__dict__["_keys"] = {}
        if parameters is not None:
            ParameterDict.update(self, parameters)

    def __getitem__(self, key: Any) -> Any:
        if key not in self.__dict__["_keys"]:
            raise Refusal("KeyError", str(key))
        return CURRENT.get().get(self, str(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        self.__dict__["_keys"][key] = None
        CURRENT.get().put(self, str(key), _as_parameter(value))

    def __delitem__(self, key: Any) -> None:
        del self.__dict__["_keys"][key]
        CURRENT.get().delete(self, str(key))

    def __len__(self) -> int:
        return len(self.__dict__["_keys"])

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self.__dict__["_keys"]))

    def __contains__(self, key: Any) -> bool:
        return key in self.__dict__["_keys"]

    def keys(self) -> Any:
        return self.__dict__["_keys"].keys()

    def items(self: Any) -> Any:
        return [(key, ParameterDict.__getitem__(self, key)) for key in self.__dict__["_keys"]]

    def values(self) -> Any:
        return [ParameterDict.__getitem__(self, key) for key in self.__dict__["_keys"]]

    def get(self, key: Any, default: Any = None) -> Any:
        return ParameterDict.__getitem__(self, key) if key in self.__dict__["_keys"] else default

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self.__dict__["_keys"]:
            ParameterDict.__setitem__(self, key, default)
        return ParameterDict.__getitem__(self, key)

    def update(self, parameters: Any) -> None:
        pairs = _items(parameters)
        if pairs is None and isinstance(parameters, ModuleInstance):
            pairs = ParameterDict.items(parameters)
        machine = CURRENT.get()
        for key, value in pairs if pairs is not None else [tuple(machine.iterate(pair)) for pair in machine.iterate(parameters)]:
            ParameterDict.__setitem__(self, key, value)


CONTAINERS = (Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict)
