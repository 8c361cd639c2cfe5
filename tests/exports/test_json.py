"""JSON keeps to its published schema, and OSCAL loads in the models of compliance-trestle."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from trestle.oscal.assessment_results import Model as AssessmentModel
from trestle.oscal.poam import Model as PlanModel

from portal.exports import json_files
from portal.exports.oscal_assessment import assessment_results
from portal.exports.oscal_poam import NothingToPlan, poam
from portal.services import declaration_review
from portal.store.models import Remark
from portal.texts import LANGUAGES
from tests.declarations.story import signed
from tests.exports.reading import Exported
from tests.story import Story

Gather = Callable[..., Exported]
NAMES = {"declaration-1": "declaration", "risk-1": "risk", "actions-1": "plan"}


def validator(name: str) -> Draft202012Validator:
    schema = json.loads(json_files.schema(name, "https://anslut.example/"))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"https://anslut.example/schemas/{name}.json"
    return Draft202012Validator(schema, format_checker=FormatChecker())


@pytest.mark.parametrize("name", json_files.SCHEMAS)
def test_each_file_keeps_to_its_schema(exported: Gather, name: str) -> None:
    body = json.loads(json_files.record(getattr(exported(), NAMES[name])))
    validator(name).validate(body)
    assert body["format"] == f"anslut-{name}"
    for wrong in (
        {**body, "secret": 1},
        {**body, "round": -1},
        {k: v for k, v in body.items() if k != "status"},
    ):
        with pytest.raises(ValidationError):
            validator(name).validate(wrong)


def test_the_json_of_a_declaration_says_what_was_answered(exported: Gather) -> None:
    body = json.loads(json_files.record(exported().declaration))
    answers = {line["requirement"]: line for line in body["answers"]}
    assert answers["P-09"]["value"] == "partly"
    assert [action["number"] for action in answers["P-09"]["actions"]] == [1]
    assert answers["P-09"]["title"].keys() == {"sv", "en"}
    assert answers["P-03"]["value"] is None
    assert body["level"] == "under_way"
    assert set(body["theme_levels"]) == {line["theme"]["code"] for line in body["answers"]}
    assert body["organisation"]["name"] == "Exempelstads kommun"


def test_the_same_state_is_the_same_bytes_at_another_time(story: Story, exported: Gather, clock: Any) -> None:
    def made() -> list[bytes]:
        found = exported()
        return [
            *(json_files.record(record) for record in (found.declaration, found.risk, found.plan)),
            assessment_results(found.declaration, "sv"),
            poam(found.declaration, found.risk, found.plan, "sv"),
        ]

    before = made()
    clock.forward(days=3)
    assert made() == before
    story.plan_action("P-09")
    assert all(one != other for one, other in zip(made(), before, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_assessment_results_load_in_trestle(exported: Gather, language: str) -> None:
    body = assessment_results(exported().declaration, language)
    found = AssessmentModel.model_validate_json(body).assessment_results
    (result,) = found.results
    assert found.metadata.oscal_version.root.root == "1.1.3"
    assert len(result.findings) == len(result.observations) == 3
    states = {
        item.target.target_id: (item.target.status.state.value, item.target.status.reason)
        for item in result.findings
    }
    assert {name: state for name, (state, _) in states.items()} == {
        "P-01": "satisfied",
        "P-02": "satisfied",
        "P-09": "not-satisfied",
    }
    seen = {item.uuid for item in result.observations}
    assert {
        related.observation_uuid for item in result.findings for related in item.related_observations
    } == seen
    assert found.import_ap.href == f"#{found.back_matter.resources[0].uuid}"


def test_assessment_results_of_no_answers_load_too(exported: Gather) -> None:
    record = exported().declaration
    blank = tuple(line.model_copy(update={"value": None}) for line in record.answers)
    body = assessment_results(record.model_copy(update={"answers": blank}), "sv")
    result = AssessmentModel.model_validate_json(body).assessment_results.results[0]
    assert result.findings is None
    assert len(result.reviewed_controls.control_selections[0].include_controls) == len(blank)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plan_of_action_loads_in_trestle_and_holds_every_deviation_and_risk(
    exported: Gather, language: str
) -> None:
    found = exported()
    body = poam(found.declaration, found.risk, found.plan, language)
    plan = PlanModel.model_validate_json(body).plan_of_action_and_milestones
    assert len(plan.poam_items) == len(plan.risks) == 2
    deviation, risk = plan.risks
    assert deviation.status.root.root == "remediating"
    assert str(deviation.deadline.date()) == "2027-01-22"
    (response,) = deviation.remediations
    assert response.title == "+46 ringer leverantören"
    assert response.tasks[0].timing.on_date.date.date().isoformat() == "2027-01-22"
    assert risk.status.root.root == "open"
    facets = {(facet.name, facet.props[0].value): facet.value for facet in risk.characterizations[0].facets}
    assert facets["impact", "initial"] == "moderate"
    assert facets["risk", "residual"] == "yellow"
    linked = {item.related_risks[0].risk_uuid for item in plan.poam_items}
    assert linked == {deviation.uuid, risk.uuid}


def test_identifiers_in_a_document_are_never_used_twice(exported: Gather) -> None:
    found = exported()
    for body in (
        assessment_results(found.declaration, "sv"),
        poam(found.declaration, found.risk, found.plan, "sv"),
    ):
        seen: list[str] = []
        _uuids(json.loads(body), seen)
        assert len(seen) == len(set(seen)) > 5


def _uuids(node: Any, into: list[str]) -> None:
    if isinstance(node, dict):
        if "uuid" in node:
            into.append(node["uuid"])
        for value in node.values():
            _uuids(value, into)
    elif isinstance(node, list):
        for value in node:
            _uuids(value, into)


def test_there_is_no_plan_of_nothing(exported: Gather) -> None:
    found = exported()
    answers = tuple(line.model_copy(update={"value": "yes"}) for line in found.declaration.answers)
    declared = found.declaration.model_copy(update={"answers": answers})
    with pytest.raises(NothingToPlan):
        poam(declared, found.risk.model_copy(update={"risks": ()}), found.plan, "sv")


def test_what_the_organisation_says_among_its_own_never_leaves(story: Story, exported: Gather) -> None:
    with story.home.write(story.people.infosec) as work:
        for audience, said in (
            ("own", "Mellan oss: det är värre än så."),
            ("both", "Vilket register menas?"),
        ):
            work.session.add(
                Remark(
                    connection_id=story.connection,
                    requirement="P-09",
                    audience=audience,
                    side="organisation",
                    text=said,
                    written_by=story.people.infosec,
                    written_at=work.now,
                )
            )
    for who in ("infosec", "reviewer"):
        body = json_files.record(exported(who).declaration).decode()
        assert "Vilket register menas?" in body
        assert "Mellan oss" not in body


def test_verdicts_are_the_reviewers_own_until_the_review_is_over(
    story: Story, exported: Gather, clock: Any
) -> None:
    signed(story, P_09="partly")
    declaration_review.review_line(
        story.home, story.people.reviewer, story.connection, "P-09", "returned", None, "Vem äger registret?"
    )
    assert verdict(exported("infosec")) == (None, "")
    assert verdict(exported("reviewer")) == ("returned", "Vem äger registret?")
    clock.at += timedelta(hours=1)
    story.move("reviewer", "declaration", "return")
    assert verdict(exported("infosec")) == ("returned", "Vem äger registret?")


def verdict(found: Exported) -> tuple[str | None, str]:
    (line,) = [line for line in found.declaration.answers if line.requirement == "P-09"]
    return line.verdict, line.verdict_text
