"""Findings in the forms of others, held against what these say of their forms: the schemas of SARIF and of Jenkins' JUnit reports,
what GitLab documents beyond the little its schema asks, and GitHub's commands taken apart as its runner does that."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
import xmlschema

from astarch import checking
from astarch.ir.diagnostic import Diagnostic, Edit, Fix
from astarch.ir.span import Span
from astarch.render.findings import data, pipelines, sarif
from astarch.render.findings.report import Report
from astarch.rules.catalog import rules

HEADER = "from dataclasses import dataclass\n\nimport keras\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n"
SCHEMAS = Path(__file__).parents[1] / "schemas"
SARIF = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))

#: GitLab's own schema (app/validators/json_schemas/codeclimate.json) asks for a description, a fingerprint, a severity and a location,
#: and says of what type they are; this asks for that, and for what its documentation says besides.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "positions"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "positions": {
                        "required": ["begin"],
                        "properties": {"begin": {"required": ["line"], "properties": {"line": {"type": "integer"}}}},
                    },
                },
            },
        },
    },
}

JUNIT = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What every rule finds in its own bad code, in files with names that need care."""
    folder = tmp_path_factory.mktemp("bad code")
    texts: dict[str, str] = {}
    for rule in rules():
        for number, bad in enumerate((rule.bad,) if isinstance(rule.bad, str) else rule.bad):
            path = folder / f"{rule.name}, {number}% ü.py"
            path.write_text(HEADER + "\n".join(line[4:] for line in bad.strip("\n").split("\n")) + "\n", encoding="utf-8")
            texts[str(path)] = path.read_text(encoding="utf-8")
    findings = checking.check([folder], select=("ALL",))
    assert len({one.code for one in findings}) > 50
    return Report(findings, texts, {rule["code"]: rule for rule in checking.listed()}, "1", None, str(folder))  # type: ignore[arg-type]


def test_sarif_is_what_its_schema_says(report: Report) -> None:
    validator = jsonschema.Draft4Validator(SARIF, format_checker=jsonschema.FormatChecker())
    assert not [error.message for error in validator.iter_errors({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}}]})]
    assert list(validator.iter_errors({"version": "2.1.0", "runs": [{"results": []}]})), "the schema itself must refuse something"
    written = json.loads(sarif.sarif(report))
    assert [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(written)] == []
    (run,) = written["runs"]
    assert len(run["results"]) == len(report.findings)
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]}
    assert all(re.fullmatch(r"[A-Za-z0-9%._~/-]+", uri) for uri in uris)


def test_gitlab_gets_what_it_documents(report: Report) -> None:
    written = json.loads(pipelines.gitlab(report))
    jsonschema.validate(written, GITLAB)
    assert len({one["fingerprint"] for one in written}) == len(report.findings)


def test_junit_is_what_the_schema_of_jenkins_says(report: Report) -> None:
    written = pipelines.junit(report)
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        JUNIT.validate(written.replace("<testcase name=", "<testcase label="))
    JUNIT.validate(written)
    top = ET.fromstring(written)
    assert sum(int(suite.attrib["failures"]) for suite in top) == int(top.attrib["failures"]) == len(list(top.iter("failure")))
    assert [case.attrib["classname"] for case in top.iter("testcase")] == [report.relative(one.span.file) for one in report.findings]
    nothing = pipelines.junit(Report([], {}, {}, "1", None, ""))  # type: ignore[arg-type]
    JUNIT.validate(nothing)
    assert [case.attrib["name"] for case in ET.fromstring(nothing).iter("testcase")] == ["no findings"]


def taken_apart(line: str) -> tuple[str, dict[str, str], str] | None:
    """A workflow command as the runner understands it: name, properties, data; None when it is no command."""
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return None
    name, _, properties = line[2:end].partition(" ")
    pairs = [pair.split("=", 1) for pair in properties.strip().split(",") if pair]
    return name, {key: meant(value, ":,") for key, value in pairs}, meant(line[end + 2 :], "")


def meant(text: str, more: str) -> str:
    for character in f"\r\n{more}%":
        text = text.replace(f"%{ord(character):02X}", character)
    return text


