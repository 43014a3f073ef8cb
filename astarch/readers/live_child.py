"""Run by the Python that the user names for ``verify --against live``: builds a model, runs it once and says what it is, as JSON.

Nothing of astarch is imported here, and astarch never imports this file: its text is what the other Python is given.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import json
import os
import sys
import traceback
import types
from typing import Any

#: Deeper values than this are not looked into.
DEPTH = 20
#: More characters of an error than this are not sent.
LONG = 6000


class Stop(Exception):
    """What cannot be done, in words."""


def main(request: Any) -> None:
    """Answer on the first standard output; what the program itself prints goes the other way."""
    answers = os.dup(1)
    os.dup2(2, 1)
    limit(request)
    stage = ["import"]
    try:
        answer = work(request, stage)
    except Stop as stop:
        answer = {"stopped": str(stop), "stage": stage[0]}
    except MemoryError:
        answer = {"memory": True, "stage": stage[0]}
    except BaseException as error:
        answer = {"raised": one_line(error), "trace": trace_of(error), "stage": stage[0], "memory": is_memory(error)}
        if isinstance(error, ModuleNotFoundError):
            answer["missing"] = str(error.name)
    data = json.dumps(answer).encode()
    while data:
        data = data[os.write(answers, data) :]
    os._exit(0)  # threads and exit handlers of the program are not waited for


def limit(request: Any) -> None:
    """Give this process no more memory than was asked for, and no core files."""
    try:
        import resource
    except ImportError:
        return  # Windows knows no such limits; the time is limited from outside
    size = int(request["memory"]) << 20
    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    for which, most in ((kind, size), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(which, (most, most))


def is_memory(error: BaseException) -> bool:
    text = str(error)
    return any(
        words in text
        for words in ("can't allocate memory", "not enough memory", "Cannot allocate memory", "failed to allocate memory", "std::bad_alloc")
    )


def one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]


def trace_of(error: BaseException) -> str:
    """The traceback without what stands in this script."""
    hidden = ("<string>", "<frozen importlib", importlib.__file__)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(hidden)]
    said = "".join(traceback.format_exception_only(type(error), error))
    return ("".join(traceback.format_list(frames[-12:])) + said)[-LONG:]


def work(request: Any, stage: list[str]) -> Any:
    """Everything, one stage after the other."""
    for folder in reversed(request["folders"]):
        sys.path.insert(0, folder)
    torch = importlib.import_module("torch") if importlib.util.find_spec("torch") is not None else None
    if torch is None and importlib.util.find_spec("keras") is None and importlib.util.find_spec("tensorflow") is None:
        raise Stop(f"{sys.executable} has neither torch nor keras")
    with torch.device(request["device"]) if torch is not None else contextlib.nullcontext():
        module = loaded(request["path"])
        for name, text in request["names"].items():
            where, _, expression = text.partition(":")
            setattr(module, name, evaluated(loaded(where), expression))
        stage[0] = "build"
        root = built(torch, module, request["expression"])
        if torch is not None and isinstance(root, torch.nn.Module):
            return with_torch(torch, root, request, stage)
        keras = sys.modules.get("keras")
        if keras is not None and isinstance(root, keras.layers.Layer):
            return with_keras(keras, root, request, stage)
    raise Stop(f"`{request['target']}` is a {type(root).__name__}, neither a module of torch nor a layer of Keras")


# --- building ---------------------------------------------------------------------------------------------------------


def loaded(path: str) -> Any:
    """The module of a dotted name or of a file; a file inside of a package is imported as part of it."""
    if not path.endswith(".py"):
        return importlib.import_module(path)
    folder, file = os.path.split(os.path.abspath(path))
    names = [file[:-3]] if file != "__init__.py" else []
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        names.insert(0, name)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    if len(names) > 1 or file == "__init__.py":
        return importlib.import_module(".".join(names))
    spec = importlib.util.spec_from_file_location(names[0], path)
    if spec is None or spec.loader is None:
        raise Stop(f"`{path}` is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[names[0]] = module
    spec.loader.exec_module(module)
    return module


def evaluated(module: Any, expression: str) -> Any:
    return eval(expression, vars(module))  # noqa: S307 - the user asked for this very expression to be run


def built(torch: Any, module: Any, expression: str) -> Any:
    """The model: what the expression gives, called when it is a class or a function."""
    value = evaluated(module, expression) if expression else last_class(torch, module)
    if isinstance(value, (type, types.FunctionType)):
        try:
            inspect.signature(value).bind()
        except TypeError as error:
            raise Stop(f"`{value.__name__}` cannot be called without arguments ({error}): write them, as in {value.__name__}(10)") from None
        except ValueError:
            pass
        value = value()
    return value


def last_class(torch: Any, module: Any) -> Any:
    keras = sys.modules.get("keras")
    kinds = tuple(kind for kind in (torch and torch.nn.Module, keras and keras.layers.Layer) if kind)
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, kinds) and value.__module__ == module.__name__
    ]
    if not found:
        raise Stop("the file defines no model class: name one")
    return found[-1]


# --- torch ------------------------------------------------------------------------------------------------------------


def with_torch(torch: Any, model: Any, request: Any, stage: list[str]) -> Any:
    """Modules, tensors and one forward of a torch model."""
    model.eval()
    torch.backends.mha.set_fastpath_enabled(False)
    torch.manual_seed(0)
    answer: dict[str, Any] = {"framework": "torch", "version": str(torch.__version__), "device": request["device"]}
    stage[0] = "forward"
    given = [torch_input(torch, spec, request["device"]) for spec in request["inputs"]]
    args, kwargs, names = arranged(request["inputs"], given, model.forward)
    shown = stated_inputs(names, given)
    if given:
        with torch.no_grad():
            calls, outputs = run_torch(model, args, kwargs)
        answer.update(calls=calls, outputs=outputs, inputs=shown)
    answer.update(torch_facts(torch, model))  # after the run: lazy layers have their shapes then
    if request["export"]:
        stage[0] = "export"
        with torch.no_grad():
            export_torch(torch, model, args, kwargs, request)
    return answer


def torch_input(torch: Any, spec: Any, device: str) -> Any:
    if "value" in spec:
        return spec["value"]
    if "items" in spec:
        return [torch_input(torch, item, device) for item in spec["items"]]
    dtype = getattr(torch, spec["dtype"])
    if device != "meta" and dtype.is_floating_point:
        return torch.rand(spec["shape"], device=device).to(dtype)
    return torch.zeros(spec["shape"], dtype=dtype, device=device)


def arranged(specs: Any, values: list[Any], function: Any) -> tuple[list[Any], dict[str, Any], list[str]]:
    """The arguments by position and by name, and the name that each goes to."""
    parameters = inspect.signature(function).parameters.values()
    plain = [one.name for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    loose = any(one.kind is one.VAR_KEYWORD for one in parameters)
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    names: list[str] = []
    for place, (spec, value) in enumerate(zip(specs, values)):
        name = spec["name"]
        if name is None or (not loose and name not in plain and not kwargs):
            args.append(value)
        else:
            kwargs[name] = value
        names.append(name or (plain[place] if not loose and place < len(plain) else f"input{place}"))
    return args, kwargs, names


def stated_inputs(names: list[str], values: list[Any]) -> Any:
    return [[name, stated(value)] for name, value in zip(names, values)]


def run_torch(model: Any, args: list[Any], kwargs: dict[str, Any]) -> tuple[list[Any], Any]:
    """One forward, with every entry into a module in order."""
    calls: list[Any] = []
    running: list[Any] = []

    def entered(name: str) -> Any:
        def hook(_: Any, args: Any, kwargs: Any) -> None:
            keywords = {key: stated(value) for key, value in kwargs.items() if holds_tensor(value)}
            row = [name, [stated(value) for value in args], keywords, None, len(running)]
            calls.append(row)
            running.append(row)

        return hook

    def left(_: Any, __: Any, output: Any) -> None:
        running.pop()[3] = stated(output)

    handles: list[Any] = []
    for name, module in model.named_modules():
        handles.append(module.register_forward_pre_hook(entered(name), with_kwargs=True))
        handles.append(module.register_forward_hook(left))
    try:
        return calls, stated(model(*args, **kwargs))
    finally:
        for handle in handles:
            handle.remove()


def torch_facts(torch: Any, model: Any) -> dict[str, Any]:
    modules: list[Any] = []
    first: dict[int, str] = {}
    for name, module in model.named_modules(remove_duplicate=False):
        kept = first.setdefault(id(module), name)
        modules.append({"name": name, "type": qualified(module), "shared": kept if kept != name else None, "arguments": settings(module)})
    return {
        "modules": modules,
        "parameters": [
            tensor_row(torch, name, item, item.requires_grad) for name, item in tied(model.named_parameters(remove_duplicate=False))
        ],
        "buffers": [
            tensor_row(torch, name, item, persistent(model, name[0])) for name, item in tied(model.named_buffers(remove_duplicate=False))
        ],
    }


def tied(tensors: Any) -> Any:
    """Names with the first name of the same object."""
    first: dict[int, str] = {}
    for name, item in tensors:
        kept = first.setdefault(id(item), name)
        yield (name, kept if kept != name else None), item


def tensor_row(torch: Any, names: tuple[str, Any], item: Any, flag: bool) -> Any:
    lazy = isinstance(item, torch.nn.parameter.UninitializedTensorMixin)
    return [names[0], None if lazy else list(item.shape), str(item.dtype).replace("torch.", ""), bool(flag), names[1]]


def persistent(model: Any, name: str) -> bool:
    owner, _, leaf = name.rpartition(".")
    return leaf not in model.get_submodule(owner)._non_persistent_buffers_set


def settings(module: Any) -> Any:
    """What a layer of torch itself keeps of what it was made with, where it keeps it as it was given."""
    if not type(module).__module__.startswith("torch.nn.modules."):
        return {}
    changed = ("training", "padding_idx", "kdim", "vdim")
    return {key: stated(value) for key, value in vars(module).items() if key[0] != "_" and key not in changed and is_plain(value)}


def is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return len(value) < 9 and all(is_plain(item) for item in value)
    return value is None or type(value) in (bool, int, float, str)


def export_torch(torch: Any, model: Any, args: list[Any], kwargs: dict[str, Any], request: Any) -> None:
    form, path = request["export"], request["output"]
    if not args and not kwargs:
        raise Stop("an export needs the inputs of the forward")
    if form == "pt2":
        torch.export.save(torch.export.export(model, tuple(args), kwargs), path)
    elif form == "onnx":
        new = importlib.util.find_spec("onnxscript") is not None  # what torch's newer exporter is written with
        if not new and importlib.util.find_spec("onnx") is None:
            raise Stop(f"{sys.executable} lacks the package onnx, without which torch writes no ONNX")
        torch.onnx.export(model, tuple(args), path, kwargs=kwargs or None, dynamo=new, **({"external_data": False} if new else {}))
    else:
        raise Stop(f"a torch model is not exported as {form}: use onnx or pt2")


# --- Keras ------------------------------------------------------------------------------------------------------------


def with_keras(keras: Any, model: Any, request: Any, stage: list[str]) -> Any:
    """Layers, weights and output shapes of a Keras model."""
    answer: dict[str, Any] = {"framework": "keras", "version": str(keras.__version__), "device": "cpu"}
    results: dict[int, Any] = {}
    if request["inputs"]:
        stage[0] = "forward"
        given = [keras_input(keras, spec) for spec in request["inputs"]]
        args, kwargs, names = keras_arranged(model, request["inputs"], given)
        with watched(keras, results):
            output = model(*args, **kwargs)
        answer.update(outputs=stated(output), inputs=stated_inputs(names, given))
    elif not model.built:
        raise Stop("the model has no weights until it is called: give the shape of its input")
    modules: list[Any] = [{"name": "", "type": qualified(model), "shared": None, "arguments": {}}]
    keras_layers(keras, model, "", {}, {}, results, modules)
    counts: dict[str, int] = {}
    rows = []
    for variable in model.weights:
        counts[variable.path] = counts.get(variable.path, 0) + 1
        name = variable.path if counts[variable.path] == 1 else f"{variable.path}#{counts[variable.path]}"
        rows.append([name, list(variable.shape), str(variable.dtype), bool(variable.trainable), None])
    answer.update(modules=modules, parameters=rows, buffers=[])
    if request["export"]:
        stage[0] = "export"
        export_keras(model, request)
    return answer


def keras_input(keras: Any, spec: Any) -> Any:
    if "value" in spec:
        return spec["value"]
    if "items" in spec:
        return [keras_input(keras, item) for item in spec["items"]]
    return keras.ops.zeros(spec["shape"], dtype=spec["dtype"])


def keras_arranged(model: Any, specs: Any, values: list[Any]) -> tuple[list[Any], dict[str, Any], list[str]]:
    """The arguments of a call: a functional model takes one structure, any other what its ``call`` takes."""
    functional = getattr(model, "_functional", None) or model
    structure = getattr(functional, "_inputs_struct", None)
    if structure is None:
        return arranged(specs, values, model.call)
    known = [tensor.name for tensor in functional.inputs]
    names = [spec["name"] or (known[place] if place < len(known) else f"input{place}") for place, spec in enumerate(specs)]
    if isinstance(structure, dict):
        keys = list(structure)
        return [{spec["name"] or keys[place]: value for place, (spec, value) in enumerate(zip(specs, values))}], {}, names
    ordered = [value for _, value in sorted(zip(names, values), key=lambda pair: known.index(pair[0]) if pair[0] in known else len(known))]
    return [ordered[0] if len(ordered) == 1 else ordered], {}, names


@contextlib.contextmanager
def watched(keras: Any, results: dict[int, Any]) -> Any:
    """Keep what every layer gives first while inside."""
    layer = keras.layers.Layer
    original = layer.__call__

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        output = original(self, *args, **kwargs)
        results.setdefault(id(self), output)
        return output

    layer.__call__ = call
    try:
        yield
    finally:
        layer.__call__ = original


def keras_layers(keras: Any, model: Any, path: str, first: dict[int, str], taken: dict[str, int], results: Any, found: list[Any]) -> None:
    """The layers in the order of ``model.layers``, those of models inside of models below their name."""
    below = model.layers if hasattr(type(model), "layers") else [layer for layer in model._layers if layer is not model]
    for layer in below:
        name = f"{path}/{layer.name}" if path else layer.name
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1:
            name = f"{name}#{taken[name]}"
        kept = first.setdefault(id(layer), name)
        nodes: list[Any] = list(getattr(layer, "_inbound_nodes", ()))
        found.append({
            "name": name, "type": qualified(layer), "shared": kept if kept != name else None, "arguments": {},
            "shapes": keras_shapes(layer, nodes, results),
            "inbound": list(dict.fromkeys(parent.operation.name for node in nodes for parent in node.parent_nodes)),
        })  # fmt: skip
        if isinstance(layer, keras.Model) and layer is not model:
            keras_layers(keras, layer, name, first, taken, results, found)


def keras_shapes(layer: Any, nodes: list[Any], results: dict[int, Any]) -> Any:
    """The shapes of the outputs: of every node where they differ, of the run where there are no nodes."""
    found: list[Any] = []
    for node in nodes:
        shapes = [list(output.shape) for output in node.output_tensors]
        if shapes not in found:
            found.append(shapes)
    if found:
        return [shape for shapes in found for shape in shapes]
    return [leaf["shape"] for leaf in leaves(stated(results[id(layer)]))] if id(layer) in results else None


def export_keras(model: Any, request: Any) -> None:
    form, path = request["export"], request["output"]
    if form not in ("saved_model", "onnx"):
        raise Stop(f"a Keras model is not exported as {form}: use saved_model or onnx")
    model.export(path, format="tf_saved_model" if form == "saved_model" else "onnx", verbose=False)


# --- values as data ---------------------------------------------------------------------------------------------------


def qualified(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def is_tensor(value: Any) -> bool:
    return hasattr(value, "shape") and hasattr(value, "dtype") and not isinstance(value, type)


def holds_tensor(value: Any, depth: int = 0) -> bool:
    if is_tensor(value):
        return True
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ()
    return depth < DEPTH and any(holds_tensor(item, depth + 1) for item in inside)


def stated(value: Any, depth: int = 0) -> Any:
    """A value as JSON: what JSON does not know is an object whose `$` says what it is."""
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, float):
        return float(value)
    if is_tensor(value):
        dtype = str(getattr(value.dtype, "name", value.dtype))
        return {"$": "tensor", "shape": [None if size is None else int(size) for size in value.shape], "dtype": dtype.replace("torch.", "")}
    if depth > DEPTH:
        return {"$": "record", "type": "...", "fields": {}}
    if isinstance(value, tuple) and (names := getattr(value, "_fields", None)) is not None:
        return record(value, {name: getattr(value, name) for name in names}, depth)
    if isinstance(value, (tuple, list)):
        items = [stated(item, depth + 1) for item in value]
        return items if isinstance(value, list) else {"$": "tuple", "items": items}
    if isinstance(value, dict):
        if type(value) is dict:
            return {"$": "dict", "items": {str(key): stated(item, depth + 1) for key, item in value.items()}}
        return record(value, value, depth)
    if hasattr(type(value), "__dataclass_fields__"):
        return record(value, {name: getattr(value, name, None) for name in type(value).__dataclass_fields__}, depth)
    return {"$": "record", "type": qualified(value), "fields": {}}


def record(value: Any, fields: Any, depth: int) -> Any:
    return {"$": "record", "type": qualified(value), "fields": {str(key): stated(item, depth + 1) for key, item in fields.items()}}


def leaves(value: Any) -> Any:
    """The tensors in a stated value."""
    if isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, dict):
        if value.get("$") == "tensor":
            yield value
        else:
            inside = value.get("items", value.get("fields", {}))
            yield from leaves(list(inside.values()) if isinstance(inside, dict) else inside)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
