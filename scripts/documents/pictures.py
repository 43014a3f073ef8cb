"""The pictures of ``examples/pictures``, and the page that lists them.

Where graphviz puts things differs from version to version, so a picture is stale when what it says differs: every text of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from astarch import api
from astarch.inputs import parse_inputs
from scripts.zoo.libraries import LIBRARIES
from scripts.zoo.sources import source_folders

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "pictures"
_TEXTS = re.compile(r"<text\b[^>]*>([^<]*)</text>|<g><title>([^<]*)</title>")


@dataclass(frozen=True, slots=True)
class Example:
    """One picture: its title, its file, what is drawn, and how."""

    title: str
    file: str
    target: str
    inputs: tuple[str, ...] = ()
    collapse: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """How a user makes it."""
        target = f"'{self.target}'" if "(" in self.target else self.target
        options = [f"-i {text}" for text in self.inputs] + [f"--collapse {text}" for text in self.collapse]
        return " ".join(("astarch show", target, *options, "-o", self.file))

    def drawn(self) -> bytes:
        """The picture."""
        here = [] if ".py:" in self.target else source_folders(LIBRARIES["torchvision"])
        architecture = api.read(self.target, inputs=parse_inputs(self.inputs), search_path=here)
        made = api.draw(architecture, self.file.rpartition(".")[2], collapse=self.collapse)
        return made.encode() if isinstance(made, str) else made


EXAMPLES = (
    Example("GPT-2 block", "gpt2_block.svg", "gpt2_block.py:Block", ("1,T,768",)),
    Example("GPT-2, its twelve blocks drawn once", "gpt.svg", "../gpt.py:GPT", ("tokens=B,T:int64",)),
    Example("UNet", "unet.svg", "unet.py:UNet", ("1,3,128,128",), ("Double",)),
    Example("LSTM tagger", "lstm_tagger.svg", "lstm_tagger.py:Tagger", ("sentence=B,T:int64",)),
    Example("Keras model of three inputs", "ticket_sorter.svg", "ticket_sorter.py:build"),
    Example("ResNet-50", "resnet50.svg", "torchvision.models.resnet:resnet50(weights=None)", ("1,3,224,224",)),
    Example("ViT-B/16", "vit_b_16.svg", "torchvision.models.vision_transformer:vit_b_16(weights=None)", ("1,3,224,224",)),
    Example("ViT-B/16 as a page", "vit_b_16.html", "torchvision.models.vision_transformer:vit_b_16(weights=None)", ("1,3,224,224",)),
)

_HEAD = """# Pictures

From source, with nothing run. `python -m scripts.documents` makes them, and a test keeps them fresh.

| picture | made by |
|:--|:--|
"""


def readme() -> str:
    """The page that lists them."""
    return _HEAD + "".join(f"| [{one.title}]({one.file}) | `{one.command}` |\n" for one in EXAMPLES)


def said(picture: bytes) -> list[str]:
    """What a picture says, wherever it stands."""
    text = picture.decode()
    return sorted(a or b for a, b in _TEXTS.findall(text)) if "<svg" in text[:600] else text.splitlines()


def made() -> dict[str, bytes]:
    """The files of the folder, as they should be; to be called from inside it."""
    return {one.file: one.drawn() for one in EXAMPLES} | {"README.md": readme().encode()}
