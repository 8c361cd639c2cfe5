"""How a connection comes to be and when it goes live, as events; `events` tells what events are for."""

from dataclasses import dataclass

from workflows.event import Event


@dataclass(frozen=True)
class ConnectionOpened(Event):
    connection: str
    journey: str
    journey_version: str


@dataclass(frozen=True)
class ConnectionImported(Event):
    connection: str
    journey: str
    stage: str


@dataclass(frozen=True)
class ConnectionWentLive(Event):
    connection: str
    listed: bool
