"""The API asked everything that its own OpenAPI document allows, and much that it forbids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.helpers.api import Program, enabled, serving, visit_of
from tests.helpers.inprocess import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 2
ENDLESS = "/v1/events/stream"  # asked in a test of its own
KNOWN = "HIS001"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A desk that knows one visit."""
    home: Path = tmp_path_factory.mktemp("fuzz") / "home"
    enabled(home, often=60_000)
    world = World(home)
    with serving(world) as (desk, made):
        assert made.post("/v1/visits", visit_of(world, desk, KNOWN))[0] == 200
        yield made


def operations(program: Program) -> dict[str, Any]:
    """Every operation of the document, by method and path."""
    status, document = program.get("/v1/openapi.json")
    assert status == 200
    schema = schemathesis.openapi.from_dict(document)
    found = (item.ok() for item in schema.get_all_operations())
    return {f"{one.method.upper()} {one.path}": one for one in found}


def test_the_document_says_what_every_path_needs(program: Program) -> None:
    document = program.get("/v1/openapi.json")[1]
    assert document["security"] == [{"token": []}]
    found = {path for path in document["paths"]}
    for path in ("/v1/visits", "/v1/visits/{visit_no}/lines", "/v1/visits/{visit_no}/settle"):
        assert path in found
    undescribed = [
        f"{path} {word}" for path, item in document["paths"].items() for word in item
        if not item[word].get("summary")
    ]  # fmt: skip
    assert undescribed == []
    step = document["paths"]["/v1/visits/{visit_no}/presettle"]["post"]
    assert {"200", "202", "409", "424"} <= step["responses"].keys()
    assert any(one["name"] == "Idempotency-Key" and one["required"] for one in step["parameters"])


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_nothing_that_is_asked_breaks_it(program: Program, mode: GenerationMode) -> None:
    headers = {"Authorization": f"Bearer {program.token}"}
    asked = 0
    for name, operation in operations(program).items():
        if ENDLESS in name:
            continue
        try:
            cases = operation.as_strategy(generation_mode=mode)
        except schemathesis.errors.SchemathesisError:  # nothing wrong can be said there
            continue

        @settings(
            max_examples=EXAMPLES, database=None, derandomize=True, deadline=None,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=cases)
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            if "visit_no" in (case.path_parameters or {}) and asked % 2:
                case.path_parameters["visit_no"] = KNOWN
            (case.query or {}).pop("wait", None)  # nobody waits here
            answer = case.call(base_url=str(program.line.base_url), headers=headers)
            case.validate_response(answer, checks=CHECKS, headers=headers)

        ask()
    assert asked > EXAMPLES * 5
