"""`torch.nn.Module`: registration, traversal and calling, as torch's own source does it.

The methods of `Module` are plain functions of an instance of the program (`ModuleInstance`), so that the same code
serves a described layer, a class of the program, and a class derived from both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from ...interpreter.attributes import put_plainly
from ...interpreter.values import CURRENT, MISSING, Builtin, Instance, unknown_part
from ...ir.refusal import Refusal
from ...ir.unknown import Reason, Unknown
from ..describe import RUN
from .calling import Call, HookHandle, add_hook, kept, run_forward, run_hooks, run_pre_hooks
from .instance import REGISTERED, ModuleInstance, members, walk
from .loaded_state import refuse_state
from .tensor import Buffer, Parameter, TorchTensor, dtype_name


class Module:
    """The described class; see `library` for how it becomes a class of the program."""

    dump_patches = False
    training = True
    call_super_init = False
    _version = 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if (args or kwargs) and self.call_super_init is False:
            wrong = f"got an unexpected keyword argument '{next(iter(kwargs))}'" if kwargs else ""
            raise Refusal(
                "TypeError", f"{self.py_class.name}.__init__() {wrong or f'takes 1 positional argument but {len(args) + 1} were given'}"
            )
        attributes = self.__dict__
        attributes["training"] = True
        attributes["_parameters"] = {}
        attributes["_buffers"] = {}
        attributes["_non_persistent_buffers_set"] = set()
        attributes["_modules"] = {}

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise Refusal("NotImplementedError", f'Module [{self.py_class.name}] is missing the required "forward" function')

    # --- registration ---------------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        attributes = self.__dict__
        parameters = attributes.get("_parameters")
        if type(value) in _PLAIN and (parameters is None or not _is_registered(attributes, name)):
            if self.py_class.find(name) is MISSING:
                attributes[name] = value
            else:
                put_plainly(CURRENT.get(), cast("ModuleInstance", self), name, value)
            return
        if isinstance(value, Parameter):
            if parameters is None:
                raise Refusal("AttributeError", "cannot assign parameters before Module.__init__() call")
            _remove(attributes, name, ("_buffers", "_modules"))
            attributes.pop(name, None)
            parameters[name] = value
            return
        if parameters is not None and name in parameters:
            if value is not None and type(value) is not Unknown:
                raise Refusal("TypeError", f"cannot assign a value as parameter '{name}' (torch.nn.Parameter or None expected)")
            parameters[name] = value
            return
        modules = attributes.get("_modules")
        if isinstance(value, ModuleInstance):
            if modules is None:
                raise Refusal("AttributeError", "cannot assign module before Module.__init__() call")
            _remove(attributes, name, ("_parameters", "_buffers"))
            attributes.pop(name, None)
            modules[name] = value
        elif modules is not None and name in modules:
            if value is not None and type(value) is not Unknown:
                raise Refusal("TypeError", f"cannot assign a value as child module '{name}' (torch.nn.Module or None expected)")
            modules[name] = value
        else:
            _set_buffer_or_plain(self, name, value)

    def __getattr__(self, name: str) -> Any:
        attributes = self.__dict__
        for key in REGISTERED:
            registered = attributes.get(key)
            if registered is not None and name in registered:
                return registered[name]
        if "_unknown" in attributes:  # a layer built with arguments that are not known
            return attributes["_unknown"]
        raise Refusal("AttributeError", f"'{self.py_class.name}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        attributes = self.__dict__
        for key in REGISTERED:
            if name in attributes.get(key, ()):
                del attributes[key][name]
                attributes["_non_persistent_buffers_set"].discard(name)
                return
        if name not in attributes:
            raise Refusal("AttributeError", name)
        del attributes[name]

    def __dir__(self) -> list[str]:
        attributes = self.__dict__
        names = {name for cls in self.py_class.mro for name in cls.namespace} | set(attributes)
        for key in REGISTERED:
            names.update(attributes.get(key, ()))
        return sorted(names)

    def register_parameter(self, name: str, param: Any) -> None:
        attributes = self.__dict__
        if "_parameters" not in attributes:
            raise Refusal("AttributeError", "cannot assign parameter before Module.__init__() call")
        _check_name(self, name, "_parameters")
        if param is not None and not isinstance(param, (Parameter, Unknown)):
            raise Refusal("TypeError", f"cannot assign a value to parameter '{name}' (torch.nn.Parameter or None required)")
        attributes["_parameters"][name] = param

    def register_buffer(self, name: str, tensor: Any, persistent: Any = True) -> None:
        attributes = self.__dict__
        if "_buffers" not in attributes:
            raise Refusal("AttributeError", "cannot assign buffer before Module.__init__() call")
        _check_name(self, name, "_buffers")
        if tensor is not None and not isinstance(tensor, (TorchTensor, Unknown)):
            raise Refusal("TypeError", f"cannot assign a value to buffer '{name}' (torch.Tensor or None required)")
        attributes["_buffers"][name] = tensor
        if persistent:
            attributes["_non_persistent_buffers_set"].discard(name)
        else:
            attributes["_non_persistent_buffers_set"].add(name)

    def add_module(self, name: str, module: Any) -> None:
        attributes = self.__dict__
        if isinstance(module, Instance) and not isinstance(module, ModuleInstance):
            module = unknown_part(module.py_class) or module
        if not isinstance(module, (ModuleInstance, Unknown)) and module is not None:
            kind = getattr(getattr(module, "py_class", None), "name", None) or type(module).__name__
            raise Refusal("TypeError", f"{kind} is not a Module subclass")
        _check_name(self, name, "_modules")
        attributes["_modules"][name] = module

    register_module = add_module

    # --- calling --------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        run, machine = RUN.get(), CURRENT.get()
        attributes = self.__dict__
        call = Call(self, args, kwargs, run)
        run.calls.append(call)
        nested, run.nested = run.nested, 0
        try:
            if "_forward_pre_hooks" in attributes:
                args, kwargs = run_pre_hooks(machine, self, args, kwargs)
            result = run_forward(run, machine, self, args, kwargs)
            if "_forward_hooks" in attributes:
                result = run_hooks(machine, self, args, kwargs, result)
        finally:
            run.nested = nested
        call.outputs = kept(result)
        call.nodes = (call.nodes[0], len(run.nodes))
        return result

    def register_forward_pre_hook(self, hook: Any, *, prepend: Any = False, with_kwargs: Any = False) -> Any:
        return add_hook(self, "_forward_pre_hooks", hook, with_kwargs, prepend)

    def register_forward_hook(self, hook: Any, *, prepend: Any = False, with_kwargs: Any = False, always_call: Any = False) -> Any:
        return add_hook(self, "_forward_hooks", hook, with_kwargs, prepend)

    def register_full_backward_hook(self, hook: Any, prepend: Any = False) -> Any:
        return HookHandle({}, hook)

    register_backward_hook = register_full_backward_hook
    register_full_backward_pre_hook = register_full_backward_hook

    def register_state_dict_pre_hook(self, hook: Any) -> Any:
        return HookHandle({}, hook)

    register_state_dict_post_hook = register_state_dict_pre_hook
    _register_state_dict_hook = register_state_dict_pre_hook

    def register_load_state_dict_pre_hook(self, hook: Any) -> Any:
        return add_hook(self, "_load_state_dict_pre_hooks", hook, False, False)

    def _register_load_state_dict_pre_hook(self, hook: Any, with_module: Any = False) -> Any:
        return add_hook(self, "_load_state_dict_pre_hooks", hook, with_module, False)

    def register_load_state_dict_post_hook(self, hook: Any) -> Any:
        return add_hook(self, "_load_state_dict_post_hooks", hook, False, False)

    # --- traversal ------------------------------------------------------------------------------------------------

    def named_modules(self, memo: Any = None, prefix: str = "", remove_duplicate: Any = True) -> Iterator[Any]:
        return walk(self, prefix, set() if memo is None else memo, bool(remove_duplicate))

    def modules(self) -> Iterator[Any]:
        return (module for _, module in walk(self, "", set(), True))

    def named_children(self) -> Iterator[Any]:
        seen: set[int] = set()
        modules = self.__dict__.get("_modules")
        if modules is None:
            raise Refusal("AttributeError", f"'{self.py_class.name}' object has no attribute '_modules'")
        for name, module in list(modules.items()):
            if module is not None and id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[Any]:
        return (module for _, module in Module.named_children(self))

    def named_parameters(self, prefix: str = "", recurse: Any = True, remove_duplicate: Any = True) -> Iterator[Any]:
        return members(self, "_parameters", prefix, bool(recurse), bool(remove_duplicate))

    def parameters(self, recurse: Any = True) -> Iterator[Any]:
        return (parameter for _, parameter in members(self, "_parameters", "", bool(recurse), True))

    def named_buffers(self, prefix: str = "", recurse: Any = True, remove_duplicate: Any = True) -> Iterator[Any]:
        return members(self, "_buffers", prefix, bool(recurse), bool(remove_duplicate))

    def buffers(self, recurse: Any = True) -> Iterator[Any]:
        return (buffer for _, buffer in members(self, "_buffers", "", bool(recurse), True))

    def get_submodule(self, target: str) -> Any:
        module = self
        for part in target.split(".") if target else ():
            children = module.__dict__.get("_modules", {})
            if part not in children:
                raise Refusal("AttributeError", f"{module.py_class.name} has no attribute `{part}`")
            module = children[part]
        return module

    def get_parameter(self, target: str) -> Any:
        path, _, name = target.rpartition(".")
        found = Module.get_submodule(self, path).__dict__["_parameters"]
        if name not in found:
            raise Refusal("AttributeError", f"has no attribute `{name}`")
        return found[name]

    def get_buffer(self, target: str) -> Any:
        path, _, name = target.rpartition(".")
        found = Module.get_submodule(self, path).__dict__["_buffers"]
        if name not in found:
            raise Refusal("AttributeError", f"has no attribute `{name}`")
        return found[name]

    def set_submodule(self, target: str, module: Any, strict: Any = False) -> None:
        path, _, name = target.rpartition(".")
        Module.get_submodule(self, path).__dict__["_modules"][name] = module

    def apply(self, fn: Any) -> Any:
        machine = CURRENT.get()
        for module in list(Module.children(self)):
            machine.call(machine.get(module, "apply"), (fn,), {})
        machine.call(fn, (self,), {})
        return self

    # --- mode, type and state -------------------------------------------------------------------------------------

    def train(self, mode: Any = True) -> Any:
        machine = CURRENT.get()
        self.__dict__["training"] = mode
        for module in list(Module.children(self)):
            if is_plainly(module, "train"):
                Module.train(module, mode)
            elif type(module) is not Unknown:
                machine.call(machine.get(module, "train"), (mode,), {})
        return self

    def eval(self) -> Any:
        machine = CURRENT.get()
        return machine.call(machine.get(self, "train"), (False,), {})

    def requires_grad_(self, requires_grad: Any = True) -> Any:
        for _, parameter in members(self, "_parameters", "", True, True):
            parameter.requires_grad = requires_grad
        return self

    def to(self, *args: Any, **kwargs: Any) -> Any:
        dtype = kwargs.get("dtype")
        for arg in args:
            if isinstance(arg, TorchTensor):
                dtype = arg.dtype
            elif hasattr(arg, "described_dtype") or type(arg).__name__ == "DType":
                dtype = arg
        return _convert(self, dtype_name(dtype))

    def _apply(self, fn: Any, recurse: Any = True) -> Any:
        return self

    def cuda(self, device: Any = None) -> Any:
        return self

    cpu = xpu = ipu = mtia = cuda

    def to_empty(self, *, device: Any = None, recurse: Any = True) -> Any:
        return self

    def share_memory(self) -> Any:
        return self

    def type(self, dst_type: Any) -> Any:
        return _convert(self, dtype_name(dst_type))

    def float(self) -> Any:
        return _convert(self, "float32")

    def double(self) -> Any:
        return _convert(self, "float64")

    def half(self) -> Any:
        return _convert(self, "float16")

    def bfloat16(self) -> Any:
        return _convert(self, "bfloat16")

    def zero_grad(self, set_to_none: Any = True) -> None:
        pass

    def compile(self, *args: Any, **kwargs: Any) -> None:
        pass

    def state_dict(self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: Any = False) -> Any:
        found: dict[str, Any] = {} if destination is None else destination
        for path, module in walk(self, "", set(), False):
            start = f"{prefix}{path}." if path else prefix
            for key in ("_parameters", "_buffers"):
                for name, value in module.__dict__[key].items():
                    if value is not None and name not in module.__dict__["_non_persistent_buffers_set"]:
                        found[start + name] = value
        return found

    def load_state_dict(self, state_dict: Any, strict: Any = True, assign: Any = False) -> Any:
        refuse_state(self, state_dict, strict)
        return RUN.get().unknown(Reason.OUTSIDE, "load_state_dict")

    def _load_from_state_dict(self, *args: Any, **kwargs: Any) -> None:
        pass

    def _save_to_state_dict(self, *args: Any, **kwargs: Any) -> None:
        pass

    def extra_repr(self) -> str:
        return ""

    def get_extra_state(self) -> Any:
        return None

    def set_extra_state(self, state: Any) -> None:
        pass

    def _get_name(self) -> str:
        return self.py_class.name

    def __repr__(self) -> str:
        return f"{self.py_class.name}()"


#: What is neither a tensor nor a module: the usual attributes.
_PLAIN = frozenset({bool, int, float, str, tuple, list, dict, type(None)})


def _is_registered(attributes: dict[str, Any], name: str) -> bool:
    return name in attributes["_parameters"] or name in attributes["_buffers"] or name in attributes["_modules"]


def _set_buffer_or_plain(self: Any, name: str, value: Any) -> None:
    attributes = self.__dict__
    buffers = attributes.get("_buffers")
    if isinstance(value, Buffer):
        if buffers is None:
            raise Refusal("AttributeError", "cannot assign buffer before Module.__init__() call")
        _remove(attributes, name, ("_parameters", "_modules"))
        attributes.pop(name, None)
        Module.register_buffer(self, name, value, value.persistent)
    elif buffers is not None and name in buffers:
        if value is not None and not isinstance(value, (TorchTensor, Unknown)):
            raise Refusal("TypeError", f"cannot assign a value as buffer '{name}' (torch.nn.Buffer, torch.Tensor or None expected)")
        buffers[name] = value
    elif self.py_class.find(name) is MISSING:
        attributes[name] = value
    else:
        put_plainly(CURRENT.get(), self, name, value)


def _remove(attributes: dict[str, Any], name: str, keys: tuple[str, ...]) -> None:
    for key in keys:
        registered = attributes.get(key)
        if registered is not None and name in registered:
            del registered[name]
    attributes["_non_persistent_buffers_set"].discard(name)


def _check_name(self: Any, name: Any, own: str) -> None:
    if not isinstance(name, str):
        raise Refusal("TypeError", "name should be a string")
    if "." in name:
        raise Refusal("KeyError", f'name can\'t contain ".", got: {name}')
    if name == "":
        raise Refusal("KeyError", 'name can\'t be empty string ""')
    attributes = self.__dict__
    if name not in attributes.get(own, ()) and _has(self, name):
        raise Refusal("KeyError", f"attribute '{name}' already exists")


def _has(self: Any, name: str) -> bool:
    attributes = self.__dict__
    return name in attributes or any(name in attributes.get(key, ()) for key in REGISTERED) or self.py_class.find(name) is not MISSING


def _convert(module: Any, dtype: str | None) -> Any:
    """Change the floating parameters and buffers to an element type, in place."""
    if dtype is None:
        return module
    for _, current in walk(module, "", set(), True):
        if not isinstance(current, ModuleInstance):
            continue
        for parameter in current.__dict__["_parameters"].values():
            if isinstance(parameter, TorchTensor) and parameter.dtype.startswith(("float", "bfloat")):
                parameter.dtype = dtype
        buffers = current.__dict__["_buffers"]
        for name, buffer in buffers.items():
            if isinstance(buffer, TorchTensor) and buffer.dtype.startswith(("float", "bfloat")):
                buffers[name] = buffer.like(dtype=dtype)
    return module


def is_plainly(module: Any, name: str) -> bool:
    """Whether a method is the one that every module has, not one of the program's own."""
    if not isinstance(module, ModuleInstance) or module.py_class.intercepts or name in module.__dict__:
        return False
    return described_by(module.py_class.find(name)) is getattr(Module, name)


def described_by(method: Any) -> Any:
    """The function that describes a method; None for one of the program's own."""
    return getattr(method.function, "__wrapped__", method.function) if type(method) is Builtin else None
