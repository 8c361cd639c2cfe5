"""THE table of who may do what: action by role.

A person's roles towards a connection come from memberships in its organisation, from memberships in the
federation owner, and from a supplier's or operator's delegation. Pages, menus and guards all read this table.
"""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    OWNER_ADMIN = "owner_admin"
    OWNER_REVIEWER = "owner_reviewer"
    OWNER_APPROVER = "owner_approver"
    OWNER_VIEWER = "owner_viewer"
    CONTACT = "contact"
    INFOSEC = "infosec"
    TECH = "tech"
    BUSINESS = "business"
    SIGNATORY = "signatory"
    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    SUPPLIER = "supplier"
    OPERATOR = "operator"


OWNER_ROLES = frozenset({Role.OWNER_ADMIN, Role.OWNER_REVIEWER, Role.OWNER_APPROVER, Role.OWNER_VIEWER})
ORGANISATION_ROLES = frozenset(
    {
        Role.CONTACT,
        Role.INFOSEC,
        Role.TECH,
        Role.BUSINESS,
        Role.SIGNATORY,
        Role.VIEWER,
        Role.CONTRIBUTOR,
    }
)
DELEGATED_ROLES = frozenset({Role.SUPPLIER, Role.OPERATOR})

ROLES_OF_PART: dict[str, tuple[Role, ...]] = {
    "owner": (Role.OWNER_ADMIN, Role.OWNER_REVIEWER, Role.OWNER_APPROVER, Role.OWNER_VIEWER),
    "participant": (
        Role.CONTACT,
        Role.SIGNATORY,
        Role.INFOSEC,
        Role.TECH,
        Role.BUSINESS,
        Role.VIEWER,
        Role.CONTRIBUTOR,
    ),
    "supplier": (Role.SUPPLIER,),
    "operator": (Role.OPERATOR,),
}
"""The roles that members of an organisation may hold; the first is the one that never lacks a holder."""

_SEE = (OWNER_ROLES | ORGANISATION_ROLES) - {Role.CONTRIBUTOR}
_OWNER_DECIDES = frozenset({Role.OWNER_REVIEWER, Role.OWNER_APPROVER})

TABLE: dict[str, frozenset[Role]] = {
    "connection.see": _SEE | DELEGATED_ROLES | {Role.CONTRIBUTOR},
    "order.see": _SEE,
    "order.edit": frozenset({Role.CONTACT, Role.SIGNATORY}),
    "order.submit": frozenset({Role.CONTACT, Role.SIGNATORY}),
    "order.decide": _OWNER_DECIDES,
    "declaration.see": _SEE | {Role.CONTRIBUTOR},
    "declaration.answer": frozenset({Role.CONTACT, Role.INFOSEC, Role.TECH, Role.BUSINESS}),
    "declaration.contribute": ORGANISATION_ROLES - {Role.VIEWER},
    "declaration.remark": (ORGANISATION_ROLES - {Role.VIEWER}) | _OWNER_DECIDES,
    "declaration.submit": frozenset({Role.CONTACT, Role.INFOSEC}),
    "declaration.sign": frozenset({Role.SIGNATORY}),
    "declaration.review": _OWNER_DECIDES,
    "condition.confirm": _OWNER_DECIDES,
    "risk.see": _SEE,
    "risk.edit": frozenset({Role.CONTACT, Role.INFOSEC, Role.TECH, Role.BUSINESS}),
    "risk.accept": frozenset({Role.INFOSEC, Role.SIGNATORY}),
    "risk.submit": frozenset({Role.CONTACT, Role.INFOSEC}),
    "risk.review": _OWNER_DECIDES,
    "testbed.see": _SEE | DELEGATED_ROLES,
    "testbed.edit": frozenset({Role.CONTACT, Role.TECH}) | DELEGATED_ROLES,
    "testbed.submit": frozenset({Role.CONTACT, Role.TECH}),
    "testbed.decide": _OWNER_DECIDES,
    "tasks.tick": frozenset({Role.CONTACT, Role.TECH, Role.BUSINESS}) | DELEGATED_ROLES,
    "run.see": _SEE | DELEGATED_ROLES,
    "run.start": frozenset({Role.CONTACT, Role.TECH, Role.OWNER_REVIEWER}) | DELEGATED_ROLES,
    "application.see": _SEE,
    "application.edit": frozenset({Role.CONTACT, Role.SIGNATORY}),
    "application.sign": frozenset({Role.SIGNATORY}),
    "application.review": _OWNER_DECIDES,
    "application.approve": frozenset({Role.OWNER_APPROVER}),
    "agreement.sign": frozenset({Role.SIGNATORY}),
    "agreement.countersign": frozenset({Role.OWNER_APPROVER}),
    "production.report": frozenset({Role.CONTACT, Role.TECH}),
    "production.confirm": _OWNER_DECIDES,
    "introduction.finish": frozenset({Role.CONTACT, Role.BUSINESS}),
    "people.see": _SEE,
    "people.invite": frozenset({Role.CONTACT, Role.SIGNATORY, Role.OWNER_ADMIN}),
    "history.see": _SEE,
    "overview.see": OWNER_ROLES,
    "overview.export": OWNER_ROLES,
    "installation.admin": frozenset({Role.OWNER_ADMIN}),
}


def may(action: str, roles: Iterable[Role]) -> bool:
    """True when any of the roles may do the action; an unknown action is a programming error (KeyError)."""
    return not TABLE[action].isdisjoint(roles)


def actions_of(roles: Iterable[Role]) -> frozenset[str]:
    """Every action that the roles together may do."""
    held = frozenset(roles)
    return frozenset(action for action, allowed in TABLE.items() if not allowed.isdisjoint(held))


def may_hand_out(role: Role, part: str, held: Iterable[Role]) -> bool:
    """True when someone who holds these roles may invite to the role in an organisation of that part.

    Only the owner's administrator hands out the owner's roles, and no role crosses to another kind of organisation.
    """
    roles = frozenset(held)
    inside = role in ROLES_OF_PART[part] and may("people.invite", roles)
    return inside and (part != "owner" or Role.OWNER_ADMIN in roles)
