"""What is exported of a connection, gathered as it stands for the one who asks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checklists import load
from checklists.parts import Text
from checklists.schema import AnyCatalogue, Option
from portal.exports import model
from portal.services.cases import Case
from portal.services.declaration_lines import Line, levels, lines_for
from portal.services.freezing import name_of
from portal.store import connections, declarations, reasons, risks
from portal.store.models import Action, Evidence, Flow, Remark, Risk
from portal.texts import DEFAULT_LANGUAGE
from workflows import risk as rules
from workflows.status import Status

SHARED = "both"
"""The audience of what both sides read; the organisation's own remarks never leave the portal."""


def declaration(session: Session, case: Case, language: str = DEFAULT_LANGUAGE) -> model.Declaration:
    """The self-declaration with answers, actions, evidence and the shared thread.

    Verdicts are left out while the owner is still reviewing, except for those who review. `language` is that of the
    ready text of a return.
    """
    catalogue = declarations.catalogue(session, case.connection)
    themes = {theme.id: model.Named(code=theme.id, label=_words(theme.title)) for theme in catalogue.themes}
    evidence, remarks = _evidence(session, case), _remarks(session, case)
    counted = lines_for(session, case)
    standing = levels(catalogue, counted)
    judged = case.states["declaration"] is not Status.SUBMITTED or "declaration.review" in case.actions
    found = [
        _line(session, line, themes[line.requirement.theme], judged, language).model_copy(
            update={
                "evidence": tuple(evidence.get(line.requirement.id, ())),
                "remarks": tuple(remarks.get(line.requirement.id, ())),
            }
        )
        for line in counted
    ]
    moments = [line.answered_at for line in found]
    moments += [item.added_at for line in found for item in line.evidence]
    moments += [item.at for line in found for item in line.remarks]
    moments += [action.saved_at for action in risks.actions(session, case.connection.id)]
    if judged:
        moments += [row.reviewed_at for row in declarations.answers(session, case.connection).values()]
    record = _record(session, case, "declaration", catalogue, moments)
    return model.Declaration(
        **record, level=standing["all"], theme_levels=standing["themes"], answers=tuple(found)
    )


def _line(session: Session, line: Line, theme: model.Named, judged: bool, language: str) -> model.Line:
    item, row = line.requirement, line.answer
    said = row if judged and row is not None and row.verdict else None
    ready = reasons.text_of(session, said.verdict_reason, language, said.reviewed_at) if said else ""
    value: Any = line.given.value
    verdict: Any = line.given.verdict if judged else None
    return model.Line(
        requirement=item.id,
        theme=theme,
        title=_words(item.title),
        text=_words(item.text),
        strength=item.strength,
        hard=item.hard,
        source=item.source,
        value=value,
        comment=line.given.comment,
        version=row.version if row else 0,
        answered_by=name_of(session, row.answered_by) if row else "",
        answered_at=row.answered_at if row else None,
        verdict=verdict,
        verdict_text="\n".join(filter(None, (ready, said.verdict_text))) if said else "",
        lacks=line.lacks,
        actions=_mending(line.actions),
        evidence=(),
        remarks=(),
    )


def risk(session: Session, case: Case) -> model.RiskAnalysis:
    """The risk analysis with flows, open risks and the actions that mend them."""
    connection = case.connection
    scale = risks.scale(connection)
    flows = risks.flows(session, connection.id)
    open_risks = risks.risks(session, connection.id)
    plan, targets = risks.actions(session, connection.id), risks.targets(session, connection.id)
    mending = {
        found.id: [row for row in plan if found.id in targets.get(row.id, risks.Targets()).risks]
        for found in open_risks
    }
    moments: list[datetime | None] = [found.saved_at for found in open_risks]
    moments += [found.accepted_at for found in open_risks]
    moments += [row.saved_at for row in plan]
    return model.RiskAnalysis(
        **_record(session, case, "risk", scale, moments),
        flows=tuple(_flow(found, _labels(scale.consequences)) for found in flows),
        risks=tuple(_risk(session, case, found, mending[found.id]) for found in open_risks),
    )


def _risk(session: Session, case: Case, found: Risk, mending: Iterable[Action]) -> model.Risk:
    scale = risks.scale(case.connection)
    assessment = risks.assessment(found)
    places, levels = rules.places(assessment), rules.levels(scale, assessment)
    consequences, likelihoods = _labels(scale.consequences), _labels(scale.likelihoods)
    aspects = _labels(scale.aspects)

    def assessed(stage: str) -> model.Assessed:
        (consequence, likelihood), level = places[stage], levels[stage]
        return model.Assessed(
            consequence=consequences.get(consequence or ""),
            likelihood=likelihoods.get(likelihood or ""),
            level=model.Named(code=level.code, label=_words(level.label)) if level else None,
        )

    return model.Risk(
        number=found.number,
        title=found.title,
        description=found.description,
        threat=found.threat,
        vulnerability=found.vulnerability,
        affects=found.affects,
        aspects=tuple(aspects[code] for code in found.aspects.split() if code in aspects),
        requirements=tuple(found.requirements.split()),
        controls=found.controls,
        inherent=assessed(rules.INHERENT),
        current=assessed(rules.CURRENT),
        residual=assessed(rules.RESIDUAL),
        treatment=_labels(scale.treatments).get(found.treatment or ""),
        owner=found.owner,
        accepted_by=name_of(session, found.accepted_by),
        accepted_at=found.accepted_at,
        accepted_until=found.accepted_until,
        review_on=found.review_on,
        actions=_mending(mending),
    )