def test_github_gets_commands(report: Report) -> None:
    lines = pipelines.github(report).splitlines()
    said = [taken_apart(line) for line in lines]
    assert None not in said
    kinds = {"error": "error", "warning": "warning", "info": "notice"}
    told = {(properties.get("file"), properties.get("line"), properties["title"]) for _, properties, _ in filter(None, said)}
    for severity, kind in kinds.items():
        found = [one for one in report.findings if one.severity == severity]
        assert len(found) > 10, "there is something to be left out"
        assert len([one for one in said if one and one[0] == kind]) == 10, "GitHub drops more in silence"
        for one in found[:7]:
            assert (report.relative(one.span.file), str(one.span.line), f"astarch ({one.code} {one.name})") in told


POSITION = {"type": "object", "required": ["line"], "additionalProperties": False,
            "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}}}  # fmt: skip
RANGE = {"type": "object", "required": ["start"], "additionalProperties": False, "properties": {"start": POSITION, "end": POSITION}}
SOURCE = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "url": {"type": "string"}}}

#: What reviewdog's protocol (proto/rdf) knows; it reads nothing else.
RDJSON = {
    "type": "object",
    "required": ["diagnostics"],
    "additionalProperties": False,
    "properties": {
        "source": SOURCE,
        "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "location"],
                "additionalProperties": False,
                "properties": {
                    "message": {"type": "string", "minLength": 1},
                    "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                    "location": {
                        "type": "object",
                        "required": ["path", "range"],
                        "additionalProperties": False,
                        "properties": {"path": {"type": "string", "pattern": "^[^/]"}, "range": RANGE},
                    },
                    "code": {
                        "type": "object",
                        "required": ["value"],
                        "additionalProperties": False,
                        "properties": {"value": {"type": "string"}, "url": {"type": "string"}},
                    },
                    "suggestions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["range", "text"],
                            "additionalProperties": False,
                            "properties": {"range": RANGE, "text": {"type": "string"}},
                        },
                    },
                },
            },
        },
    },
}


def test_rdjson_is_what_reviewdog_reads(report: Report) -> None:
    written = json.loads(data.rdjson(report))
    jsonschema.validate(written, RDJSON)
    assert written["source"]["name"] == "astarch"
    assert len(written["diagnostics"]) == len(report.findings)
    assert any(one.get("suggestions") for one in written["diagnostics"])


def test_reviewdog_counts_columns_in_bytes() -> None:
    line = "ü = F.dropout(x, 0.5)"
    fix = Fix("hand on the mode", (Edit(Span("a.py", 1, 21, 1, 21), ", training=self.training"),), True)
    one = Diagnostic("MDL611", "functional-dropout-training", "error", "always on", Span("a.py", 1, 5, 1, 22), fix=fix)
    (found,) = json.loads(data.rdjson(Report([one], {"a.py": line + "\n"}, {}, "1", None, "")))["diagnostics"]  # type: ignore[arg-type]
    assert found["location"]["range"] == {"start": {"line": 1, "column": 6}, "end": {"line": 1, "column": 23}}
    assert line.encode()[: found["suggestions"][0]["range"]["start"]["column"] - 1].decode() == "ü = F.dropout(x, 0.5"


def test_a_summary_is_no_larger_than_github_takes() -> None:
    findings = [Diagnostic("MDL611", "a", severity, "x" * 300, Span("a.py", 1, 1, 1, 1)) for severity in ["warning", "error"] * 3000]
    written = pipelines.markdown(Report(findings, {}, {}, "1", None, ""))  # type: ignore[arg-type]
    assert len(written.encode()) < 1 << 20
    rows = [line for line in written.splitlines() if line.startswith(("| error", "| warning"))]
    assert [row.startswith("| error") for row in rows[:3000]] == [True] * len(rows[:3000]), "errors come first"
    assert f"{6000 - len(rows)} more are in the log." in written


def test_the_fields_of_ruff(report: Report) -> None:
    """What `ruff check --output-format json` writes for each finding, and one field of our own."""
    fields = {"cell", "code", "end_location", "filename", "fix", "location", "message", "name", "noqa_row", "severity", "url"}
    rows = json.loads(data.as_json(report))
    assert {frozenset(row) for row in rows} == {frozenset(fields | {"arch"})}
    assert {frozenset(row["fix"]) for row in rows if row["fix"]} == {frozenset({"applicability", "edits", "message"})}
    assert [json.loads(line) for line in data.json_lines(report).splitlines()] == rows
