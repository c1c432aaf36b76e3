"""
The way to the desk: a link from the bot, a code, a session; and a code again before what matters.

A link alone is worth nothing without the code, and a session alone nothing without another code:
either may be a telephone that was taken. Secrets are kept as hashes, and compared as such.
"""

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from services import audit
from services import one_time_codes as codes
from services.house import House
from services.permits import Act, check
from storage import desk as rows
from storage import staff as staff_rows
from storage.cases import Case
from storage.database import Connection
from storage.desk import Codes, Link
from storage.staff import Member

LINK_LASTS = dt.timedelta(minutes=5)
SESSION_LASTS = dt.timedelta(minutes=30)
STEP_UP_LASTS = dt.timedelta(minutes=5)
LOCKED_FOR = dt.timedelta(minutes=15)
WRONG_CODES_ALLOWED = 5
_KEPT_FOR = dt.timedelta(days=2)
_CSRF = "desk form"


@dataclass(frozen=True, slots=True)
class NewLink:
    """
    A link that was just made.

    Attributes:
        token: Its secret part, which nobody keeps.
    """

    token: str


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong codes: no code of this member is taken until then."""

    until: dt.datetime


@dataclass(frozen=True, slots=True)
class NoLink:
    """There is no such link any more: it ran out, it was used, or a newer one was asked for."""


@dataclass(frozen=True, slots=True)
class OtherBrowser:
    """The link was opened in another browser first."""


@dataclass(frozen=True, slots=True)
class WrongCode:
    """
    The code is not the one that the app shows now, or it was used before.

    Attributes:
        left: How many more may be wrong.
    """

    left: int


@dataclass(frozen=True, slots=True)
class WayIn:
    """
    A link that leads to the desk, seen from the browser it belongs to.

    Attributes:
        enrolled: A code of theirs was right before; else their app must learn the secret first.
        secret: To be shown to who has not enrolled yet, once the link is this browser's; else None.
        address: The secret as an app opens it; None likewise.
    """

    enrolled: bool
    secret: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """
    A session was opened.

    Attributes:
        token: For the browser's cookie; nobody keeps it.
    """

    token: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class AtDesk:
    """
    Who is at the desk.

    Attributes:
        csrf: Stands in every form; only this session's cookie gives it.
        stepped_up: The acts for which a code was given in the last five minutes.
    """

    session_id: int
    member: Member
    expires_at: dt.datetime
    csrf: str
    stepped_up: frozenset[str]


async def is_staff(house: House, chat_id: int) -> bool:
    """Whether somebody of the staff may come in from this chat."""
    return await of_chat(house, chat_id) is not None


async def ask_link(house: House, chat_id: int) -> NewLink | Locked | None:
    """
    A new link for the member of staff whose chat it is; None if nobody of the staff may come in
    from there, and then nothing is written.
    """
    now = house.clock()
    member = await of_chat(house, chat_id)
    if member is None:
        return None
    if member.locked_until is not None and member.locked_until > now:
        return Locked(member.locked_until)
    token = secrets.token_urlsafe(32)
    async with house.write() as connection:
        await rows.forget_before(connection, now - _KEPT_FOR)
        await rows.add_link(
            connection,
            token_sha256=_sha256(token),
            staff_id=member.id,
            now=now,
            until=now + LINK_LASTS,
        )
        await _wrote(house, connection, member, "desk.link_asked")
    return NewLink(token)


async def open_link(
    house: House, token: str, browser: str, *, binds: bool
) -> WayIn | NoLink | OtherBrowser | Locked:
    """
    Look at a link. It is not used up by that.

    Args:
        browser: The secret that this browser was given.
        binds: It is surely a browser, and the link is its own from now on; what only fetches a
            preview binds nothing.
    """
    refusal = await _no_link(house, token, browser)
    if refusal is not None:
        return refusal
    async with house.write() as connection:
        found = await _link(house, connection, token, browser, binds=binds)
        if not isinstance(found, Link):
            return found
        known = await rows.codes_of(connection, house.seal, found.staff_id)
        member = await _member(house, connection, found.staff_id)
        if known is None or member is None:
            return NoLink()
        locked = _locked(house, known)
        if locked is not None:
            return locked
        if known.enrolled or not binds:
            return WayIn(known.enrolled)
        issuer = f"{house.organisation} desk"
        return WayIn(
            known.enrolled,
            codes.written(known.secret),
            codes.address(known.secret, member.code, issuer),
        )


async def enter(
    house: House, token: str, browser: str, code: str
) -> Entered | WrongCode | NoLink | OtherBrowser | Locked:
    """
    Use a link up with the code of this moment, and open a session.

    What is wrong is counted: after five the link leads nowhere, and no code of the member is
    taken for a while.
    """
    now = house.clock()
    refusal = await _no_link(house, token, browser)
    if refusal is not None:
        return refusal
    async with house.write() as connection:
        found = await _link(house, connection, token, browser, binds=True)
        if not isinstance(found, Link):
            return found
        member = await _member(house, connection, found.staff_id)
        if member is None:
            return NoLink()
        judged = await _judge(house, connection, member, code)
        if judged is not None:
            if isinstance(judged, WrongCode):
                await rows.count_wrong_on_link(connection, found.id)
                left = min(judged.left, WRONG_CODES_ALLOWED - found.wrong_codes - 1)
                return WrongCode(left) if left else NoLink()
            return judged
        # Of two that use the link at once the second waited for the first in `_judge`.
        again = await rows.link(connection, _sha256(token))
        if again is None or again.used:
            return NoLink()
        session_token = secrets.token_urlsafe(32)
        await rows.open_session(
            connection,
            token_sha256=_sha256(session_token),
            link_id=found.id,
            staff_id=member.id,
            now=now,
            until=now + SESSION_LASTS,
        )
        await _wrote(house, connection, member, "desk.entered")
    return Entered(session_token, now + SESSION_LASTS)


async def at_desk(house: House, token: str) -> AtDesk | None:
    """Who is at the desk with this session's token; None if it ended, or they were taken out."""
    now = house.clock()
    async with house.read() as connection:
        session = await rows.session(connection, _sha256(token), now)
        if session is None:
            return None
        member = await _member(house, connection, session.staff_id)
        if member is None:
            return None
        stepped_up = await rows.stepped_up(connection, session.id, now)
    return AtDesk(session.id, member, session.expires_at, _csrf(house, token), stepped_up)


