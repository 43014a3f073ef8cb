"""Host values that other host values hand out."""

from __future__ import annotations

from types import MappingProxyType

from .describing import native

MAPPING_PROXY = native(
    "mappingproxy", MappingProxyType, "types", methods="keys values items copy", stores="get",
    operations="getitem contains len iter eq or", make=lambda m, mapping: MappingProxyType(mapping),
)  # fmt: skip
