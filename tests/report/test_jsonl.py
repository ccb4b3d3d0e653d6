"""JSON lines: one finding a line, the summary last."""

import json

from preflight.findings import Content
from preflight.report import jsonl


def test_each_line_is_an_object_with_its_path(content: Content) -> None:
    lines = [json.loads(line) for line in "".join(jsonl.render(content)).split("\n")[:-1]]
    assert [line["path"] for line in lines] == [
        *(one.path or content.source.path for one in content.findings()),
        content.source.path,
    ]
    assert [line["code"] for line in lines[:-1]] == [one.code for one in content.findings()]
    assert lines[-1]["summary"] == content.summary.to_json()
    assert lines[-1]["truncated"] is False