def is_own_form(here: AtDesk, csrf: str) -> bool:
    """Whether a form was made for this very session."""
    return hmac.compare_digest(here.csrf.encode(), csrf.encode())


async def step_up(house: House, here: AtDesk, act: Act, code: str) -> WrongCode | Locked | None:
    """
    Ask a code again before *act*; None: it is right, and *act* may be done for five minutes.

    After five wrong ones all sessions of the member end: whoever holds this one is not them.
    """
    now = house.clock()
    async with house.write() as connection:
        judged = await _judge(house, connection, here.member, code)
        if judged is not None:
            return judged
        await rows.step_up(connection, here.session_id, act, now + STEP_UP_LASTS)
        await audit.record(
            connection, by=here.member.code, act="desk.stepped_up",
            about=audit.of_member(here.member.code), detail={"for": act}, now=now,
        )  # fmt: skip
    return None


def is_stepped_up(here: AtDesk, act: Act) -> bool:
    """Whether a code was given for *act* in the last five minutes."""
    return act in here.stepped_up


async def prove(
    house: House, connection: Connection, member: Member, code: str
) -> WrongCode | Locked | None:
    """
    Take a code for the one act that is carried out in this very transaction; None: it is right.

    For where there is no session: the chat. A wrong one is counted as it is at the desk.
    """
    return await _judge(house, connection, member, code)


async def of_chat(house: House, chat_id: int) -> Member | None:
    """Who of the staff may come in from this chat; None: nobody."""
    async with house.read() as connection:
        member = await staff_rows.by_chat(connection, house.seal, chat_id)
    return member if member is not None and _may_come_in(house, member) else None


