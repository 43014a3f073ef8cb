"""An extension for griffe, and so for mkdocstrings: every model class documents what it is made of.

    plugins:
      - mkdocstrings:
          handlers:
            python:
              options:
                extensions:
                  - astarch.integrations.griffe:AstarchExtension:
                      inputs: {net.Net: "1,3,32,32"}
                      views: [table, mermaid]

The views are appended to the docstring of the class; ``cls.extra["astarch"]`` holds the facts for templates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import griffe

from .. import api
from ..errors import AstarchError
from ..inputs import parse_inputs
from ..render.json import to_data
from ..render.views import view

#: The ends of the names of the classes that models derive from.
_MODELS = ("Module", "Model", "Layer", "PreTrainedModel", "LightningModule")


class AstarchExtension(griffe.Extension):
    """Reads the model classes of a package.

    Args:
        inputs: By class path: what its forward is given; as ``--input`` takes it, or a list of such.
        views: What is appended to docstrings: as in documents, and ``picture``, an SVG drawn by graphviz.
        depth: How many levels of modules.
        only: Class paths to document; all model classes when empty.
    """

    def __init__(
        self,
        inputs: Mapping[str, Any] | None = None,
        views: Sequence[str] = ("table", "mermaid"),
        depth: int | None = None,
        only: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.inputs, self.views, self.depth, self.only = dict(inputs or {}), tuple(views), depth, tuple(only)

    def on_class(self, *, cls: griffe.Class, **kwargs: Any) -> None:
        """Read one class, if it is a model."""
        if cls.is_alias or not self._wanted(cls):
            return
        try:
            architecture = api.read(f"{cls.filepath}:{cls.name}", inputs=self._inputs(cls.path))
        except (AstarchError, SyntaxError):
            return
        if "" not in architecture.modules:
            return
        cls.extra["astarch"] = to_data(architecture)
        text = "\n\n".join(self._view(architecture, name) for name in self.views)
        if cls.docstring is None:
            cls.docstring = griffe.Docstring(text, parent=cls)
        else:
            cls.docstring.value = f"{cls.docstring.value}\n\n{text}"

    def _view(self, architecture: api.Architecture, name: str) -> str:
        """One view, as Markdown; a picture on one line, as Markdown wants what it shall leave alone."""
        if name != "picture":
            return view(architecture, name, depth=self.depth)
        drawn = api.draw(architecture, "svg", depth=self.depth or "auto")
        text = drawn.decode("utf-8") if isinstance(drawn, bytes) else drawn
        return f'<div class="astarch-picture" style="overflow:auto">{" ".join(text[text.index("<svg") :].splitlines())}</div>'

    def _wanted(self, cls: griffe.Class) -> bool:
        if self.only:
            return cls.path in self.only
        return any(str(one).rpartition(".")[2] in _MODELS for one in cls.bases)

    def _inputs(self, path: str) -> list[Any]:
        given = self.inputs.get(path, [])
        return list(parse_inputs([given] if isinstance(given, str) else list(given)))
