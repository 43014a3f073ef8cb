"""Which models a library has, as records that only say how to build them and what to give them."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from .building import run_statements
from .notation import notation

Record = dict[str, Any]


def of(library: str) -> Iterator[Record]:
    """The models of a library.

    Args:
        library: ``torchvision``, ``timm``, ``transformers`` or ``vit_pytorch``.
    """
    return {"torchvision": torchvision, "timm": timm, "transformers": transformers, "vit_pytorch": vit_pytorch}[library]()


def torchvision() -> Iterator[Record]:
    """Every registered builder, without weights."""
    from torchvision.models import get_model_builder, list_models

    for name in list_models():
        builder = get_model_builder(name)
        parameters = inspect.signature(builder).parameters
        kwargs = {key: None for key in ("weights", "weights_backbone") if key in parameters}
        module = builder.__module__
        yield {
            "id": f"torchvision.models.{name.rpartition('/')[2]}",
            "builder": f"{module}:{builder.__name__}",
            "kwargs": kwargs,
            "input": _torchvision_input(module),
        }


def _torchvision_input(module: str) -> dict[str, Any]:
    if ".detection." in module:
        return {"x": {"list": [[3, 320, 320]]}}
    if ".optical_flow." in module:
        return {"x": [1, 3, 128, 128], "x1": [1, 3, 128, 128]}
    if ".video." in module:
        return {"x": [1, 3, 16, 224, 224] if module.endswith(("mvit", "s3d")) else [1, 3, 16, 112, 112]}
    return {"x": [1, 3, 299, 299] if module.endswith("inception") else [1, 3, 224, 224]}


def timm() -> Iterator[Record]:
    """Every registered entry point, at the input size of its default configuration."""
    import timm

    for name in timm.list_models():
        entry = timm.model_entrypoint(name)
        config = timm.get_pretrained_cfg(name)
        size = list(config.input_size) if config is not None else [3, 224, 224]
        yield {"id": f"timm.{name}", "builder": f"{entry.__module__}:{name}", "kwargs": {"pretrained": False}, "input": {"x": [1, *size]}}


def transformers() -> Iterator[Record]:
    """Every model class of the auto mappings, with the defaults of its configuration."""
    auto = importlib.import_module("transformers.models.auto.modeling_auto")
    configs = importlib.import_module("transformers.models.auto.configuration_auto").CONFIG_MAPPING
    seen: set[str] = set()
    for mapping_name in sorted(name for name in vars(auto) if re.fullmatch(r"MODEL_(FOR_.*_)?MAPPING", name)):
        mapping = getattr(auto, mapping_name)
        for config_class in mapping.keys():  # noqa: SIM118 - a lazy mapping: only this loads no models
            try:
                classes = mapping[config_class]
            except (ValueError, KeyError) as error:  # the library names a class that it does not have
                print(f"{mapping_name}: {error}", file=sys.stderr)
                continue
            model_type = next((key for key, value in configs.items() if value is config_class), config_class.model_type)
            for model_class in classes if isinstance(classes, tuple) else (classes,):
                record_id = f"transformers.{model_type}.{model_class.__name__}"
                if record_id not in seen:
                    seen.add(record_id)
                    config = f"{config_class.__module__}:{config_class.__qualname__}"
                    yield {
                        "id": record_id,
                        "builder": f"{model_class.__module__}:{model_class.__qualname__}",
                        "kwargs": {"config": config, "config_kwargs": {}},
                        "model_type": model_type,
                        "input": _transformers_input(model_class),
                    }


#: What a forward is given for a parameter of this name, where it has one.
_SHAPES = {
    "input_ids": [1, 16],
    "pixel_values": [1, 3, 224, 224],
    "input_features": [1, 128, 3000],
    "input_values": [1, 16000],
    "decoder_input_ids": [1, 8],
    "pixel_values_videos": [1, 64, 3, 224, 224],
}


def _transformers_input(model_class: type) -> dict[str, Any]:
    try:
        parameters = inspect.signature(model_class.forward).parameters
    except ImportError:  # a stand-in for a class whose packages are not installed: building it will say which
        return {}
    return {name: shape for name, shape in _SHAPES.items() if name in parameters}


def vit_pytorch() -> Iterator[Record]:
    """Every model a README example makes and calls, under the name it has there."""
    readme = importlib.metadata.metadata("vit_pytorch").get_payload()
    for number, block in enumerate(re.findall(r"```python\n(.*?)```", str(readme), re.DOTALL)):
        try:
            tree = ast.parse(block)
        except SyntaxError:
            continue
        yield from _example(f"vit_pytorch.readme.{number:03d}", block, tree)


def _example(name: str, block: str, tree: ast.Module) -> Iterator[Record]:
    shapes = _run_shapes(block)
    times: dict[str, int] = {}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=variable)], value=ast.Call()) if variable in shapes:
                times[variable] = times.get(variable, 0) + 1
                again = f"#{times[variable]}" if times[variable] > 1 else ""
                yield {
                    "id": f"{name}.{variable}{again}",
                    "builder": shapes[variable][0],
                    "kwargs": {},
                    "input": shapes[variable][1],
                    "code": block,
                    "statement": ast.get_source_segment(block, statement),
                    "var": variable,
                }


def _run_shapes(block: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Builder and input by variable: the example is run with calls of models noted."""
    noted: dict[int, dict[str, Any]] = {}

    def note(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        named = {f"x{i or ''}": value for i, value in enumerate(args)} | kwargs
        noted.setdefault(id(module), {key: notation(value) for key, value in named.items()})

    handle = nn.modules.module.register_module_forward_pre_hook(lambda module, args: note(module, args, {}))
    try:
        with torch.device("meta"), torch.no_grad():
            namespace = run_statements(block, "README")
    finally:
        handle.remove()
    models = {name: value for name, value in namespace.items() if isinstance(value, nn.Module) and id(value) in noted}
    return {name: (f"{type(model).__module__}:{type(model).__qualname__}", noted[id(model)]) for name, model in models.items()}