async def leave(house: House, here: AtDesk) -> None:
    """Sign out."""
    async with house.write() as connection:
        await rows.close_sessions(
            connection, here.member.id, house.clock(), session_id=here.session_id
        )
        await _wrote(house, connection, here.member, "desk.left")


async def saw_draft(house: House, here: AtDesk, case: Case, version_id: int) -> None:
    """Write down that somebody looked at a draft. Every page that shows one calls this first."""
    async with house.write() as connection:
        await audit.record(
            connection, by=here.member.code, act="story.draft_seen", about=audit.of_case(case),
            detail={"version": version_id}, now=house.clock(),
        )  # fmt: skip


async def _no_link(house: House, token: str, browser: str) -> NoLink | OtherBrowser | None:
    """
    Why a link leads nowhere; None if it is good.

    Asked in a transaction that only reads: whoever guesses addresses keeps no writer waiting.
    """
    async with house.read() as connection:
        found = await _link(house, connection, token, browser, binds=False)
    return None if isinstance(found, Link) else found


async def _link(
    house: House, connection: Connection, token: str, browser: str, *, binds: bool
) -> Link | NoLink | OtherBrowser:
    """The link if it is good and this browser's."""
    found = await rows.link(connection, _sha256(token))
    if found is None or found.used or found.expires_at <= house.clock():
        return NoLink()
    if found.wrong_codes >= WRONG_CODES_ALLOWED:
        return NoLink()
    own = _sha256(browser)
    if found.browser_sha256 is not None and not hmac.compare_digest(found.browser_sha256, own):
        return OtherBrowser()
    if binds and not await rows.bind_link(connection, found.id, own):
        return OtherBrowser()
    return found


async def _member(house: House, connection: Connection, staff_id: int) -> Member | None:
    """The member, if they may come in now."""
    member = await staff_rows.by_id(connection, staff_id)
    return member if member is not None and _may_come_in(house, member) else None


def _may_come_in(house: House, member: Member) -> bool:
    """
    Whether they have a way in and a role; and nobody invented has where real money moves: the codes
    of the demo's staff are there for all to see.
    """
    if member.invented and house.moves_real_money:
        return False
    return member.has_access and check(member, Act.COME_IN) is None


async def _judge(
    house: House, connection: Connection, member: Member, code: str
) -> WrongCode | Locked | None:
    """None if the code is right, and then it is used up; else it is counted."""
    now = house.clock()
    known = await rows.codes_of(connection, house.seal, member.id)
    if known is None:
        return WrongCode(0)
    locked = _locked(house, known)
    if locked is not None:
        return locked
    step = codes.right_step(known.secret, code, now)
    if step is not None and step > known.last_step:
        await rows.took_code(connection, member.id, step)
        if not known.enrolled:
            await _wrote(house, connection, member, "desk.enrolled")
        return None
    wrong = known.wrong + 1
    if wrong < WRONG_CODES_ALLOWED:
        await rows.count_wrong_code(connection, member.id, wrong)
        return WrongCode(WRONG_CODES_ALLOWED - wrong)
    until = now + LOCKED_FOR
    await rows.lock_codes(connection, member.id, until)
    await rows.close_sessions(connection, member.id, now)
    await rows.void_links(connection, member.id, now)
    await _wrote(house, connection, member, "desk.locked")
    return Locked(until)


def _locked(house: House, known: Codes) -> Locked | None:
    if known.locked_until is None or known.locked_until <= house.clock():
        return None
    return Locked(known.locked_until)


async def _wrote(house: House, connection: Connection, member: Member, act: str) -> None:
    await audit.record(
        connection, by=member.code, act=act, about=audit.of_member(member.code), now=house.clock()
    )


def _csrf(house: House, token: str) -> str:
    """Follows from the session's secret and the data key, so that nothing needs to be kept."""
    digest = house.seal.fingerprint(_CSRF, token)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _sha256(secret: str) -> bytes:
    # 256 random bits each: nothing that could be guessed from its hash.
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
