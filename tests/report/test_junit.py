"""JUnit: well-formed, and its counts are true."""

from dataclasses import replace
from xml.etree import ElementTree

from preflight.findings import Content
from preflight.report import junit


def test_counts_are_those_of_the_cases(content: Content) -> None:
    root = ElementTree.fromstring("".join(junit.render(content)).encode("utf-8"))
    (suite,) = root
    cases = suite.findall("testcase")
    assert int(suite.get("tests", "")) == len(cases) > 0
    assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
    assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped"))
    told = {one.get("name"): one.get("value") for one in suite.iter("property")}
    assert told["records"] == str(content.summary.records)
    assert told["rejected"] == str(content.summary.rejected)
    assert told["errors"] == str(content.summary.errors)


def test_errors_fail_and_warnings_speak(contents: dict[str, Content]) -> None:
    (suite,) = ElementTree.fromstring("".join(junit.render(contents["large"])))
    failed = [one.get("name", "").split(" ")[0] for one in suite.findall("testcase") if one.find("failure") is not None]
    spoke = [one.get("name", "").split(" ")[0] for one in suite.findall("testcase") if one.find("system-out") is not None]
    assert failed == ["PF309", "PF313", "PF302", "PF502"]
    assert spoke == ["PF006", "PF201", "PF412", "PF410"]


def test_columns_without_a_finding_pass(contents: dict[str, Content]) -> None:
    (suite,) = ElementTree.fromstring("".join(junit.render(contents["clean"])))
    assert [case.get("name") for case in suite.findall("testcase")] == ["Company", "Website", "Employees", "Industry", "Country"]


def test_a_file_alone_that_is_clean_passes_one_case(contents: dict[str, Content]) -> None:
    (suite,) = ElementTree.fromstring("".join(junit.render(replace(contents["clean"], columns=(), plan=None))))
    assert [case.get("name") for case in suite.findall("testcase")] == ["the file"]


def test_several_are_suites(contents: dict[str, Content]) -> None:
    root = ElementTree.fromstring("".join(junit.several(contents.values())))
    assert [suite.get("name") for suite in root][:2] == ["accounts.csv", "clean.csv"]
