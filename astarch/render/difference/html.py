"""Two architectures side by side on one page that needs nothing else: rows that belong together stand on one line."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from html import escape

from ...ir.architecture import Architecture, Module
from ...ir.change import Comparison, Kind, Review
from ...ir.graph import Record
from ..notation import arguments_text, count_text, values_text
from ..paint import clean
from ..places import Places
from .hook import hook
from .wording import SIGNS, counted, grouped, sentence, totals

_STYLE = """
:root{color-scheme:light dark;--ink:#0f172a;--soft:#64748b;--line:#cbd5e1;--page:#fff;--add:#16a34a22;--gone:#dc262622;--other:#f59e0b2b}
@media(prefers-color-scheme:dark){:root{--ink:#e2e8f0;--soft:#94a3b8;--line:#334155;--page:#0f172a}}
body{margin:0 auto;max-width:1500px;padding:1.5rem;font:14px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page)}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin:1.6rem 0 .3rem}
code,td,pre{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12.5px}
.verdict{font-weight:600}table{border-collapse:collapse;width:100%;table-layout:fixed}th{text-align:left;color:var(--soft);font-weight:500}
td,th{padding:.12rem .5rem;vertical-align:top;overflow-wrap:anywhere;border-bottom:1px solid color-mix(in srgb,var(--line) 45%,transparent)}
td:nth-child(2),th:nth-child(2){border-right:2px solid var(--line)}.n{text-align:right;width:8rem;color:var(--soft)}
tr.added td:nth-child(n+3){background:var(--add)}tr.removed td:nth-child(-n+2){background:var(--gone)}tr.changed td{background:var(--other)}
.facts td{width:auto;border:0}.facts{width:auto;table-layout:auto}.k{color:var(--soft)}
pre{overflow:auto;padding:.8rem;border:1px solid var(--line);border-radius:6px}
ul{margin:.2rem 0 .6rem;padding-left:1.2rem}label{user-select:none}body:has(#only:checked) tr.same{display:none}summary{cursor:pointer}
@media print{#only,label{display:none}}
"""


def to_html(result: Comparison | Review) -> str:
    """The page."""
    comparisons = result.comparisons if isinstance(result, Review) else (result,)
    title = f"{result.old} → {result.new}" if isinstance(result, Review) else result.name
    body = "\n".join(_comparison(one, opened=len(comparisons) == 1) for one in comparisons) or "<p>No model changed.</p>"
    head = f"{len(comparisons)} of {result.looked_at} models changed: {_text(title)}" if isinstance(result, Review) else _text(title)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_text(title)}</title><style>{_STYLE}</style></head><body>\n<h1>{head}</h1>\n"
        f'<label><input type="checkbox" id="only"> changed rows only</label>\n{body}\n</body></html>\n'
    )


def _comparison(comparison: Comparison, opened: bool) -> str:
    heading = f"{SIGNS[comparison.verdict]} {_text(comparison.name)} <span class=verdict>· {_text(comparison.headline)}</span>"
    parts = [
        f"<details{' open' if opened else ''}><summary><b>{heading}</b></summary>",
        _facts(comparison),
        _sides(comparison),
        _changes(comparison),
    ]
    code = hook(comparison)
    if code:
        parts.append(f"<h2>To load old checkpoints</h2><pre>{_text(code, lines=True)}</pre>")
    return "\n".join([*parts, "</details>"])


def _facts(comparison: Comparison) -> str:
    rows = [f"<tr><td class=k>{label}<td>{before}<td>→<td>{after}<td>{delta}</tr>" for label, before, after, delta in totals(comparison)]
    rows.append(f"<tr><td class=k>state dict<td colspan=4>{counted(comparison)}</tr>")
    rows += [f"<tr><td class=k>not known<td colspan=4>{_text(doubt)}</tr>" for doubt in comparison.doubts]
    rows += [f"<tr><td class=k>hook<td colspan=4>{_text(name)}</tr>" for name in comparison.hooks]
    return f"<table class=facts>{''.join(rows)}</table>"


def _changes(comparison: Comparison) -> str:
    parts: list[str] = []
    for title, kinds in grouped(comparison):
        parts.append(f"<h2>{title}</h2><ul>")
        for kind, changes in kinds:
            parts.append(f"<li>{kind.title} ({len(changes)})<ul>")
            parts += [f"<li><code>{_text(sentence(change))}</code>" for change in changes[:200]]
            parts.append(f"<li>and {len(changes) - 200} more</ul>" if len(changes) > 200 else "</ul>")
        parts.append("</ul>")
    return "".join(parts)


# --- the two trees ----------------------------------------------------------------------------------------------------

Pair = tuple[str | None, str | None]


def _sides(comparison: Comparison) -> str:
    rows = "".join(_row(comparison, *pair) for pair in _pairs(comparison))
    names = [_text(Places(model).target) if model is not None else "–" for model in (comparison.old, comparison.new)]
    return f"<table><tr><th>{names[0]}<th class=n>parameters<th>{names[1]}<th class=n>parameters</tr>{rows}</table>"


def _pairs(comparison: Comparison) -> Iterator[Pair]:
    """The modules of both sides, those that belong together on one line."""
    before = list(comparison.old.modules) if comparison.old is not None else []
    after = list(comparison.new.modules) if comparison.new is not None else []
    names = _new_names(comparison)
    matcher = SequenceMatcher(None, [names.get(name, name) for name in before], after, autojunk=False)
    for word, a, b, c, d in matcher.get_opcodes():
        if word == "equal":
            yield from zip(before[a:b], after[c:d], strict=True)
        else:
            yield from ((name, None) for name in before[a:b])
            yield from ((None, name) for name in after[c:d])


def _new_names(comparison: Comparison) -> dict[str, str]:
    """New names of old modules: those that were renamed or moved, with all that is inside."""
    moved = {str(change.before): change.subject for change in comparison.changes if change.kind in (Kind.MODULE_RENAMED, Kind.MODULE_MOVED)}
    found: dict[str, str] = {}
    for name in comparison.old.modules if comparison.old is not None else ():
        parent, _, last = name.rpartition(".")
        found[name] = moved.get(name) or (f"{found[parent]}.{last}" if parent and found.get(parent, parent) != parent else name)
    return found


def _row(comparison: Comparison, before: str | None, after: str | None) -> str:
    cells = [_cell(model, name) for model, name in ((comparison.old, before), (comparison.new, after))]
    state = "added" if before is None else "removed" if after is None else "same" if cells[0] == cells[1] else "changed"
    return f"<tr class={state}>{cells[0]}{cells[1]}</tr>"


def _cell(model: Architecture | None, name: str | None) -> str:
    if model is None or name is None:
        return "<td><td class=n>"
    module = model.modules[name]
    margin = name.count(".") + bool(name)
    own = sum(item.count for key, item in model.parameters.items() if key.rpartition(".")[0] == name)
    call = next((call for call in model.calls if call.module == name), None)
    gives = f" <span class=k>→ {_text(values_text(call.outputs))}</span>" if call is not None else ""
    count = count_text(own) if str(own) != "0" else ""
    return f'<td style="padding-left:{0.5 + margin}rem">{_text(_made(module))}{gives}<td class=n>{_text(count)}'


def _made(module: Module) -> str:
    last = module.name.rpartition(".")[2]
    arguments = {name: value for name, value in module.arguments.items() if not isinstance(value, Record)}
    return f"{last}: {module.class_name}({arguments_text(arguments)})" if last else module.class_name


def _text(text: str, lines: bool = False) -> str:
    return escape("\n".join(map(clean, text.split("\n"))) if lines else clean(text))
