"""
From a draft to what readers see: import, approve, publish.

There is one way to publish, for people and for samples alike, and it asks for everything: a risk
form that is not high, a gate without findings, a consent for each language and channel, and the
approval of these exact texts by somebody who neither wrote them nor touched them last.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from protection.approval import valid_approval
from protection.consent import allowed_locales
from protection.gate.checking import Finding, findings
from services import audit, disclosing, looking, minors, secret_words, signing
from services.audit import PROGRAM
from services.permits import Act, Member, allowed
from services.story_texts import texts_of
from storage import case_sheets, recalls, reviews
from storage import cases as case_rows
from storage import staff as staff_rows
from storage import stories as story_rows
from storage.case_sheets import Facts, Risk
from storage.cases import Case
from storage.codes import new_case_code
from storage.database import Connection
from storage.sealing import Seal
from stories.pack import Pack, content_sha256
from values.bands import RiskLevel
from values.facts import AgeBand

CHANNELS = ("bot", "web")


class PublishingError(Exception):
    """The base of what can be wrong when a story is published."""


class NotPublishable(PublishingError):
    """
    The story may not be shown.

    Attributes:
        reasons: A line each, saying what is missing or what to change.
    """

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class UnderAge(PublishingError):
    """The case is of somebody under 18, whose story is not told."""


class NotAnAuthor(PublishingError):
    """Nobody of this code may write stories: the staff are those that two admins have chosen."""


async def keep_draft(
    connection: Connection,
    seal: Seal,
    pack: Pack,
    *,
    case_id: int,
    author_id: int,
    last_editor_id: int | None = None,
    editors: Mapping[str, int] | None = None,
    now: dt.datetime,
) -> int:
    """
    Keep *pack* as a version of the case; hand back the version's id. Nobody sees it yet.

    Args:
        last_editor_id: Who touched it last; None: its author.
        editors: Language to who wrote in it last; of a language that is not there it is who
            touched the whole last.
    """
    version_id = await story_rows.add_version(
        connection,
        seal,
        case_id=case_id,
        content_sha256=content_sha256(pack),
        author_id=author_id,
        last_editor_id=author_id if last_editor_id is None else last_editor_id,
        pack=pack.to_json(),
        now=now,
    )
    version = await version_of(connection, seal, version_id)
    await signing.keep_languages(connection, version, pack, editors or {})
    author = await _code(connection, author_id)
    await _record(connection, author, "story.drafted", case_id, version_id, now)
    return version_id


async def bring_in(
    connection: Connection, seal: Seal, pack: Pack, *, author_code: str, now: dt.datetime
) -> int:
    """
    Keep *pack* as a draft of the case with its slug; hand back the version's id.

    A new slug opens a case with the pack's budget. An invented pack opens an invented case, and
    its author may be anybody; a real one is brought in by somebody of the staff.

    Raises:
        NotAnAuthor: nobody of this code may write stories.
        UnderAge: the case is of somebody under 18.
    """
    if pack.invented:
        author_id = await case_rows.add_staff(connection, author_code, invented=True)
    else:
        author = await allowed(connection, author_code, Act.WRITE_STORY)
        if not isinstance(author, Member):
            raise NotAnAuthor(author_code)
        author_id = author.id
    case = await case_rows.by_slug(connection, pack.slug)
    case_id = await open_case(connection, pack, now) if case is None else case.id
    if await minors.is_untold(connection, case_id):
        raise UnderAge(UnderAge.__doc__)
    return await keep_draft(connection, seal, pack, case_id=case_id, author_id=author_id, now=now)


async def open_case(connection: Connection, pack: Pack, now: dt.datetime) -> int:
    """Open a case for *pack*, with its budget; hand back the case's id."""
    return await case_rows.add_case(
        connection,
        code=new_case_code(),
        slug=pack.slug,
        currency=pack.need.currency,
        lines=[(line, amount) for line, amount in pack.lines],
        invented=pack.invented,
        now=now,
    )


async def approve(
    connection: Connection, seal: Seal, *, version_id: int, approver_id: int, now: dt.datetime
) -> int:
    """
    Approve these exact texts; hand back the approval's id.

    Raises:
        NotPublishable: the gate finds something, the approver wrote it or touched it last, or a
            warning was not looked at by the approver and by somebody else.
    """
    version = await version_of(connection, seal, version_id)
    case = await _case(connection, version.case_id)
    pack = Pack.from_json(version.pack)
    reasons = told(await blocked(connection, seal, case, pack))
    if approver_id == version.author_id:
        reasons.append("Somebody other than the author must approve it.")
    elif approver_id == version.last_editor_id:
        reasons.append("Somebody other than who edited it last must approve it.")
    seen = await looking.warned(connection, seal, case.id, texts_of(pack))
    reasons += looking.reasons(looking.unseen_by_two(seen, approver_id), approver_id)
    reasons += await signing.unsigned(connection, version)
    if reasons:
        raise NotPublishable(reasons)
    approval_id = await story_rows.add_approval(
        connection, version, approver_id=approver_id, now=now
    )
    approver = await _code(connection, approver_id)
    await _record(connection, approver, "story.approved", version.case_id, version_id, now)
    return approval_id


