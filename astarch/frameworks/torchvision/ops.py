"""``torch.ops.torchvision``: what torchvision implements in C++."""

from __future__ import annotations

from typing import Any

from ...ir.dim import same
from ..describe import fresh_size, multiply, op, require
from ..shapes import product, window


@op("torch.ops.torchvision.nms")
def nms(dets: Any, scores: Any, iou_threshold: Any) -> Any:
    """Indices of the boxes that survive; how many, only the data tells."""
    return dets.like((fresh_size("boxes that survive nms"),), "int64")


@op("torch.ops.torchvision.roi_align")
def roi_align(input: Any, rois: Any, spatial_scale: Any, pooled_height: Any, pooled_width: Any, sampling_ratio: Any, aligned: Any) -> Any:
    """One pooled map per region.

    >>> roi_align(T(1, 256, 50, 50), T(7, 5), 1.0, 7, 7, 2, False)
    float32[7, 256, 7, 7]
    """
    return input.like((rois.shape[0], input.shape[1], pooled_height, pooled_width))


@op("torch.ops.torchvision.roi_pool")
def roi_pool(input: Any, rois: Any, spatial_scale: Any, pooled_height: Any, pooled_width: Any) -> Any:
    """One pooled map per region, and where its maxima were."""
    shape = (rois.shape[0], input.shape[1], pooled_height, pooled_width)
    return input.like(shape), input.like(shape, "int32")


@op("torch.ops.torchvision.ps_roi_align")
def ps_roi_align(input: Any, rois: Any, spatial_scale: Any, pooled_height: Any, pooled_width: Any, sampling_ratio: Any) -> Any:
    """Position-sensitive pooling: channels are divided among the bins."""
    shape = (rois.shape[0], input.shape[1] // (pooled_height * pooled_width), pooled_height, pooled_width)
    return input.like(shape), input.like(shape, "int32")


@op("torch.ops.torchvision.ps_roi_pool")
def ps_roi_pool(input: Any, rois: Any, spatial_scale: Any, pooled_height: Any, pooled_width: Any) -> Any:
    """Position-sensitive pooling: channels are divided among the bins."""
    return ps_roi_align(input, rois, spatial_scale, pooled_height, pooled_width, -1)


@op("torch.ops.torchvision.deform_conv2d")
def deform_conv2d(input: Any, weight: Any, offset: Any, mask: Any, bias: Any, stride_h: Any, stride_w: Any, pad_h: Any, pad_w: Any,
                  dil_h: Any, dil_w: Any, n_weight_grps: Any, n_offset_grps: Any, use_mask: Any) -> Any:  # fmt: skip
    """A convolution whose taps are moved by offsets."""
    out, inner, kernel_h, kernel_w = weight.shape
    require(same(input.shape[1], inner * n_weight_grps), f"deform_conv2d takes {inner * n_weight_grps} channels and gets {input.shape[1]}")
    height = window(input.shape[2], kernel_h, stride_h, pad_h, dil_h)
    width = window(input.shape[3], kernel_w, stride_w, pad_w, dil_w)
    result = input.like((input.shape[0], out, height, width))
    multiply(product(result.shape) * inner * kernel_h * kernel_w)
    return result
