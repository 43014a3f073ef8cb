"""Stands in for torchvision's compiled operations where its library does not fit the torch that is installed.

`nms` is the real thing in Python; the others give zeros of the right shape. Shapes after proposal selection are therefore
what random weights make of it, and are not scored.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

_POOL = "Tensor input, Tensor rois, float spatial_scale, int pooled_height, int pooled_width"
_STRIDES = "int stride_h, int stride_w, int pad_h, int pad_w, int dilation_h, int dilation_w, int groups, int offset_groups"
_SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "roi_align": f"({_POOL}, int sampling_ratio, bool aligned) -> Tensor",
    "roi_pool": f"({_POOL}) -> (Tensor, Tensor)",
    "ps_roi_align": f"({_POOL}, int sampling_ratio) -> (Tensor, Tensor)",
    "ps_roi_pool": f"({_POOL}) -> (Tensor, Tensor)",
    "deform_conv2d": f"(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, {_STRIDES}, bool use_mask) -> Tensor",
}
_KEPT: list[Any] = []  # a torch library lives as long as its object


def import_torchvision() -> None:
    """Import torchvision, with stubs for its compiled operations where these cannot be loaded."""
    import torch

    if _compiled_loads(torch):
        return
    library = torch.library.Library("torchvision", "FRAGMENT")
    _KEPT.append(library)
    for name, schema in _SCHEMAS.items():
        library.define(name + schema)
        if name != "qnms":
            library.impl(name, globals()[f"_{name}"], "CPU")
    for name in ("roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"):
        library.impl(name, globals()[f"_{name}"], "Meta")
    import torchvision

    torchvision.extension._assert_has_ops = lambda: None
    for name, module in list(sys.modules.items()):
        if name.startswith("torchvision.") and hasattr(module, "_assert_has_ops"):
            module._assert_has_ops = lambda: None


def _compiled_loads(torch: Any) -> bool:
    """Whether torchvision is there with compiled operations that fit this torch."""
    spec = importlib.util.find_spec("torchvision")
    for folder in spec.submodule_search_locations or () if spec else ():
        for file in (*Path(folder).glob("_C*.so"), *Path(folder).glob("_C*.pyd")):
            try:
                torch.ops.load_library(str(file))
            except OSError:
                continue
            return True
    return spec is None


def _nms(dets: Any, scores: Any, iou_threshold: float) -> Any:
    left, top, right, bottom = dets.unbind(1)
    areas, order, kept = (right - left) * (bottom - top), scores.argsort(descending=True, stable=True), []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        width = (right[rest].minimum(right[best]) - left[rest].maximum(left[best])).clamp(min=0)
        height = (bottom[rest].minimum(bottom[best]) - top[rest].maximum(top[best])).clamp(min=0)
        overlap = width * height
        order = rest[overlap / (areas[rest] + areas[best] - overlap) <= iou_threshold]
    return scores.new_tensor([int(index) for index in kept]).long()


def _roi_align(input: Any, rois: Any, spatial_scale: float, height: int, width: int, sampling_ratio: int, aligned: bool) -> Any:
    return input.new_zeros((rois.shape[0], input.shape[1], height, width))


def _roi_pool(input: Any, rois: Any, spatial_scale: float, height: int, width: int) -> Any:
    pooled = input.new_zeros((rois.shape[0], input.shape[1], height, width))
    return pooled, pooled.int()


def _ps_roi_align(input: Any, rois: Any, spatial_scale: float, height: int, width: int, sampling_ratio: int) -> Any:
    return _ps_roi_pool(input, rois, spatial_scale, height, width)


def _ps_roi_pool(input: Any, rois: Any, spatial_scale: float, height: int, width: int) -> Any:
    pooled = input.new_zeros((rois.shape[0], input.shape[1] // (height * width), height, width))
    return pooled, pooled.int()


def _deform_conv2d(input: Any, weight: Any, offset: Any, *rest: Any) -> Any:
    return input.new_zeros((input.shape[0], weight.shape[0], *offset.shape[2:]))
