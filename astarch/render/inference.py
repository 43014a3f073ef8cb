"""An input that was worked out, in words: what told it, what fixes its sizes, and how."""

from __future__ import annotations

from collections.abc import Mapping

from ..ir.dim import Dim, factored
from ..ir.inference import Equation, Inference
from .notation import shape_text
from .paint import Glyphs, Page, clean

#: So many other answers are listed.
_LISTED = 12


def inference_text(inference: Inference, glyphs: Glyphs) -> str:
    """One line: ``input worked out: x B×3×H×W by conv1; fc fixes 16*(H - 2)*(W - 2) = 10816, so H = W = 28``."""
    if not inference.inputs:
        return "input not worked out: give it with --input, and the shapes follow"
    given = ", ".join(f"{clean(name)} {text.replace(',', glyphs.times).replace(':', ' ')}" for name, text in inference.inputs.items())
    told = f" by {clean(inference.told_by)}" if inference.told_by else ""
    line = f"input worked out: {given}{told}"
    if not inference.answers:
        return line
    fixed = ", ".join(f"{_fixer(equation)}{_equation(equation)}" for equation in inference.equations)
    others = sorted((_short(answer) for answer in inference.answers[1 : _LISTED + 1]), key=lambda text: (len(text), text))
    more = f", {len(inference.answers) - 1 - _LISTED} more" if len(inference.answers) > _LISTED + 1 else ""
    also = f" ({', '.join(others)}{more} {'fits' if len(others) == 1 else 'fit'} as well)" if others else ""
    return f"{line}; {fixed}, so {_sizes(inference.answers[0])}{also}"


def _fixer(equation: Equation) -> str:
    return f"{clean(equation.module)} fixes " if equation.module else ""


def _equation(equation: Equation) -> str:
    sides = [factored(side) if isinstance(side, Dim) else str(side) for side in (equation.fact.left, equation.fact.right)]
    return f"{sides[0]} {'=' if equation.fact.sign == '==' else equation.fact.sign} {sides[1]}"


def _sizes(answer: Mapping[str, int]) -> str:
    """``H = W = 28``, or ``D = 16, H = W = 224``."""
    groups: dict[int, list[str]] = {}
    for name, size in answer.items():
        groups.setdefault(size, []).append(name)
    return ", ".join(" = ".join([*names, str(size)]) for size, names in groups.items())


def _short(answer: Mapping[str, int]) -> str:
    sizes = list(answer.values())
    return str(sizes[0]) if len(set(sizes)) == 1 else "×".join(map(str, sizes))


def derivation_text(inference: Inference, page: Page) -> str:
    """What every layer makes of the symbols, up to what fixes them."""
    lines = [page.paint("Derivation", "title")]
    given = ", ".join(f"{clean(name)} {text.replace(',', page.glyphs.times)}" for name, text in inference.inputs.items())
    lines.append(f"  {given}: what {clean(inference.told_by) or 'its first use'} takes")
    lines += [page.fit(f"  {clean(step.module)} gives {shape_text(step.shape, page.glyphs)}", page.width) for step in inference.steps]
    for equation in inference.equations:
        who = clean(equation.module) or (f"line {equation.span.line}" if equation.span.line else "as many samples come out as go in")
        lines.append(page.fit(f"  {who}: {_equation(equation)}", page.width))
    lines += [page.fit(f"  so {_sizes(answer)}", page.width) for answer in inference.answers[:_LISTED]]
    return "\n".join(lines)
