"""
Which act needs which role. Every surface asks here: the desk, the chat, the command line.

A role is trusted with what stands beside it and nothing else; an admin gives and takes roles, and
has no other power. Somebody may hold several, and four eyes are asked for on top of this.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from storage import staff
from storage.database import Connection
from storage.staff import Member, Role

__all__ = ["Member", "Role"]


class Act(StrEnum):
    """What staff can do."""

    COME_IN = "come in"
    SEE_CASES = "see the cases"
    SEE_FILE = "see the file of a case"
    SEE_SPENDING = "see what was spent"
    OPEN_CASE = "open a case"
    OPEN_MINOR_CASE = "open a case of somebody under 18"
    KEEP_CONSENT = "keep a consent"
    KEEP_SECRETS = "keep the secret words of a case"
    SET_NEED = "set what a plan needs"
    CHANGE_PLAN = "change a plan"
    END_PLAN = "end a plan"
    RECORD_SPENDING = "record spending"
    DECIDE_SPENDING = "decide on spending"
    REFUND = "send a gift back"
    WRITE_STORY = "write a story"
    SEE_DRAFT = "see a draft"
    APPROVE_STORY = "approve a story"
    PUBLISH_STORY = "publish a story"
    STOP_PUBLICATION = "stop a publication"
    WRITE_UPDATE = "write an update"
    APPROVE_UPDATE = "approve an update"
    OVERRIDE_DISCLOSURE = "allow more to be disclosed"
    IMPORT_CASELOAD = "import a caseload"
    RECALL = "recall a story"
    STOP_NEWS = "stop what followers are sent"
    DIRECT_NEWS = "direct what followers are sent"
    SEE_CAMPAIGNS = "see what campaigns reached"
    MAKE_CAMPAIGN = "make a campaign"
    MANAGE_ROLES = "give and take roles"
    SEE_AUDIT = "see the audit log"


_OFFICER, _PROTECTION, _FINANCE, _ADMIN = (
    Role.CASE_OFFICER,
    Role.PROTECTION_OFFICER,
    Role.FINANCE,
    Role.ADMIN,
)
_ANYBODY = frozenset(Role)

NEEDED = MappingProxyType(
    {
        Act.COME_IN: _ANYBODY,
        Act.SEE_CASES: _ANYBODY,
        Act.SEE_FILE: frozenset({_OFFICER, _PROTECTION}),
        Act.SEE_SPENDING: frozenset({_OFFICER, _PROTECTION, _FINANCE}),
        Act.OPEN_CASE: frozenset({_OFFICER}),
        Act.OPEN_MINOR_CASE: frozenset({_PROTECTION}),
        Act.KEEP_CONSENT: frozenset({_OFFICER, _PROTECTION}),
        Act.KEEP_SECRETS: frozenset({_OFFICER, _PROTECTION}),
        Act.SET_NEED: frozenset({_OFFICER}),
        Act.CHANGE_PLAN: frozenset({_OFFICER}),
        Act.END_PLAN: frozenset({_OFFICER, _PROTECTION}),
        Act.RECORD_SPENDING: frozenset({_OFFICER, _FINANCE}),
        Act.DECIDE_SPENDING: frozenset({_OFFICER, _FINANCE}),
        Act.REFUND: frozenset({_FINANCE}),
        Act.WRITE_STORY: frozenset({_OFFICER, _PROTECTION}),
        Act.SEE_DRAFT: frozenset({_OFFICER, _PROTECTION}),
        Act.APPROVE_STORY: frozenset({_OFFICER, _PROTECTION}),
        Act.PUBLISH_STORY: frozenset({_OFFICER, _PROTECTION}),
        Act.STOP_PUBLICATION: frozenset({_PROTECTION}),
        Act.WRITE_UPDATE: frozenset({_OFFICER, _PROTECTION}),
        Act.APPROVE_UPDATE: frozenset({_OFFICER, _PROTECTION}),
        Act.OVERRIDE_DISCLOSURE: frozenset({_PROTECTION}),
        Act.IMPORT_CASELOAD: frozenset({_PROTECTION}),
        Act.RECALL: _ANYBODY,
        Act.STOP_NEWS: _ANYBODY,
        Act.DIRECT_NEWS: frozenset({_OFFICER, _PROTECTION}),
        Act.SEE_CAMPAIGNS: frozenset({_OFFICER, _PROTECTION, _FINANCE}),
        Act.MAKE_CAMPAIGN: frozenset({_OFFICER, _PROTECTION}),
        Act.MANAGE_ROLES: frozenset({_ADMIN}),
        Act.SEE_AUDIT: frozenset({_PROTECTION, _ADMIN}),
    }
)
"""The roles any one of which is enough for an act."""

STEP_UP = frozenset(
    {
        Act.OPEN_MINOR_CASE,
        Act.SET_NEED,
        Act.CHANGE_PLAN,
        Act.END_PLAN,
        Act.RECORD_SPENDING,
        Act.DECIDE_SPENDING,
        Act.REFUND,
        Act.APPROVE_STORY,
        Act.APPROVE_UPDATE,
        Act.OVERRIDE_DISCLOSURE,
        Act.DIRECT_NEWS,
        Act.IMPORT_CASELOAD,
        Act.MANAGE_ROLES,
    }
)
"""Acts for which a code is asked again at the desk: a session alone may be a stolen telephone."""


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """
    They have none of the roles that the act needs.

    Attributes:
        code: Whose; as it was given.
        needed: The roles any one of which would do.
    """

    act: Act
    code: str
    needed: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class NoSuchMember:
    """There is nobody of this code."""

    code: str


def may(roles: Collection[Role], act: Act) -> bool:
    """Whether one of *roles* is enough for *act*."""
    return not NEEDED[act].isdisjoint(roles)


def check(member: Member, act: Act) -> NotAllowed | None:
    """None if *member* may; else what they would need."""
    if may(member.roles, act):
        return None
    return NotAllowed(act, member.code, tuple(role for role in Role if role in NEEDED[act]))


async def allowed(
    connection: Connection, code: str, act: Act
) -> Member | NotAllowed | NoSuchMember:
    """The member of staff with this code, if they may do *act* now."""
    member = await staff.by_code(connection, code)
    if member is None:
        return NoSuchMember(code)
    return check(member, act) or member
