"""Every rule: its bad code is found, its good code is silent, its fix turns the one into the other, its docs are whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest

import astarch
from astarch import checking
from astarch.compare.changes import compare
from astarch.ir.diagnostic import Diagnostic
from astarch.ir.program import File, Program
from astarch.rules.catalog import TOMBSTONES, matching, rule_named, rules
from astarch.rules.rule import Rule
from astarch.rules.runner import check_file
from astarch.rules.settings import Settings
from astarch.source.edits import apply

HEADER = "from dataclasses import dataclass\n\nimport keras\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n"


def examples(texts: str | tuple[str, ...]) -> list[str]:
    return [HEADER + dedent(text).strip() + "\n" for text in ((texts,) if isinstance(texts, str) else texts)]


def findings(text: str, name: str = "ALL") -> list:
    """What a rule finds in a text, whose models are run where it looks at those."""
    known = rule_named(name)
    if known is not None and looks_at_models(known):
        with TemporaryDirectory() as folder:
            path = Path(folder, "model.py")
            path.write_text(text)
            return checking.check([path], select=(name,))
    program = Program.of({})
    file = File("model", "model.py", text, program)
    program.add(file)
    rule = rule_named(name)
    changed = None if rule is None or not rule.needs_revision else list(beside(rule, text))
    beside_others = known is not None and known.code.startswith("MDL9")  # what a comment silences is for the other rules to say
    return check_file(file, (), Settings(extend_select=(name,)) if beside_others else Settings(select=(name,)), changed)


def looks_at_models(rule: Rule) -> bool:
    kind = type(rule)
    looks = kind.check_architecture is not Rule.check_architecture or kind.check_run is not Rule.check_run
    return looks or rule.code.startswith(("MDL0", "MDL2"))


def beside(rule: Rule, text: str) -> Iterator[Diagnostic]:
    """What a rule of changes finds in a text, beside what it says was there before."""
    read = []
    for version in (examples(rule.before)[0], text):
        with TemporaryDirectory() as folder:
            path = Path(folder, "model.py")
            path.write_text(version)
            read.append(astarch.read(f"{path}:Net"))
    for finding in rule.check_comparison(compare(*read)):
        yield replace(finding, span=finding.span._replace(file="model.py"))


CASES = [(rule, i) for rule in rules() for i in range(len(examples(rule.bad)) if rule.bad else 0)]
IDS = [f"{rule.name}-{i}" for rule, i in CASES]


@pytest.mark.parametrize(("rule", "i"), CASES, ids=IDS)
def test_bad_code_is_found(rule: Rule, i: int) -> None:
    found = findings(examples(rule.bad)[i], rule.code)
    assert len(found) == 1, [str(one) for one in found]
    assert found[0].name == rule.name
    assert found[0].message


@pytest.mark.parametrize(("rule", "i"), CASES, ids=IDS)
def test_good_code_is_silent(rule: Rule, i: int) -> None:
    for text in examples(rule.good):
        assert not findings(text, rule.code)


@pytest.mark.parametrize(("rule", "i"), CASES, ids=IDS)
def test_no_other_error_in_examples(rule: Rule, i: int) -> None:
    """One cause, one error: what is wrong in the bad code has one name."""
    found = [one for one in findings(examples(rule.bad)[i]) if one.severity == "error"]
    assert {one.name for one in found} <= {rule.name}
    for text in examples(rule.good):
        assert not [one for one in findings(text) if one.severity == "error"]


@pytest.mark.parametrize(("rule", "i"), CASES, ids=IDS)
def test_fix_turns_bad_into_good(rule: Rule, i: int) -> None:
    bad = examples(rule.bad)[i]
    found = findings(bad, rule.code)
    if found[0].fix is None:
        assert "Fix" not in rule.sections
        return
    mended, done = apply(bad, [found[0].fix])
    assert done
    ast.parse(mended)
    assert not findings(mended, rule.code)
    good = examples(rule.good)
    wanted = good[i] if len(good) > i else good[0]
    if len(examples(rule.bad)) == len(good):
        assert mended == wanted


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_docs_are_whole(rule: Rule) -> None:
    assert re.fullmatch(r"MDL\d{3}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.severity in ("error", "warning", "info")
    assert rule.confidence in ("certain", "likely", "possible")
    assert rule.summary.endswith(".")
    assert "Why" in rule.sections
    assert set(rule.sections) <= {"", "Why", "Known problems", "Fix", "References"}


def test_codes_are_given_once() -> None:
    codes = [rule.code for rule in rules()]
    assert len(codes) == len(set(codes)) >= 60
    assert not TOMBSTONES.keys() & set(codes)


def test_selectors() -> None:
    assert rule_named("mdl110") is rule_named("modules-in-python-list")
    assert {rule.code for rule in matching("MDL11")} >= {"MDL110", "MDL111"}
    assert not matching("NOPE")
    assert "MDL110" not in {rule.code for rule in Settings(ignore=("MDL110",)).active()}
    assert {rule.code for rule in Settings(select=("MDL1",), ignore=("MDL110",)).active()} >= {"MDL101"}
    assert "MDL110" in {rule.code for rule in Settings(select=("MDL110",), ignore=("MDL1",)).active()}


def test_a_rule_in_preview_is_on_when_it_is_named() -> None:
    previews = {rule.code for rule in rules() if rule.status == "preview"}
    assert previews
    for code in previews:
        assert code in {rule.code for rule in Settings(select=(code,)).active()}
        assert code in {rule.code for rule in Settings(extend_select=(rule_named(code).name,)).active()}
        assert code not in {rule.code for select in ("ALL", code[:4], code[:5]) for rule in Settings(select=(select,)).active()}
    assert not previews & {rule.code for rule in Settings().active()}
