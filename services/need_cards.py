"""
What a need card says, and what stands against showing one.

A case is shown so with its need alone: a pseudonym, three coarse facts, its budget lines and how
far they are funded. Everything is of closed lists, so that every language has it and there are no
words to approve; what is approved is that exactly this is shown.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from protection.consent import allowed_locales
from protection.risk import forbids_need_card
from storage import case_sheets
from storage import minors as minor_rows
from storage import need_cards as card_rows
from storage.case_sheets import Facts, Risk
from storage.cases import Case
from storage.database import Connection
from storage.minors import Minor
from storage.stories import Consent
from stories.schema import Facts as ToldFacts
from values.bands import Limit
from values.facts import AgeBand

PURPOSE = "show_need"
CHANNELS = ("bot", "web")


@dataclass(frozen=True, slots=True)
class NeedCard:
    """
    What a card says beside the lines of its case and how far they are funded.

    Attributes:
        pseudonym: The same in every language.
    """

    pseudonym: str
    facts: ToldFacts

    def sha256(self, case: Case) -> bytes:
        """What an approval is bound to: 32 bytes over all that the card of *case* says."""
        said = {
            "pseudonym": self.pseudonym,
            "facts": self.facts.model_dump(mode="json"),
            "currency": case.currency,
            "lines": [[line.value, amount.amount_minor] for line, amount in case.lines],
        }
        written = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(written.encode()).digest()


async def shown_cards(connection: Connection, cases: Sequence[Case]) -> dict[int, NeedCard]:
    """
    By case id, the cards that are approved as they are now, and that nothing stands against.

    Whether she consents, to which channel and in which language, is for the caller to ask.
    """
    approved = await card_rows.shown(connection, [case.id for case in cases])
    mine = [case for case in cases if case.id in approved]
    if not mine:
        return {}
    ids = [case.id for case in mine]
    facts = await case_sheets.facts_of_each(connection, ids)
    risks = await case_sheets.risk_of_each(connection, ids)
    names = await case_sheets.pseudonyms_of(connection, ids)
    minors = await minor_rows.of_each(connection, ids)
    found = {}
    for case in mine:
        card = card_of(names.get(case.id), facts.get(case.id))
        against = reasons(case, card, risks.get(case.id), minors.get(case.id))
        if card is not None and not against and card.sha256(case) == approved[case.id][0]:
            found[case.id] = card
    return found


async def card_now(connection: Connection, case: Case) -> tuple[NeedCard | None, list[str]]:
    """The card of the case as it would be shown now, and what stands against it, a line each."""
    facts = await case_sheets.facts_of(connection, case.id)
    card = card_of(await case_sheets.pseudonym_of(connection, case.id), facts)
    risk = await case_sheets.risk_of(connection, case.id)
    return card, reasons(case, card, risk, await minor_rows.of_case(connection, case.id))


def card_of(pseudonym: str | None, facts: Facts | None) -> NeedCard | None:
    """The card of these facts; None where something of it was never said."""
    if pseudonym is None or facts is None:
        return None
    told = ToldFacts(age_band=facts.age_band, region=facts.region, form=facts.exploitation)
    return NeedCard(pseudonym, told)


def reasons(case: Case, card: NeedCard | None, risk: Risk | None, minor: Minor | None) -> list[str]:
    """
    What stands against showing the card beside consent and approval; a line each.

    Args:
        minor: What stands beside a case that was opened as one of somebody under 18.
    """
    found = []
    if case.training:
        found.append("It is a training case, which is never public.")
    if card is None:
        found.append("Nobody has said its facts, or it was not opened here.")
    if risk is None:
        found.append("Nobody has filled in the risk form.")
        return found
    says_minor = card is not None and card.facts.age_band is AgeBand.UNDER_18
    is_minor = says_minor or risk.minor or minor is not None
    if is_minor and (minor is None or minor.confirmed_by is None or not says_minor):
        found.append(
            "Somebody under 18 is shown only if the facts say so and two protection officers have"
            " opened the case as such."
        )
    if forbids_need_card(
        trafficker_at_large=risk.trafficker_at_large,
        court_case=risk.court_case,
        minor=is_minor,
        returns_to_same_area=risk.returns_to_same_area,
        level=risk.level,
    ):
        found.append("The risk is high.")
    if Limit.REGION in risk.limits:
        found.append("The survivor does not want the region told, and a need card tells it.")
    return found


def consented(
    consents: Iterable[Consent], *, channel: str, now: dt.datetime, used: int = 0
) -> frozenset[str]:
    """The languages in which the need may be shown on *channel*; may be empty."""
    return allowed_locales(consents, purpose=PURPOSE, channel=channel, now=now, used=used)
