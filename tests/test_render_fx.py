"""The arrows of an unfolded drawing are the data flow that torch.fx finds between the same module calls.

The real library is imported in a process of its own, where it is at hand; only sizes that flow (``x.shape``) are left out,
modules that are no layers of torch's are looked through as torch.fx does, and so are those that hand on what they are given.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import astarch
from astarch.ir.architecture import Architecture
from astarch.render.picture import picture
from scripts.zoo.libraries import LIBRARIES
from scripts.zoo.sources import source_folders

pytest.importorskip("torch")
BUILDERS = (  # noqa: SIM905
    "resnet:resnet18 resnet:resnet50 resnet:resnext50_32x4d resnet:wide_resnet50_2 alexnet:alexnet vgg:vgg11 vgg:vgg16_bn "
    "squeezenet:squeezenet1_0 squeezenet:squeezenet1_1 densenet:densenet121 googlenet:googlenet inception:inception_v3 "
    "mobilenetv2:mobilenet_v2 mobilenetv3:mobilenet_v3_small mobilenetv3:mobilenet_v3_large shufflenetv2:shufflenet_v2_x1_0 "
    "mnasnet:mnasnet1_0 efficientnet:efficientnet_b0 efficientnet:efficientnet_v2_s regnet:regnet_y_400mf regnet:regnet_x_800mf "
    "convnext:convnext_tiny vision_transformer:vit_b_16 swin_transformer:swin_t swin_transformer:swin_v2_t "
    "segmentation.fcn:fcn_resnet50 segmentation.deeplabv3:deeplabv3_resnet50 segmentation.lraspp:lraspp_mobilenet_v3_large "
    "video.resnet:r2plus1d_18 video.resnet:r3d_18 video.swin_transformer:swin3d_t maxvit:maxvit_t"
).split()
PASSING = ("Identity", "Dropout", "Dropout2d", "Dropout3d", "StochasticDepth")
TRACE = """
import importlib, json, sys, types

class Any(type):
    def __getattr__(cls, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return Any(name, (), {})

class Nothing(types.ModuleType):
    def __getattr__(self, name):
        if name == '__version__':
            return '12.0'
        if name.startswith('__'):
            raise AttributeError(name)
        return Any(name, (), {})

# torchvision's models import its image tools, which import Pillow; no model needs either.
for name in ('PIL', 'PIL.Image', 'PIL.ImageOps', 'PIL.ImageEnhance', 'PIL.ImageDraw', 'PIL.ImageFont', 'PIL.ImageColor', 'PIL.ImageFile'):
    sys.modules[name] = Nothing(name)
sys.modules['torchvision._meta_registrations'] = types.ModuleType('torchvision._meta_registrations')
sys.path.append(sys.argv[1])
import torch, torch.fx
passing = sys.argv[2].split()
for line in sys.stdin:
    name, arguments = line.split()
    place, builder = name.split(':')
    module = importlib.import_module('torchvision.models.' + place)
    given = {'weights': None, **({'weights_backbone': None} if 'segmentation' in place else {})}
    if builder in ('googlenet', 'inception_v3'):
        given['init_weights'] = False
    model = getattr(module, builder)(**given).eval()
    feeds, edges = {}, set()
    for node in torch.fx.Tracer().trace(model).nodes:
        sources = set().union(*(feeds[one] for one in node.all_input_nodes)) if node.all_input_nodes else set()
        sized = node.op == 'call_method' and node.target in ('size', 'dim')
        sized = sized or node.op == 'call_function' and node.target is getattr and node.args[1] in ('shape', 'device', 'dtype')
        if node.op == 'call_module' and type(model.get_submodule(node.target)).__name__ not in passing:
            edges |= {(source, node.target) for source in sources}
            sources = {node.target}
        feeds[node] = set() if sized else sources
    print(json.dumps([name, sorted(edges)]), flush=True)
"""


@pytest.fixture(scope="session")
def folders() -> list[Path]:
    return source_folders(LIBRARIES["torchvision"])


@pytest.fixture(scope="session")
def traced(folders: list[Path]) -> dict[str, set[tuple[str, str]]]:
    """What torch.fx finds, by builder."""
    lines = "".join(f"{name} -\n" for name in BUILDERS)
    command = [sys.executable, "-c", TRACE, str(folders[0]), " ".join(PASSING)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
    if not done.stdout:
        pytest.fail(done.stderr[-2000:])
    return {name: {(a, b) for a, b in edges} for name, edges in map(json.loads, done.stdout.splitlines())}


def arguments(name: str) -> tuple[str, tuple[int, ...]]:
    """How a builder is called, and what its forward is given."""
    given = "weights=None"
    given += ", weights_backbone=None" if name.startswith("segmentation") else ""
    given += ", init_weights=False" if name.endswith((":googlenet", ":inception_v3")) else ""
    size = 299 if name.endswith("inception_v3") else 112 if name.startswith("video.resnet") else 224
    frames = {"video.resnet": 8, "video.swin_transformer": 16}.get(name.partition(":")[0])
    return given, (1, 3, frames, size, size) if frames else (1, 3, size, size)


def drawn(architecture: Architecture) -> set[tuple[str, str]]:
    """The arrows of the unfolded drawing between layers of torch's, looking through everything else."""
    drawing = picture(architecture, depth=None, fold=False)
    layers = {
        leaf.key: leaf.name
        for leaf in drawing.leaves()
        if leaf.kind == "module" and architecture.modules[leaf.name].type.startswith("torch.nn.") and leaf.type not in PASSING
    }
    after: dict[str, list[str]] = {}
    for edge in drawing.edges:
        after.setdefault(edge.source, []).append(edge.target)
    found: set[tuple[str, str]] = set()
    for key, name in layers.items():
        waiting, seen = list(after.get(key, ())), set()
        while waiting:
            target = waiting.pop()
            if target in layers:
                found.add((name, layers[target]))
            elif target not in seen:
                seen.add(target)
                waiting += after.get(target, ())
    return found


@pytest.mark.parametrize("name", BUILDERS)
def test_edges_are_those_of_torch_fx(name: str, folders: list[Path], traced: dict[str, set[tuple[str, str]]]) -> None:
    given, shape = arguments(name)
    architecture = astarch.read(f"torchvision.models.{name}({given})", inputs=shape, search_path=folders)
    assert traced[name]
    assert drawn(architecture) == traced[name]
