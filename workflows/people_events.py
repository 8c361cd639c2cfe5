"""What happens to people: invited, made members, signed in, and what proves who they are."""

from dataclasses import dataclass

from workflows.event import Event


@dataclass(frozen=True)
class PersonInvited(Event):
    invitation: str
    role: str


@dataclass(frozen=True)
class InvitationAccepted(Event):
    invitation: str
    person: str


@dataclass(frozen=True)
class MembershipEnded(Event):
    person: str
    role: str


@dataclass(frozen=True)
class DelegationGranted(Event):
    supplier: str


@dataclass(frozen=True)
class SignedIn(Event):
    person: str


@dataclass(frozen=True)
class SessionsEnded(Event):
    person: str


@dataclass(frozen=True)
class RecoveryCodeUsed(Event):
    person: str


@dataclass(frozen=True)
class SecondFactorChanged(Event):
    person: str


@dataclass(frozen=True)
class PasswordChanged(Event):
    person: str
