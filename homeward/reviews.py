"""Drafts and reviews of stories on the command line: what came of each act, in lines."""

from collections.abc import Collection, Iterable, Iterator

from homeward.errors import NotDone
from homeward.settings import Settings
from homeward.staff import do, unknown
from services import drafting, minors, reviewing, words_acts
from services.disclosing import Disclosure, K
from services.house import House
from services.looking import Looked, NoSuchMark, Warned
from services.reviewing import Review
from services.signing import NotSigned, Signed
from services.words_acts import NoSuchVersion, NotAllowed, NotApproved, NotNow, Unknown
from stories.pack import GENTLE

_STATES = {
    "returned": "It was returned to its author. Bring in a changed version.",
    "approved": "It is approved already.",
    "not_waiting": "Nothing of it waits to become public.",
    "empty_note": f"Write a note of 1 to {reviewing.MOST_OF_A_NOTE} characters.",
}

_NOT_SIGNED = {
    "no_language": "It has no such language. An older version is handed in once more.",
    "author": "Somebody other than the author approves its words.",
    "editor": "Somebody other than who wrote this language last approves it.",
    "signed": "This language is approved already.",
    "other_words": "Its words are not those that were handed in.",
    "returned": _STATES["returned"],
}


async def draft(settings: Settings, case: str, by: str) -> list[str]:
    """Begin a draft if there is none; hand back what is in it and what is wrong. Raises NotDone."""

    async def act(house: House) -> list[str]:
        kept_before = await words_acts.read_draft(house, case)
        found = (
            await words_acts.begin_draft(house, case=case, by=by)
            if isinstance(kept_before, drafting.NotBegun)
            else kept_before
        )
        match found:
            case Unknown() | NotAllowed():
                raise unknown(found)
            case drafting.NotBegun("under_18"):
                raise NotDone(minors.NEVER_TOLD)
            case drafting.NotBegun():
                raise NotDone("Say the facts of the case first: `homeward cases facts`.")
            case kept:
                texts = drafting.texts_in(kept.content)
                blocked = [f"{finding.where}: {finding.remedy}" for finding in kept.findings]
                return [
                    f"Revision {kept.revision}.",
                    *(f"{place}: {text}" for place, text in texts.items()),
                    *(f"Still wrong: {problem}" for problem in (*kept.problems, *blocked)),
                    *(warning_told(one) for one in kept.warnings),
                ]

    return await do(settings, act)


async def submit(settings: Settings, case: str, by: str) -> str:
    """Hand a draft in; hand back the version's number. Raises NotDone."""

    async def act(house: House) -> str:
        done = await words_acts.submit_draft(house, case=case, by=by)
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case drafting.NotBegun("under_18"):
                raise NotDone(minors.NEVER_TOLD)
            case drafting.NotBegun():
                raise NotDone("There is no draft of this case.")
            case drafting.NotReady(reasons):
                raise NotDone("\n".join(reasons))
            case drafting.Submitted(version_id):
                return f"Handed in as version {version_id}. Somebody else approves it."

    return await do(settings, act)


async def queue(settings: Settings) -> list[str]:
    """A line for each version that waits for a review."""

    async def act(house: House) -> list[str]:
        waiting = await words_acts.review_queue(house)
        return [f"{version_id}: {case.slug}" for version_id, case in waiting] or ["Nothing waits."]

    return await do(settings, act)


async def review(settings: Settings, version_id: int) -> list[str]:
    """All that there is to see of a version, line by line. Raises NotDone."""

    async def act(house: House) -> list[str]:
        seen = _found(await words_acts.review(house, version_id))
        return [*_told(seen), *_languages(await words_acts.languages_of(house, version_id))]

    return await do(settings, act)


async def approve_language(settings: Settings, version_id: int, locale: str, by: str) -> str:
    """Approve one language of a version; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        done = await words_acts.approve_language(house, version_id, locale, by=by)
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case NoSuchVersion():
                raise _none()
            case NotSigned(why):
                raise NotDone(_NOT_SIGNED[why])
            case reviewing.Done():
                return f"Its words in {locale} are approved."

    return await do(settings, act)


async def approve(settings: Settings, version_id: int, by: str) -> str:
    """Approve a version; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        done = await words_acts.approve_story(house, version_id, by=by)
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case NoSuchVersion():
                raise _none()
            case NotNow(state):
                raise NotDone(_STATES[state])
            case NotApproved(reasons):
                raise NotDone("\n".join(reasons))
            case reviewing.Approved(_, due_at):
                return (
                    f"Approved. Public from {due_at:%Y-%m-%d %H:%M} UTC,"
                    f" unless somebody stops it: `homeward stories stop {version_id}`."
                )

    return await do(settings, act)


