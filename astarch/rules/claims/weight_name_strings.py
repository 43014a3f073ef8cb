"""Rule: a text that must name a layer or a weight names none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, File, dotted_text
from ..layers import own_module
from ..rule import Rule, argument, replace

#: What a class says of its own weights by name, as an attribute or what a method gives.
_OF_CLASS = ("_tied_weights_keys", "_no_weight_decay", "_keep_in_fp32_modules")
_METHODS = ("no_weight_decay", "no_weight_decay_keywords")

#: Functions that take a model and a mapping from names of its layers.
_EXTRACTORS = {"create_feature_extractor": "return_nodes", "IntermediateLayerGetter": "return_layers"}


class WeightNameStrings(Rule):
    """A text that must name a layer or a weight names none.

    ## Why
    `_tied_weights_keys`, `no_weight_decay`, `target_modules` and `return_nodes` name parts of a model by text. A wrong name has no
    effect, or fails where it is used: weights are not tied, adapters not put in.

    ## Known problems
    Only names that are nearly those of something that is there are reported: others may belong to a part that is not known here.

    ## Fix
    Unsafe: the nearest name.
    """

    code = "MDL505"
    severity = "warning"
    confidence = "likely"
    framework = "both"
    bad = (
        """
    class Net(nn.Module):
        _tied_weights_keys = ["lm_haed.weight"]

        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(100, 8)
            self.lm_head = nn.Linear(8, 100, bias=False)
            self.lm_head.weight = self.embed.weight

        def forward(self, x):
            return self.lm_head(self.embed(x))
    """,
        """
    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.query_proj = nn.Linear(8, 8)

        def forward(self, x):
            return self.query_proj(x)


    def adapted(model, LoraConfig, get_peft_model):
        return get_peft_model(model, LoraConfig(target_modules=["query_porj"]))
    """,
    )
    good = (
        """
    class Net(nn.Module):
        _tied_weights_keys = ["lm_head.weight"]

        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(100, 8)
            self.lm_head = nn.Linear(8, 100, bias=False)
            self.lm_head.weight = self.embed.weight

        def forward(self, x):
            return self.lm_head(self.embed(x))
    """,
        """
    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.query_proj = nn.Linear(8, 8)

        def forward(self, x):
            return self.query_proj(x)


    def adapted(model, LoraConfig, get_peft_model):
        return get_peft_model(model, LoraConfig(target_modules=["query_proj"]))
    """,
    )

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        known = set(cls.kept) | {name for each in cls.lineage for name in each.named}
        for node in cls.node.body:
            if isinstance(node, ast.Assign) and dotted_text(node.targets[0]) in _OF_CLASS:
                yield from self._among(cls.file, node.value, known, f"`{cls.name}`")
            elif isinstance(node, ast.FunctionDef) and node.name in _METHODS:
                for back in cls.file.within(node, ast.Return):
                    if back.value is not None:
                        yield from self._among(cls.file, back.value, known, f"`{cls.name}`")

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        if not any(word in file.text for word in ("target_modules", *_EXTRACTORS)):
            return
        adapted = [keyword.value for call in file.all(ast.Call) for keyword in call.keywords if keyword.arg == "target_modules"]
        if adapted:
            known = {name for cls in file.classes if cls.framework for name in cls.kept}
            for value in adapted:
                yield from self._among(file, value, known, "a model of this file")
        for call in file.all(ast.Call):
            word = _EXTRACTORS.get(dotted_text(call.func).rpartition(".")[2])
            model = own_module(file, call.args[0]) if word and call.args else None
            names = argument(call, 1, word) if word else None
            if model is not None and names is not None and not model.dynamic:
                yield from self._among(file, names, set(model.kept), f"`{model.name}`")

    def _among(self, file: File, value: ast.expr, known: set[str], owner: str) -> Iterator[Diagnostic]:
        for item in _texts(value):
            text = ast.literal_eval(item)
            first, dot, rest = text.partition(".")
            if not first.isidentifier() or first in known or file.program.mentioned(first, file.path):
                continue
            if any(isinstance(node, ast.Attribute) and node.attr == first for node in file.all(ast.Attribute)):
                continue
            close = get_close_matches(first, known, n=1, cutoff=0.8)
            if close:
                wanted = f"{close[0]}{dot}{rest}"
                fix = replace(file, item, f'"{wanted}"', f"write `{wanted}`")
                yield self.finding(file, item, f"{owner} has nothing called `{first}`", help=f"did you mean `{wanted}`?", fix=fix)


def _texts(node: ast.expr) -> list[ast.expr]:
    """The texts of a list, a set, or the keys of a mapping."""
    items = node.keys if isinstance(node, ast.Dict) else node.elts if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else []
    return [item for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
