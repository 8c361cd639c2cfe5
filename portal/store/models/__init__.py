"""All tables, one module per aggregate."""

from portal.store.models.base import Base, new_id
from portal.store.models.connections import (
    Condition,
    Connection,
    Decision,
    FormEntry,
    Frozen,
    Signature,
    SigningLink,
    StepState,
    TickedTask,
)
from portal.store.models.declarations import (
    Answer,
    AnswerVersion,
    Assignment,
    Evidence,
    Mention,
    Remark,
)
from portal.store.models.organisations import CatalogueDraft, Federation, Organisation, StoredCatalogue
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
from portal.store.models.records import ChainHead, Letter, Reminder, StoredEvent, Worker
from portal.store.models.risks import Action, ActionTarget, Flow, Risk
from portal.store.models.testbed import Certificate, Result, Run, TestObject

__all__ = [
    "Action",
    "ActionTarget",
    "Answer",
    "AnswerVersion",
    "Assignment",
    "Base",
    "CatalogueDraft",
    "Certificate",
    "ChainHead",
    "Condition",
    "Connection",
    "Decision",
    "Delegation",
    "Evidence",
    "Federation",
    "Flow",
    "FormEntry",
    "Frozen",
    "Invitation",
    "Letter",
    "Membership",
    "Mention",
    "Organisation",
    "ParkedBody",
    "Person",
    "RecoveryCode",
    "Remark",
    "Reminder",
    "Result",
    "Risk",
    "Run",
    "SignInAttempt",
    "SignInSession",
    "Signature",
    "SigningLink",
    "StepState",
    "StoredCatalogue",
    "StoredEvent",
    "TestObject",
    "TickedTask",
    "Worker",
    "new_id",
]
