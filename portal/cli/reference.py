"""`portal reference`: the reference organisation on loopback, healthy or with a fault."""

import json
import signal
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from portal.reference.addresses import DEFAULT_PORTS, ENVIRONMENT, HEALTHY, Ports
from portal.reference.faults import FAULTS, NAMES
from portal.reference.published import Fault
from portal.reference.serve import PortTaken, serving
from portal.settings import Settings

_STOP = (signal.SIGTERM, signal.SIGINT)
_PORT = click.IntRange(0, 65535)


def _port(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option of one port; `portal demo` and `portal serve` hand their environment on to this command."""
    return click.option(
        f"--{name}-port",
        type=_PORT,
        default=getattr(DEFAULT_PORTS, name),
        show_default=True,
        envvar=f"PORTAL_REFERENCE_{name.upper()}_PORT",
        show_envvar=True,
        help="0: a free one.",
    )


@click.group()
def command() -> None:
    """A reference organisation on loopback that runs can be made against: name service, SMP and access point.

    \b
    Example:
      portal reference serve
      portal reference faults
    """


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print the faults as JSON.")
def faults(as_json: bool) -> None:
    """List the faults; each is always published under a participant of its own.

    \b
    Example:
      portal reference faults
      portal reference faults --json
    """
    if as_json:
        click.echo(json.dumps([fault.to_body() for fault in FAULTS], ensure_ascii=False, indent=2))
        return
    width = max(len(fault.name) for fault in FAULTS)
    for fault in FAULTS:
        click.echo(f"{fault.name:<{width}}  check {', '.join(fault.checks)}  {fault.en}")
        click.echo(f"{'':<{width}}  {fault.participant}")


@command.command()
@click.option("--fault", "name", default="", help="Let the healthy participant show this fault.")
@click.option("--json", "as_json", is_flag=True, help="Print the ready line as JSON.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder instead of PORTAL_DATA_DIR.")
@_port("dns")
@_port("smp")
@_port("tls")
@_port("crl")
def serve(
    name: str,
    as_json: bool,
    data_dir: Path | None,
    dns_port: int,
    smp_port: int,
    tls_port: int,
    crl_port: int,
) -> None:
    """Serve the reference organisation until Ctrl-C. The demo's profile pack follows the ports that were taken.

    \b
    Example:
      portal reference serve
      portal reference serve --fault expired-certificate
    """
    settings = Settings(data_dir=data_dir) if data_dir else Settings()
    shown = _fault(name) if name else None
    # Threads inherit the mask, so that the signal waits for the one that asks for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    try:
        with serving(settings.data_dir, Ports(dns_port, smp_port, tls_port, crl_port), shown) as ports:
            click.echo(_ready(ports, shown, as_json))
            signal.sigwait(_STOP)
    except PortTaken as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"The demo certificates cannot be kept in {settings.data_dir}: {error}. Choose a folder that you may "
            "write to with --data-dir or PORTAL_DATA_DIR."
        ) from error
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)


def _fault(name: str) -> Fault:
    if name not in NAMES:
        raise click.BadParameter(
            f"there is no fault {name!r}. Choose one of: {', '.join(NAMES)}.", param_hint="--fault"
        )
    return NAMES[name]


def _ready(ports: Ports, shown: Fault | None, as_json: bool) -> str:
    if as_json:
        return json.dumps({"participant": HEALTHY, "environment": ENVIRONMENT, "ports": asdict(ports)})
    state = f"with the fault {shown.name}" if shown else "healthy"
    return (
        f"The reference organisation {HEALTHY} serves, {state}: name service {ports.dns}, SMP {ports.smp}, "
        f"access point {ports.tls}, revocation lists {ports.crl}. Stop with Ctrl-C."
    )
