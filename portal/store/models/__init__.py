"""All tables, one module per aggregate."""

from portal.store.models.base import Base, new_id
from portal.store.models.connections import (
    Connection,
    Decision,
    FormEntry,
    Frozen,
    Signature,
    StepState,
    TickedTask,
)
from portal.store.models.declarations import Answer
from portal.store.models.organisations import Federation, Organisation, StoredCatalogue
from portal.store.models.people import (
    Delegation,
    Invitation,
    Membership,
    ParkedBody,
    Person,
    RecoveryCode,
    SignInAttempt,
    SignInSession,
)
from portal.store.models.records import ChainHead, Letter, StoredEvent, Worker
from portal.store.models.risks import Action, ActionTarget, Flow, Risk
from portal.store.models.testbed import Certificate, Result, Run, TestObject

__all__ = [
    "Action",
    "ActionTarget",
    "Answer",
    "Base",
    "Certificate",
    "ChainHead",
    "Connection",
    "Decision",
    "Delegation",
    "Federation",
    "Flow",
    "FormEntry",
    "Frozen",
    "Invitation",
    "Letter",
    "Membership",
    "Organisation",
    "ParkedBody",
    "Person",
    "RecoveryCode",
    "Result",
    "Risk",
    "Run",
    "SignInAttempt",
    "SignInSession",
    "Signature",
    "StepState",
    "StoredCatalogue",
    "StoredEvent",
    "TestObject",
    "TickedTask",
    "Worker",
    "new_id",
]
