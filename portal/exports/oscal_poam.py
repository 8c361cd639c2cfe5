"""Deviations, risks and the actions that mend them as an OSCAL plan of action and milestones."""

from typing import Any

from portal.exports import oscal
from portal.exports.json_files import written
from portal.exports.model import Action, ActionPlan, Assessed, Declaration, Line, Risk, RiskAnalysis
from portal.exports.oscal_assessment import observation
from portal.texts import text
from workflows.declaration import DEVIATING
from workflows.risk import CANCELLED, DONE, UNFINISHED


class NothingToPlan(ValueError):
    """There is neither a deviation nor a risk, and OSCAL has no empty plan."""


def poam(declaration: Declaration, analysis: RiskAnalysis, plan: ActionPlan, language: str) -> bytes:
    """The document: an item per deviation and per risk, with the actions as their remediations.

    Raises NothingToPlan when there is neither.
    """
    deviations = [found for found in declaration.answers if found.value in DEVIATING]
    if not deviations and not analysis.risks:
        raise NothingToPlan
    title = text("export.oscal.poam_title", language, organisation=declaration.organisation.name)
    newest = max((declaration, analysis, plan), key=lambda record: record.changed_at)
    risks = [_deviation(declaration, plan, found, language) for found in deviations]
    risks += [_risk(analysis, plan, found) for found in analysis.risks]
    return written(
        {
            "plan-of-action-and-milestones": {
                "uuid": oscal.identifier(declaration, "poam"),
                "metadata": {
                    **oscal.metadata(declaration, title, language),
                    "last-modified": oscal.moment(newest.changed_at),
                },
                "system-id": {
                    "identifier-type": "http://ietf.org/rfc/rfc4122",
                    "id": declaration.connection.id,
                },
                **oscal.filled(
                    observations=[observation(declaration, found, language) for found in deviations],
                    risks=risks,
                ),
                "poam-items": [_item(declaration, found) for found in risks],
            }
        }
    )


def _item(record: Declaration, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "uuid": oscal.identifier(record, "item", found["uuid"]),
        "title": found["title"],
        "description": found["description"],
        **oscal.filled(related_observations=found.get("related-observations", [])),
        "related-risks": [{"risk-uuid": found["uuid"]}],
    }


def _deviation(record: Declaration, plan: ActionPlan, found: Line, language: str) -> dict[str, Any]:
    mending = [action for action in plan.actions if found.requirement in action.requirements]
    title = text(
        "export.oscal.deviation", language, requirement=found.requirement, title=found.title.get(language)
    )
    return {
        "uuid": oscal.identifier(record, "deviation", found.requirement),
        "title": oscal.line(title),
        "description": found.comment or text("export.oscal.no_comment", language),
        "statement": found.text.get(language),
        "status": _state(mending),
        **oscal.props(answer=found.value, requirement=found.requirement),
        **_remediation(record, mending, found.requirement),
        "related-observations": [
            {"observation-uuid": oscal.identifier(record, "observation", found.requirement)}
        ],
    }


def _risk(record: RiskAnalysis, plan: ActionPlan, found: Risk) -> dict[str, Any]:
    mending = [action for action in plan.actions if found.number in action.risks]
    stages = {"initial": found.inherent, "current": found.current, "residual": found.residual}
    facets = [facet for name, stage in stages.items() for facet in _facets(name, stage)]
    origin = oscal.origin(record)
    return {
        "uuid": oscal.identifier(record, "risk", found.number),
        "title": oscal.line(found.title),
        "description": found.description or found.title,
        "statement": "\n".join(filter(None, (found.threat, found.vulnerability, found.affects)))
        or found.title,
        "status": "deviation-approved" if found.accepted_at else _state(mending),
        **oscal.props(
            number=found.number,
            owner=found.owner,
            treatment=found.treatment.code if found.treatment else None,
            accepted_until=found.accepted_until.isoformat() if found.accepted_until else None,
            review_on=found.review_on.isoformat() if found.review_on else None,
        ),
        **oscal.filled(
            characterizations=[{"origin": origin, "facets": facets}] if facets else [],
            mitigating_factors=[
                {"uuid": oscal.identifier(record, "controls", found.number), "description": found.controls}
            ]
            if found.controls
            else [],
        ),
        **_remediation(record, mending, f"risk-{found.number}"),
    }


def _facets(state: str, stage: Assessed) -> list[dict[str, Any]]:
    parts = {"impact": stage.consequence, "likelihood": stage.likelihood, "risk": stage.level}
    return [
        {"name": name, "system": oscal.NAMESPACE, "value": part.code, **oscal.props(state=state)}
        for name, part in parts.items()
        if part is not None
    ]


def _state(mending: list[Action]) -> str:
    """The status of what the actions mend: closed is for the organisation to say, by answering anew."""
    return "remediating" if any(action.status != CANCELLED for action in mending) else "open"


def _remediation(record: Declaration | RiskAnalysis, mending: list[Action], target: str) -> dict[str, Any]:
    """The standing actions as remediations, and the last of their dates as the deadline."""
    standing = [action for action in mending if action.status != CANCELLED]
    dates = [action.due for action in standing if action.due and action.status in UNFINISHED]
    deadline = {"deadline": oscal.day(max(dates))} if dates else {}
    return {
        **deadline,
        **oscal.filled(remediations=[_response(record, action, target) for action in standing]),
    }


def _response(record: Declaration | RiskAnalysis, action: Action, target: str) -> dict[str, Any]:
    return {
        "uuid": oscal.identifier(record, "action", action.number, target),
        "lifecycle": "completed" if action.status == DONE else "planned",
        "title": oscal.line(action.title),
        "description": action.effect or action.title,
        **oscal.props(
            number=action.number,
            kind=action.kind.code,
            cost=action.cost.code if action.cost else None,
            responsible=action.responsible,
            status=action.status,
        ),
        **oscal.filled(tasks=[_task(record, action, target)] if action.due else []),
    }


def _task(record: Declaration | RiskAnalysis, action: Action, target: str) -> dict[str, Any]:
    due = oscal.day(action.due) if action.due else ""
    timing = (
        {"within-date-range": {"start": oscal.day(action.starts), "end": due}}
        if action.starts
        else {"on-date": {"date": due}}
    )
    return {
        "uuid": oscal.identifier(record, "task", action.number, target),
        "type": "milestone",
        "title": oscal.line(action.title),
        "timing": timing,
    }