async def publish(
    connection: Connection, seal: Seal, *, version_id: int, now: dt.datetime, by: str = PROGRAM
) -> None:
    """
    Make the version the public one of its case.

    Args:
        by: The code of who does it.

    Raises:
        NotPublishable: the gate, the consent, the risk form or the approval is missing.
    """
    version = await version_of(connection, seal, version_id)
    reasons = await obstacles(connection, seal, version, now)
    taken_back = await recalls.newest(connection, version.case_id)
    approval_id = valid_approval(
        await story_rows.approvals(
            connection, version_id, since=None if taken_back is None else taken_back.recalled_at
        ),
        content_sha256=version.content_sha256,
        author_id=version.author_id,
        last_editor_id=version.last_editor_id,
    )
    if approval_id is None:
        reasons.append("Nobody but the author has approved these exact texts.")
    if reasons or approval_id is None:
        raise NotPublishable(reasons)
    await story_rows.publish(connection, version.case_id, version_id, approval_id, now)
    await _record(connection, by, "story.published", version.case_id, version_id, now)


async def obstacles(
    connection: Connection, seal: Seal, version: story_rows.Version, now: dt.datetime
) -> list[str]:
    """What stands against showing the version now, beside that it must be approved; a line each."""
    pack = Pack.from_json(version.pack)
    case = await _case(connection, version.case_id)
    reasons = told(await blocked(connection, seal, case, pack))
    if content_sha256(pack) != version.content_sha256:
        reasons.append("Its texts are not those that were handed in.")
    reasons += await signing.unsigned(connection, version)
    reasons += _of_the_case(
        case,
        pack,
        await case_sheets.facts_of(connection, case.id),
        await case_sheets.risk_of(connection, case.id),
    )
    together = await disclosing.of_story(connection, seal, case, [line for line, _ in pack.lines])
    if together.obstacle is not None:
        reasons.append(together.obstacle)
    consents = (await story_rows.consents(connection, [case.id]))[case.id]
    used = await reviews.published_times(connection, case.id)
    for channel in CHANNELS:
        allowed = allowed_locales(
            consents, purpose="tell_story", channel=channel, now=now, used=used
        )
        reasons += [
            f"No consent to tell it in {locale} on {channel} is valid now."
            for locale in pack.locales
            if locale not in allowed
        ]
    return reasons


def _of_the_case(case: Case, pack: Pack, facts: Facts | None, risk: Risk | None) -> list[str]:
    reasons = []
    if case.training:
        reasons.append("It is a training case, which is never public.")
    if risk is None:
        reasons.append("Nobody has filled in the risk form.")
    elif risk.level is RiskLevel.HIGH:
        reasons.append("The risk is high.")
    if AgeBand.UNDER_18 in (pack.facts.age_band, None if facts is None else facts.age_band):
        reasons.append(minors.NEVER_TOLD)
    told = (pack.facts.region, pack.facts.age_band, pack.facts.form)
    if facts is not None and told != (facts.region, facts.age_band, facts.exploitation):
        reasons.append("The story tells other facts than the case has.")
    return reasons


def gate_findings(pack: Pack) -> list[Finding]:
    """What the publish gate blocks in any text of *pack*."""
    return findings(texts_of(pack))


async def blocked(connection: Connection, seal: Seal, case: Case, pack: Pack) -> list[Finding]:
    """What blocks *pack* in any text: the gate's rules, and the secret list of its case."""
    secret = await secret_words.found_in(connection, seal, case, texts_of(pack))
    return [*gate_findings(pack), *secret]


def told(blocking: Iterable[Finding]) -> list[str]:
    """A line for each of *blocking*: where, and what to do."""
    return [f"{finding.where}: {finding.remedy}" for finding in blocking]


async def version_of(connection: Connection, seal: Seal, version_id: int) -> story_rows.Version:
    """
    The version with this id, opened.

    Raises:
        LookupError: there is none.
    """
    version = await story_rows.version(connection, seal, version_id)
    if version is None:
        raise LookupError(f"there is no story version {version_id}")
    return version


async def _case(connection: Connection, case_id: int) -> Case:
    case = await case_rows.by_id(connection, case_id)
    if case is None:
        raise LookupError(f"there is no case {case_id}")
    return case


async def _code(connection: Connection, staff_id: int) -> str:
    member = await staff_rows.by_id(connection, staff_id)
    return "" if member is None else member.code


async def _record(
    connection: Connection, by: str, act: str, case_id: int, version_id: int, now: dt.datetime
) -> None:
    case = await case_rows.by_id(connection, case_id)
    about = "" if case is None else audit.of_case(case)
    await audit.record(
        connection, by=by, act=act, about=about, detail={"version": version_id}, now=now
    )
