"""A self-declaration and its review as OSCAL assessment results."""

from typing import Any

from portal.exports import oscal
from portal.exports.json_files import written
from portal.exports.model import Declaration, Line
from portal.texts import text
from workflows.declaration import DEVIATING

REASONS = {"yes": "pass", "not_applicable": "other"}


def assessment_results(record: Declaration, language: str) -> bytes:
    """The document: an observation and a finding per answered requirement."""
    answered = [found for found in record.answers if found.value is not None and found.answered_at]
    plan = oscal.identifier(record, "plan", record.catalogue.version)
    title = text("export.oscal.assessment_title", language, organisation=record.organisation.name)
    resource = text(
        "export.oscal.plan",
        language,
        catalogue=record.catalogue.title.get(language),
        version=record.catalogue.version,
    )
    starts = [found.answered_at for found in answered if found.answered_at]
    result = {
        "uuid": oscal.identifier(record, "result", record.round),
        "title": oscal.line(title),
        "description": text("export.oscal.result", language),
        "start": oscal.moment(min(starts, default=record.changed_at)),
        "end": oscal.moment(record.changed_at),
        "reviewed-controls": {
            "control-selections": [
                {"include-controls": [{"control-id": found.requirement} for found in record.answers]}
            ]
        },
        **oscal.filled(
            observations=[observation(record, found, language) for found in answered],
            findings=[_finding(record, found, language) for found in answered],
        ),
    }
    return written(
        {
            "assessment-results": {
                "uuid": oscal.identifier(record, "assessment-results"),
                "metadata": oscal.metadata(record, title, language),
                "import-ap": {"href": f"#{plan}"},
                "results": [result],
                "back-matter": {
                    "resources": [
                        {
                            "uuid": plan,
                            "title": oscal.line(resource),
                            **oscal.props(
                                catalogue=record.catalogue.id,
                                version=record.catalogue.version,
                                sha256=record.catalogue.sha256,
                            ),
                        }
                    ]
                },
            }
        }
    )


def observation(record: Declaration, found: Line, language: str) -> dict[str, Any]:
    """What the organisation says about a requirement, with the evidence it names."""
    return {
        "uuid": oscal.identifier(record, "observation", found.requirement),
        "title": text("export.oscal.observation", language, requirement=found.requirement),
        "description": found.comment or text("export.oscal.no_comment", language),
        "methods": [oscal.METHOD],
        "collected": oscal.moment(found.answered_at or record.changed_at),
        "origins": [oscal.origin(record)],
        **oscal.props(answer=found.value, strength=found.strength, hard="yes" if found.hard else None),
        **oscal.filled(
            relevant_evidence=[
                {
                    "description": evidence.title or evidence.name or evidence.url,
                    **oscal.props(
                        name=evidence.name,
                        url=evidence.url,
                        sha256=evidence.sha256,
                        valid_until=evidence.valid_until.isoformat() if evidence.valid_until else None,
                    ),
                }
                for evidence in found.evidence
            ]
        ),
    }


def _finding(record: Declaration, found: Line, language: str) -> dict[str, Any]:
    deviates = found.value in DEVIATING
    return {
        "uuid": oscal.identifier(record, "finding", found.requirement),
        "title": oscal.line(found.title.get(language)),
        "description": found.text.get(language),
        **oscal.props(verdict=found.verdict),
        "target": {
            "type": "objective-id",
            "target-id": found.requirement,
            "status": {
                "state": "not-satisfied" if deviates else "satisfied",
                "reason": "fail" if deviates else REASONS[str(found.value)],
            },
        },
        "related-observations": [
            {"observation-uuid": oscal.identifier(record, "observation", found.requirement)}
        ],
        **({"remarks": found.verdict_text} if found.verdict_text else {}),
    }