def _flow(found: Flow, classes: Mapping[str, model.Named]) -> model.Flow:
    return model.Flow(
        name=found.name,
        direction=found.direction,
        counterpart_kind=found.counterpart_kind,
        **{
            aspect: classes.get(code or "")
            for aspect, code in zip(rules.ASPECTS, risks.classes(found), strict=True)
        },
    )


def plan(session: Session, case: Case) -> model.ActionPlan:
    """The action plan, cancelled actions too."""
    connection = case.connection
    scale = risks.scale(connection)
    rows, targets = risks.actions(session, connection.id), risks.targets(session, connection.id)
    numbers = {found.id: found.number for found in risks.risks(session, connection.id)}
    kinds, costs = _labels(scale.action_kinds), _labels(scale.costs)
    return model.ActionPlan(
        **_record(session, case, "risk", scale, [row.saved_at for row in rows]),
        actions=tuple(
            model.Action(
                number=row.number,
                title=row.title,
                kind=kinds[row.kind],
                responsible=row.responsible,
                starts=row.starts,
                due=row.due,
                cost=costs.get(row.cost or ""),
                effect=row.effect,
                evidence=row.evidence,
                status=_status(row),
                risks=tuple(sorted(numbers[name] for name in mends.risks if name in numbers)),
                requirements=tuple(sorted(mends.requirements)),
            )
            for row, mends in ((row, targets.get(row.id, risks.Targets())) for row in rows)
        ),
    )


def _record(
    session: Session, case: Case, step: str, catalogue: AnyCatalogue, moments: Iterable[datetime | None]
) -> dict[str, Any]:
    """What every export begins with; it changed when something in it did, or its step last moved."""
    federation, organisation = connections.federation(session), case.organisation
    row = case.rows[step]
    return {
        "federation": model.Owner(name=federation.name, short_name=federation.short_name),
        "organisation": model.Organisation(
            name=organisation.name,
            org_number=organisation.org_number,
            kind=organisation.kind,
            county=organisation.county_code,
        ),
        "connection": model.Connection(id=case.connection.id, reference=case.connection.reference),
        "catalogue": model.Catalogue(
            id=catalogue.id,
            version=catalogue.version,
            sha256=load.sha256(catalogue),
            title=_words(catalogue.title),
        ),
        "status": row.status,
        "round": row.round,
        "changed_at": max([row.since, *filter(None, moments)]),
    }


def _evidence(session: Session, case: Case) -> dict[str, list[model.Evidence]]:
    """The evidence that stands, by requirement: neither removed nor replaced."""
    rows = session.scalars(
        select(Evidence).where(Evidence.connection_id == case.connection.id).order_by(Evidence.id)
    ).all()
    replaced = {row.replaces_id for row in rows}
    found: dict[str, list[model.Evidence]] = {}
    for row in rows:
        if row.removed_at is None and row.id not in replaced:
            found.setdefault(row.requirement, []).append(
                model.Evidence(
                    kind=row.kind,
                    title=row.title,
                    url=row.url,
                    name=row.name,
                    sha256=row.sha256,
                    happened_on=row.happened_on,
                    valid_until=row.valid_until,
                    added_at=row.added_at,
                )
            )
    return found


def _remarks(session: Session, case: Case) -> dict[str, list[model.Remark]]:
    rows = session.scalars(
        select(Remark)
        .where(Remark.connection_id == case.connection.id, Remark.audience == SHARED)
        .order_by(Remark.written_at, Remark.id)
    )
    found: dict[str, list[model.Remark]] = {}
    for row in rows:
        by = name_of(session, row.written_by)
        found.setdefault(row.requirement, []).append(
            model.Remark(side=row.side, by=by, at=row.written_at, text=row.text)
        )
    return found


def _mending(rows: Iterable[Action]) -> tuple[model.Mending, ...]:
    return tuple(
        model.Mending(
            number=row.number, title=row.title, responsible=row.responsible, due=row.due, status=_status(row)
        )
        for row in rows
        if row.status != rules.CANCELLED
    )


def _status(row: Action) -> Any:
    """The status as the model's own literal: the model refuses what is none."""
    return row.status


def _words(text: Text) -> model.Words:
    return model.Words(sv=text.sv, en=text.en)


def _labels(options: Iterable[Option]) -> dict[str, model.Named]:
    return {item.code: model.Named(code=item.code, label=_words(item.label)) for item in options}
