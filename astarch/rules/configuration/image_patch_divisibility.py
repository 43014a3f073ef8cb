"""Rule: patches do not cover the image."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, Definition
from ..rule import Rule


class ImagePatchDivisibility(Rule):
    """By default, the image does not divide into the patches.

    ## Why
    `image_size // patch_size` drops the rest: the last rows and columns of every image are never seen, or the number of positions is
    not that of the patches.

    ## Known problems
    Embeddings that pad or resize the image do with any size; what checks the sizes itself is left alone.
    """

    code = "MDL407"
    severity = "warning"
    confidence = "likely"
    references = ("https://github.com/benayas1/vit-unet/issues/1",)
    bad = """
    class Patches(nn.Module):
        def __init__(self, image_size=224, patch_size=15):
            super().__init__()
            self.count = (image_size // patch_size) ** 2
            self.project = nn.Conv2d(3, 8, patch_size, stride=patch_size)
            self.positions = nn.Parameter(torch.zeros(1, self.count, 8))

        def forward(self, x):
            return self.project(x).flatten(2).transpose(1, 2) + self.positions
    """
    good = """
    class Patches(nn.Module):
        def __init__(self, image_size=224, patch_size=16):
            super().__init__()
            self.count = (image_size // patch_size) ** 2
            self.project = nn.Conv2d(3, 8, patch_size, stride=patch_size)
            self.positions = nn.Parameter(torch.zeros(1, self.count, 8))

        def forward(self, x):
            return self.project(x).flatten(2).transpose(1, 2) + self.positions
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        init = cls.methods.get("__init__")
        defaults = dict(_defaults(init)) if init is not None else {}
        if init is None or not any("patch" in name for name in defaults) or not any(_is_whole(name) for name in defaults):
            return
        nodes = cls.file.within(init, ast.BinOp)
        if any(isinstance(node.op, ast.Mod) for node in nodes) or any(word in cls.file.source(cls.node) for word in ("pad", "interpolate")):
            return
        for node in nodes:
            if not (isinstance(node.op, ast.FloorDiv) and isinstance(node.left, ast.Name) and isinstance(node.right, ast.Name)):
                continue
            whole, part = node.left.id, node.right.id
            if "patch" not in part or not _is_whole(whole):
                continue
            if (size := defaults.get(whole)) and (patch := defaults.get(part)) and size % patch:
                yield self.finding(
                    cls.file,
                    node,
                    f"{patch} does not divide {size}: {size % patch} pixels of every row are left over",
                    help=f"{size // patch * patch} divides into patches of {patch}",
                )
                return


def _is_whole(name: str) -> bool:
    """Whether a parameter is called like the size of what is cut into patches."""
    return any(word in name for word in ("image", "img", "frame"))


def _defaults(init: Definition) -> Iterator[tuple[str, int]]:
    """The parameters whose default is a number."""
    arguments = init.args
    pairs = [*zip(reversed(arguments.args), reversed(arguments.defaults)), *zip(arguments.kwonlyargs, arguments.kw_defaults)]
    for argument, default in pairs:
        if isinstance(default, ast.Constant) and type(default.value) is int and default.value > 0:
            yield argument.arg, default.value
