"""Blocks and models of the zoos, their arguments left free: the formulas give what the concrete reading gives, at random settings."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from astarch import read
from astarch.ir.architecture import Architecture
from astarch.ir.dim import symbols
from astarch.ir.graph import Record, TensorType
from astarch.readers.rounds import sizes
from scripts.zoo.libraries import LIBRARIES
from scripts.zoo.sources import source_folders

#: What is read, and on which input; ``auto`` works it out.
BLOCKS = {
    "vit_pytorch": """
        vit:FeedForward auto | vit:Attention auto | simple_vit:FeedForward auto | simple_vit:Attention auto | simple_vit:Transformer auto
        cait:Attention x=B,T,dim | deepvit:Attention auto | deepvit:Transformer auto | simple_vit_with_qk_norm:Attention auto
        simple_vit_with_qk_norm:Transformer auto | vit_for_small_dataset:LSA auto | cct:TransformerEncoderLayer auto
        mobile_vit:Transformer B,P,N,dim""",
    "torchvision.ops": "misc:Conv2dNormActivation auto | misc:Conv3dNormActivation auto | misc:SqueezeExcitation auto",
    "torchvision.models": """
        resnet:BasicBlock x=B,inplanes,H,W | resnet:Bottleneck x=B,inplanes,H,W | densenet:_Transition auto | squeezenet:Fire auto
        googlenet:Inception auto | inception:InceptionA auto | inception:InceptionB auto | inception:InceptionC auto
        inception:InceptionD auto | inception:InceptionE auto | segmentation.deeplabv3:ASPPConv auto | segmentation.deeplabv3:ASPPPooling auto
        segmentation.fcn:FCNHead auto | detection.faster_rcnn:TwoMLPHead auto | detection.faster_rcnn:FastRCNNPredictor auto
        video.resnet:Conv3DSimple auto | alexnet:AlexNet(num_classes) auto | swin_transformer:PatchMerging x=B,H,W,dim
        resnet:resnet18(num_classes=classes) auto""",
    "timm.layers": """
        mlp:Mlp auto | mlp:GluMlp auto | mlp:SwiGLU auto | mlp:GatedMlp auto | mlp:ConvMlp auto | mlp:GlobalResponseNormMlp x=B,H,W,in_features
        squeeze_excite:SEModule auto | squeeze_excite:EffectiveSEModule auto | separable_conv:SeparableConv2d auto
        attention:Attention x=B,T,dim""",
    "timm.models": """
        vision_transformer:Block x=B,T,dim | vision_transformer:ParallelScalingBlock x=B,T,dim | mlp_mixer:ResBlock x=B,seq_len,dim
        mlp_mixer:SpatialGatingBlock x=B,seq_len,dim | convnext:ConvNeXtBlock auto | beit:Block x=B,T,dim | cait:ClassAttn x=B,T,dim
        resnet:BasicBlock x=B,inplanes,H,W | convmixer:ConvMixer auto""",
    "transformers.models": """
        bert.modeling_bert:BertIntermediate hidden_states=B,T,config.hidden_size | bert.modeling_bert:BertModel input_ids=B,T:int64
        llama.modeling_llama:LlamaRMSNorm hidden_states=B,T,hidden_size | llama.modeling_llama:LlamaMLP auto
        mistral.modeling_mistral:MistralMLP auto | t5.modeling_t5:T5DenseActDense auto | t5.modeling_t5:T5LayerNorm hidden_states=B,T,hidden_size
        gpt_neox.modeling_gpt_neox:GPTNeoXMLP auto""",
}
CASES = [
    (f"{package}.{target}", given)
    for package, text in BLOCKS.items()
    for case in text.replace("\n", "|").split("|")
    if case.strip()
    for target, given in [case.split()]
]

#: Symbols that stay small, but above 1 (an einsum along an axis of size 1 is no matrix product to torch); others are widths.
_SMALL = frozenset(["B", "T", "P", "N", "D", "depth", "heads", "num_heads", "nhead", "seq_len", "num_hidden_layers", "num_attention_heads"])
_PICTURE = ("H", "W", "L")


@pytest.fixture(scope="session")
def search_path() -> list[Path]:
    return [folder for name in ("torchvision", "timm", "transformers", "vit_pytorch") for folder in source_folders(LIBRARIES[name])]


def drawn(names: list[str], draw: random.Random) -> dict[str, int]:
    """A random value for each symbol."""
    found: dict[str, int] = {}
    for name in names:
        last = name.rpartition(".")[2]
        small, picture = last in _SMALL, last in _PICTURE
        found[name] = draw.randint(2, 6) if small else draw.randrange(64, 129) if picture else 8 * draw.randint(2, 12)
    return found


def statement(found: Architecture) -> dict[str, Any]:
    """What is compared: parameters and computation in all, the shapes that come out, and the totals of every class of module."""
    classes: dict[str, Any] = {}
    for module in found.modules.values():
        classes[module.type] = classes.get(module.type, 0) + module.times
    return {
        "parameters": found.parameter_count,
        "buffers": sum(buffer.count for buffer in found.buffers.values() if buffer.tied_to is None),
        "bytes": dict(found.bytes),
        "macs": found.macs,
        "activations": found.activation_bytes,
        "classes": classes,
        "outputs": [shapes(value) for value in found.outputs or ()],
    }


def shapes(value: Any) -> Any:
    if isinstance(value, TensorType):
        return tuple(value.shape)
    if isinstance(value, Record):
        return {name: shapes(item) for name, item in value.fields.items()}
    return [shapes(item) for item in value] if isinstance(value, (tuple, list)) else None


def test_there_are_enough() -> None:
    assert len({target for target, _ in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize(("target", "given"), CASES, ids=[target for target, _ in CASES])
def test_formulas(target: str, given: str, search_path: list[Path]) -> None:
    formula = read(target, inputs=given, search_path=search_path)
    names = list(dict.fromkeys(name for size in sizes(formula) for name in symbols(size)))
    assert names
    assert formula.outputs is not None
    assert not formula.diagnostics
    draw, compared = random.Random(target), 0
    for _ in range(400):
        values = drawn(names, draw)
        substituted = formula.at(**values)
        if substituted.diagnostics:
            continue  # a requirement that does not hold: the program raises, and says so
        number = read(target, inputs=given, search_path=search_path, set=values)
        assert not number.diagnostics, (values, number.diagnostics)
        assert statement(substituted) == statement(number), values
        compared += 1
        if compared == 3:
            break
    assert compared == 3
