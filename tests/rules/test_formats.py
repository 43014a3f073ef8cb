"""Findings in the forms of others, held against what these say of their forms: SARIF's own schema, GitLab's and GitHub's
documentation, the attributes and children that Jenkins' schema of JUnit reports allows."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest

from astarch import checking
from astarch.render.findings import data, pipelines, sarif
from astarch.render.findings.report import Report
from astarch.rules.catalog import rules

HEADER = "from dataclasses import dataclass\n\nimport keras\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n"
SARIF = json.loads((Path(__file__).parents[1] / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))

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

#: By element: the attributes it must have, those it may have, and its children.
JUNIT = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": ({"name"}, {"time", "classname", "group"}, {"skipped", "error", "failure", "system-out", "system-err"}),
    "failure": (set(), {"type", "message"}, set()),
}

COMMAND = re.compile(r"::(error|warning|notice) (\w+=[^,:]*(?:,\w+=[^,:]*)*)::(.*)")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What every rule finds in its own bad code, in files with names that need care."""
    folder = tmp_path_factory.mktemp("bad code ü%")
    texts: dict[str, str] = {}
    for rule in rules():
        for number, bad in enumerate((rule.bad,) if isinstance(rule.bad, str) else rule.bad):
            path = folder / f"{rule.name} {number}.py"
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


def test_junit_is_what_jenkins_takes(report: Report) -> None:
    top = ET.fromstring(pipelines.junit(report))
    assert top.tag == "testsuites"
    for element in top.iter():
        needed, allowed, children = JUNIT[element.tag]
        assert needed <= element.attrib.keys() <= needed | allowed, element.tag
        assert {child.tag for child in element} <= children
    assert sum(int(suite.attrib["failures"]) for suite in top) == int(top.attrib["failures"]) == len(list(top.iter("failure")))
    empty = ET.fromstring(pipelines.junit(Report([], {}, {}, "1", None, "")))  # type: ignore[arg-type]
    assert [case.attrib["name"] for case in empty.iter("testcase")] == ["no findings"]


def test_github_gets_commands(report: Report) -> None:
    lines = pipelines.github(report).splitlines()
    assert lines
    for line in lines:
        assert COMMAND.fullmatch(line), line
    for kind in ("error", "warning", "notice"):
        assert sum(line.startswith(f"::{kind}") for line in lines) <= 12


def test_rdjson_has_what_reviewdog_needs(report: Report) -> None:
    written = json.loads(data.rdjson(report))
    assert written["source"]["name"] == "astarch"
    for one in written["diagnostics"]:
        assert one["message"]
        assert one["severity"] in ("ERROR", "WARNING", "INFO")
        assert one["location"]["range"]["start"]["line"] > 0