async def give_back(settings: Settings, version_id: int, note: str, by: str) -> str:
    """Return a version to its author; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        _done(await words_acts.return_story(house, version_id, note=note, by=by))
        return "Returned to its author."

    return await do(settings, act)


async def stop(settings: Settings, version_id: int, by: str) -> str:
    """Stop an approved version before it is public; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        _done(await words_acts.stop_story(house, version_id, by=by))
        return "Stopped. It does not become public."

    return await do(settings, act)


async def looked(
    settings: Settings,
    *,
    version_id: int | None,
    case: str | None,
    marks: Collection[str] | None,
    by: str,
) -> list[str]:
    """Write down that warnings were looked at; say what is left. Raises NotDone."""
    if (version_id is None) == (case is None):
        raise NotDone("Say of what: the NUMBER of a version, or --case for its draft.")

    async def act(house: House) -> list[str]:
        done = (
            await words_acts.look_at_story(house, version_id, marks=marks, by=by)
            if version_id is not None
            else await words_acts.look_at_draft(house, case=case or "", marks=marks, by=by)
        )
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case NoSuchVersion():
                raise _none()
            case drafting.NotBegun():
                raise NotDone("There is no draft of this case.")
            case other:
                return looked_told(other)

    return await do(settings, act)


def looked_told(done: Looked | NoSuchMark) -> list[str]:
    """What came of a look, line by line. Raises NotDone."""
    if isinstance(done, NoSuchMark):
        raise NotDone(f"No warning has the mark {done.mark!r}, or more than one has.")
    left = [warning_told(one) for one in done.missing]
    return [f"Written down: {done.new} looks.", *left]


def warning_told(one: Warned) -> str:
    """A warning as staff read it, with its mark."""
    return f"Warning {one.mark[:12]}, {len(one.looked)} looked: {one.told}"


def _languages(signed: Iterable[Signed]) -> Iterator[str]:
    for each in signed:
        by = "waits for approval" if each.approver is None else f"approved by {each.approver}"
        yield f"Language {each.locale}: written by {each.editor}, {by}"


def _done(outcome: reviewing.Done | NotNow | NoSuchVersion | Unknown | NotAllowed) -> None:
    match outcome:
        case Unknown() | NotAllowed():
            raise unknown(outcome)
        case NoSuchVersion():
            raise _none()
        case NotNow(state):
            raise NotDone(_STATES[state])
        case reviewing.Done():
            return


def _found(found: Review | NoSuchVersion) -> Review:
    if isinstance(found, NoSuchVersion):
        raise _none()
    return found


def _none() -> NotDone:
    return NotDone("There is no such version. `homeward stories queue` lists those that wait.")


def _told(seen: Review) -> Iterator[str]:
    pack = seen.pack
    yield f"Version {seen.version.id} of {seen.case.slug}, {seen.version.content_sha256.hex()}"
    yield f"Need: {pack.need}. " + ", ".join(f"{line} {amount}" for line, amount in pack.lines)
    yield f"Facts: {pack.facts.region}, {pack.facts.age_band}, {pack.facts.form}"
    if seen.risk is not None:
        limits = ", ".join(sorted(seen.risk.limits)) or "none"
        yield f"Risk: {seen.risk.level}. Her limits: {limits}"
    yield _disclosed(seen.disclosure)
    for locale in pack.locales:
        yield ""
        yield f"{locale}: {pack.title(locale).text} ({pack.pseudonym(locale)})"
        yield pack.intro(locale).text
        yield f"Content note: {pack.content_note(locale).text}"
        yield f"Gentle ({pack.gentle.icon}): {pack.text(locale, GENTLE).text}"
        for step in pack.steps:
            yield f"{step.chapter} {step.id} ({step.icon}): {pack.text(locale, step.id).text}"
        for line, amount in pack.lines:
            yield f"{line} {amount}: {pack.line_text(locale, line).text}"
    yield ""
    for consent in seen.consents:
        uses = "any number of uses" if consent.uses is None else f"{consent.uses} uses"
        yield (
            f"Consent: {consent.purpose}, {consent.channel}, {consent.locale},"
            f" until {consent.valid_until:%Y-%m-%d}, {uses}"
            + ("" if consent.withdrawn_at is None else ", withdrawn")
        )
    yield f"Changed since it was public: {', '.join(seen.changed) or 'nothing'}"
    if seen.returned is not None:
        yield f"Returned: {seen.returned.note}"
    yield from (f"Plan: {plan.state}, {plan.due_at:%Y-%m-%d %H:%M} UTC" for plan in seen.plans)
    yield from (warning_told(one) for one in seen.warnings)
    yield from (f"Stands against it: {reason}" for reason in seen.obstacles)


def _disclosed(told: Disclosure) -> str:
    facts = ", ".join(f"{column} {value}" for column, value in told.facts.items()) or "nothing yet"
    if not told.is_bound:
        return "Disclosure: not counted, for it is nobody's"
    if told.people is None:
        return f"Disclosure: {facts}; for how many people it stands is not known"
    allowed = ", allowed by two" if told.is_overridden else ""
    return f"Disclosure: {facts}; stands for {told.people} people of at least {K}{allowed}"
