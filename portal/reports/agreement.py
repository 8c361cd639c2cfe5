"""A signature under the connection agreement: the organisation signs first, the federation owner after."""

from collections.abc import Mapping
from typing import Any

from portal.reports import rests
from portal.reports.paper import Paper
from portal.reports.saying import Saying


def write(record: Mapping[str, Any], say: Saying) -> Paper:
    """The agreement as one party signed it."""
    earlier = record["signed_before"]
    party = say.t("report.agreement.owner" if earlier else "report.agreement.organisation")
    paper = Paper(record, say, say.t("journey.step.agreement"))
    paper.frame(
        [
            (say.t("report.agreement.rule_book"), record["rule_book"]),
            (say.t("report.agreement.party"), party),
            (say.t("report.signed"), say.by(record["by_name"], record["frozen_at"])),
        ]
    )
    paper.h2(say.t("report.agreement.about"))
    paper.p(say.t("application.agreement.lede", federation=record["federation"]["name"]))
    paper.p(say.t("application.agreement.text"))
    paper.h2(say.t("report.rests_on"))
    rests.write(
        paper,
        say,
        [
            (say.t("report.agreement.decision"), record["application_decision_sha256"]),
            *((say.t("report.agreement.earlier"), sha256) for sha256 in earlier),
        ],
    )
    paper.h2(say.t("report.agreement.signature"))
    signed = {"name": record["by_name"], "when": say.moment(record["frozen_at"])}
    paper.p(say.t("report.agreement.signature_text", **signed))
    return paper
