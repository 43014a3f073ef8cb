"""Rule: a docstring states another number of parameters than the model has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic, Edit, Fix, Note
from ...ir.program import Definition, File
from ...ir.span import NOWHERE, Span
from ..rule import Rule

_NUMBER = r"(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>[KkMB]|thousand|million|billion)?"
_CLAIMS = (
    re.compile(rf"{_NUMBER}\s+(?:trainable |learnable |total )?(?:parameters|params)\b"),
    re.compile(rf"\b(?:[Pp]arameters|[Pp]arams)\s*[:=]\s*{_NUMBER}(?!\w|\.\d)"),
)
_UNITS = {"": 1, "K": 1e3, "k": 1e3, "thousand": 1e3, "M": 1e6, "million": 1e6, "B": 1e9, "billion": 1e9}

#: A line that speaks of something else, or not exactly.
_VAGUE = re.compile(
    r"\b(than|vs|versus|compared?|original|paper|fewer|less|more|about|around|approx\w*|roughly|almost|over|up to|each|per|added|adds|extra"
    r"|sav\w+|reduc\w+|encoder|decoder|backbone|head|teacher|if|when|with|without|variant)\b|[~≈<>]",
    re.IGNORECASE,
)


class _Claim(NamedTuple):
    span: Span
    text: str
    value: float
    step: float


class DocumentedParameterCount(Rule):
    """A docstring states another number of parameters than the model has.

    ## Why
    Numbers stay behind when a model changes. Readers choose models by them, and papers quote them.

    ## Known problems
    It speaks of models that can be built without arguments, and of lines that say nothing else. What is stated is taken as rounded: it
    may be one off in its last digit, or by two percent.

    ## Fix
    Safe: the number that it has, rounded as before.
    """

    code = "MDL501"
    severity = "warning"
    confidence = "likely"
    framework = "both"
    bad = """
    class Net(nn.Module):
        \"\"\"A small classifier, 1.2M parameters.\"\"\"

        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(784, 1024)
            self.fc2 = nn.Linear(1024, 10)

        def forward(self, x):
            return self.fc2(F.relu(self.fc1(x)))
    """
    good = """
    class Net(nn.Module):
        \"\"\"A small classifier, 0.8M parameters.\"\"\"

        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(784, 1024)
            self.fc2 = nn.Linear(1024, 10)

        def forward(self, x):
            return self.fc2(F.relu(self.fc1(x)))
    """

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        count = architecture.parameter_count
        if not isinstance(count, int) or not count or architecture.unknown or architecture.assumptions or architecture.alternatives:
            return
        expression = architecture.target.rpartition(":")[2]
        node = _documented(file, expression.removesuffix("()")) if expression.endswith("()") else None
        claims = list(_claims(file, node)) if node is not None else []
        listed = {count, architecture.trainable_count, architecture.listed_parameter_count}
        if len(claims) != 1 or any(isinstance(one, int) and _fits(claims[0], one) for one in listed):
            return
        (claim,) = claims
        right = _as_before(claim, count)
        message = f"`{expression}` has {count:,} parameters, and its documentation says {claim.text}"
        fix = Fix(f"write {right}", (Edit(claim.span, right),), safe=True) if right else None
        most = sorted(_shares(architecture), reverse=True)[:3]
        notes = (Note(NOWHERE, "of these, " + ", ".join(f"{share:,} in `{name}`" for share, name in most)),) if len(most) > 1 else ()
        yield Diagnostic(self.code, self.name, self.severity, message, claim.span, notes, "", fix)


def _documented(file: File, name: str) -> ast.ClassDef | Definition | None:
    """The class or function at the top of a file."""
    cls = file.by_name.get(name)
    return cls.node if cls is not None else file.functions.get(name)


def _claims(file: File, node: ast.ClassDef | Definition) -> Iterator[_Claim]:
    first = node.body[0]
    if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)):
        return
    for line in range(first.lineno, (first.end_lineno or first.lineno) + 1):
        text = file.lines[line - 1]
        for match in (found for pattern in _CLAIMS for found in pattern.finditer(text)):
            number, unit = match["number"].rstrip(","), match["unit"] or ""
            value = float(number.replace(",", "")) * _UNITS[unit]
            if value >= 10_000 and not _VAGUE.search(text):
                start, end = match.start("number"), match.end("unit") if unit else match.start("number") + len(number)
                decimals = len(number.partition(".")[2])
                yield _Claim(Span(file.path, line, start + 1, line, end + 1), text[start:end], value, _UNITS[unit] / 10**decimals)


def _fits(claim: _Claim, count: int) -> bool:
    return abs(count - claim.value) <= max(claim.step, 0.02 * claim.value)


def _as_before(claim: _Claim, count: int) -> str:
    """A number written like the one that stands there; empty when it would be 0."""
    match = re.fullmatch(_NUMBER, claim.text)
    assert match is not None
    unit, decimals = match["unit"] or "", len(match["number"].partition(".")[2])
    value = f"{count / _UNITS[unit]:,.{decimals}f}"
    between = claim.text[match.end("number") : match.start("unit")] if unit else ""
    return f"{value if ',' in claim.text else value.replace(',', '')}{between}{unit}" if float(value.replace(",", "")) else ""


def _shares(architecture: Architecture) -> Iterator[tuple[int, str]]:
    """How many parameters the parts of a model have."""
    shares: dict[str, int] = {}
    for parameter in architecture.parameters.values():
        if parameter.tied_to is None and isinstance(parameter.count, int):
            first = parameter.name.partition("." if "." in parameter.name else "/")[0]
            shares[first] = shares.get(first, 0) + parameter.count
    for name, share in shares.items():
        yield share, name
