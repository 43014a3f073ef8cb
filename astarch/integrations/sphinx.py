"""A directive for Sphinx: a model's table, tree or picture, made from source while the documentation is built.

    extensions = ["astarch.integrations.sphinx"]

    .. astarch:: net.py:Net
       :view: picture
       :input: 1,3,32,32

Views: ``table``, ``tree``, ``annotated``, ``mermaid`` (with sphinxcontrib-mermaid), ``picture`` (SVG by graphviz), ``summary``.
Files in a target are relative to the folder of ``conf.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from .. import api
from ..errors import AstarchError
from ..inputs import parse_inputs
from ..render.mermaid import fitting
from ..render.notation import count_text, short_count, values_text
from ..render.rows import flat, rows
from ..render.views import view
from ..version import VERSION

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from ..api import Architecture

VIEWS = ("table", "tree", "annotated", "mermaid", "picture", "summary")


class AstarchDirective(SphinxDirective):
    """One model, one view of it."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "view": lambda text: directives.choice(text, VIEWS),
        "input": directives.unchanged,
        "depth": directives.positive_int,
        "direction": lambda text: directives.choice(text, ("TB", "LR", "BT", "RL")),
    }

    def run(self) -> list[nodes.Node]:
        """The nodes of the view; what cannot be read is an error at its line."""
        try:
            architecture = self._read()
        except (AstarchError, SyntaxError) as error:
            return [self.state.document.reporter.error(f"astarch: {error}", line=self.lineno)]
        if "" not in architecture.modules:
            return [self.state.document.reporter.error(f"astarch: `{self.arguments[0]}` gives no model", line=self.lineno)]
        for file in api.all_sources(architecture):
            self.env.note_dependency(file)
        return self._shown(architecture, self.options.get("view", "table"))

    def _read(self) -> Architecture:
        target = self.arguments[0].strip()
        path, sign, expression = target.partition(":")
        if path.endswith(".py") and not Path(path).is_absolute():
            target = f"{Path(self.env.srcdir) / path}{sign}{expression}"
        inputs = parse_inputs([line for line in self.options.get("input", "").splitlines() if line.strip()])
        return api.read(target, inputs=list(inputs), search_path=[self.env.srcdir, *map(str, self.config.astarch_search_path)])

    def _shown(self, architecture: Architecture, name: str) -> list[nodes.Node]:
        depth = self.options.get("depth")
        if name == "table":
            return [_table(architecture, depth or 3)]
        if name == "summary":
            return [nodes.paragraph("", view(architecture, name).replace("`", ""))]
        if name == "mermaid":
            return [_mermaid(fitting(architecture, direction=self.options.get("direction", "TB")))]
        if name == "picture":
            return self._picture(architecture, depth)
        text = view(architecture, name, depth=depth).removeprefix("```text\n").removesuffix("```")
        return [nodes.literal_block(text, text, language="text")]

    def _picture(self, architecture: Architecture, depth: int | None) -> list[nodes.Node]:
        direction = self.options.get("direction", "TB")
        try:
            drawn = api.draw(architecture, "svg", depth=depth or "auto", direction=direction)
        except AstarchError as error:
            return [self.state.document.reporter.warning(f"astarch: {error}", line=self.lineno)]
        text = drawn.decode("utf-8") if isinstance(drawn, bytes) else drawn
        svg = text[text.index("<svg") :]
        return [nodes.raw("", f'<div class="astarch-picture" style="overflow:auto">{svg}</div>', format="html")]


def _mermaid(text: str) -> nodes.Node:
    """A diagram where sphinxcontrib-mermaid is at hand, else its text."""
    try:
        from sphinxcontrib.mermaid import mermaid  # pyright: ignore[reportMissingImports] - may not be installed
    except ImportError:
        return nodes.literal_block(text, text, language="text")
    node = mermaid()
    node["code"], node["options"] = text, {}
    return node


def _table(architecture: Architecture, depth: int) -> nodes.Node:
    """The module tree."""
    shown = list(flat(rows(architecture), depth))
    counted = any(row.macs is not None and str(row.macs) != "0" for _, row in shown)
    heads = ("Module", "Type", "Output", "Parameters", *(("MACs",) if counted else ()))
    table, group = nodes.table(classes=["astarch"]), nodes.tgroup(cols=len(heads))
    table += nodes.title("", view(architecture, "summary").replace("`", ""))
    table += group
    group.extend(nodes.colspec(colwidth=width) for width in (30, 30, 20, 15, 10)[: len(heads)])
    head, body = nodes.thead(), nodes.tbody()
    head += _row([nodes.Text(text) for text in heads])
    group += head
    group += body
    for level, row in shown:
        times = f" ×{row.times}" if row.times > 1 else ""
        name = nodes.inline("", "", nodes.Text("\u00a0" * 3 * (level - 1)), nodes.literal(row.name, row.name), nodes.Text(times))
        output = values_text(row.outputs[0]) if row.outputs else "–"
        each = f"{row.times}×" if row.times > 1 else ""
        macs = each + short_count(row.macs) if row.macs is not None and str(row.macs) != "0" else "–"
        count = each + count_text(row.parameters) if str(row.parameters) != "0" else "–"
        cells: list[nodes.Node] = [name, *map(nodes.Text, (row.type, output, count, macs))]
        body += _row(cells[: len(heads)])
    return table


def _row(cells: list[nodes.Node]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        entry = nodes.entry()
        entry += nodes.paragraph("", "", cell)
        row += entry
    return row


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls."""
    app.add_directive("astarch", AstarchDirective)
    app.add_config_value("astarch_search_path", [], "env")
    return {"version": VERSION, "parallel_read_safe": True, "parallel_write_safe": True}
