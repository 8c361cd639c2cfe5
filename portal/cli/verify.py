"""`portal verify`: run the suite once against a participant, without an installation."""

import json
from pathlib import Path
from typing import Any

import click

from checklists import load
from checklists.schema import Suite
from portal.settings import Settings
from portal.texts import LANGUAGES, text
from portal.verification import certificates, pack, runner, words
from portal.verification.model import CheckResult, Target
from workflows import verification
from workflows.identifiers import participant_id

EXIT = {"passed": 0, "warning": 0, "failed": 1, "incomplete": 2}
BAD_INPUT = 3
_MARKS = {"passed": "✓", "warning": "!", "failed": "✗", "undefined": "?", "review": "?"}


class BadInput(click.ClickException):
    """What was asked for cannot be run."""

    exit_code = BAD_INPUT


class BadUsage(click.UsageError):
    """The command was written wrong."""

    exit_code = BAD_INPUT


class Verify(click.Command):
    """A command whose usage errors are bad input too: click's own 2 means incomplete here."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as error:
            raise BadUsage(error.message, error.ctx) from error


@click.command(cls=Verify)
@click.option("--participant", required=True, help="Participant id, such as 0203:qa.kommun.se.")
@click.option("--environment", required=True, help="Environment: demo, qa or open-test.")
@click.option(
    "--certificate", type=click.Path(path_type=Path), help="Access point certificate to compare with."
)
@click.option("--json", "as_json", is_flag=True, help="Machine readable.")
@click.option("--language", type=click.Choice(LANGUAGES), default="sv", show_default=True)
def command(
    participant: str, environment: str, certificate: Path | None, as_json: bool, language: str
) -> None:
    """Run the verification suite once and say what it found.

    Ends with 0 when passed (warnings included), 1 when failed, 2 when incomplete, 3 for input that cannot be run.
    The environment demo is the reference organisation on this machine, so it may reach loopback, at the ports of
    its profile pack. Anchors are read from PORTAL_DATA_DIR/packs.

    \b
    Example:
      portal verify --participant 0203:referens.anslut.example --environment demo
      portal verify --participant 0203:qa.kommun.se --environment qa --json
    """
    settings = Settings()
    if environment == "demo":
        settings = settings.model_copy(update={"allow_loopback": True})
    try:
        profile = pack.load(settings.packs_dir, environment)
    except pack.PackError as error:
        raise BadInput(str(error)) from error
    _well_formed(participant, language)
    target = Target(participant, environment, _left(certificate))
    suite = load.suite()
    results: dict[str, CheckResult] = {}

    def store(result: CheckResult) -> None:
        results[result.check] = result

    runner.execute(target, profile, suite, runner.plan(suite), {}, store, lambda: False, settings)
    ordered = [results[number] for number in runner.plan(suite) if number in results]
    verdict = verification.judge(ordered)
    if as_json:
        click.echo(json.dumps(_body(verdict.outcome, ordered, suite, language), ensure_ascii=False, indent=2))
    else:
        _print(verdict, ordered, suite, language)
    raise SystemExit(EXIT[verdict.outcome])


def _well_formed(participant: str, language: str) -> None:
    for reason in participant_id(participant):
        if reason.code != "participant_upper":
            raise BadInput(text(f"reason.{reason.code}", language, **reason.params))


def _left(certificate: Path | None) -> dict[str, str]:
    if certificate is None:
        return {}
    try:
        return {"ap": certificates.pem(certificates.parse_file(certificate.read_bytes()))}
    except OSError as error:
        raise BadInput(f"{certificate} cannot be read: {error.strerror}.") from error
    except certificates.CertificateFault as fault:
        if fault.code == "private_key":
            raise BadInput(f"{certificate} holds a private key. Give only the certificate.") from fault
        raise BadInput(f"{certificate} is not one certificate in PEM or DER ({fault.code}).") from fault


def _body(outcome: str, results: list[CheckResult], suite: Suite, language: str) -> dict[str, Any]:
    return {
        "run": None,
        "outcome": outcome,
        "results": [_result(result, suite, language) for result in results],
    }


def _result(result: CheckResult, suite: Suite, language: str) -> dict[str, Any]:
    told = words.describe(result, suite, language)
    return {
        "check": result.check,
        "slug": result.slug,
        "outcome": result.outcome,
        "severity": result.severity,
        "fault_owner": result.fault_owner,
        "expected": told.expected,
        "actual": told.actual,
        "advice": told.remedy,
        "findings": [
            {"id": finding.id, "outcome": finding.outcome, "text": finding.text} for finding in told.findings
        ],
    }


def _print(verdict: verification.Verdict, results: list[CheckResult], suite: Suite, language: str) -> None:
    said = verification.headline(results)
    click.echo(text(f"run.outcome.{verdict.outcome}", language).upper())
    click.echo(text(f"run.headline.{said.code}", language, **said.params))
    if verdict.fault_owner:
        click.echo(
            f"{text('run.mends', language)} {text(f'run.fault_owner.{verdict.fault_owner}', language)}"
        )
    click.echo(f"{text('run.suite', language)} {suite.id.removeprefix('suite-')}-{suite.version}")
    for result in results:
        _print_result(result, suite, language)


def _print_result(result: CheckResult, suite: Suite, language: str) -> None:
    told = words.describe(result, suite, language)
    title = suite.by_number(result.check).title.get(language)
    outcome = text(f"run.outcome.{result.outcome}", language)
    click.echo(
        f"\n{_MARKS.get(result.outcome, '–')} {result.check} {title}: {outcome} ({result.milliseconds} ms)"
    )
    for line in (told.what, told.why):
        if line:
            click.echo(f"    {line}")
    for name, value in (("expected", told.expected), ("actual", told.actual), ("do", told.remedy)):
        if value and result.outcome != "passed":
            click.echo(f"    {text(f'run.{name}', language).rstrip(':')}: {value}")
    for finding in told.findings:
        click.echo(f"      {_MARKS.get(finding.outcome, '–')} {finding.id} {finding.text}")
