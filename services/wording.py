"""
Sentences about plans, gifts and fees that the chat and the page say alike.

They stand once, so that a donor is never told one thing here and another thing there.
"""

from locales.text import Month, Name, Text, say
from services.catalogue import PublicCase
from services.growths import Growth
from services.terms import FeeBearer, Terms
from storage.cases import Case, Outcome
from values.money import Money

ENDED = say("This plan has ended. What was not spent belongs to those who gave it.")
"""What readers are told of a plan that has ended without being complete."""

NO_STORY = say("Here you see the plan and its costs, and no story.")
"""What readers are told of a case that is shown with its need alone."""


def name_of(case: PublicCase | None, case_code: str, locale: str) -> Name:
    """The pseudonym as *locale* reads it; the bare code if the story may not be shown any more."""
    return Name(case_code) if case is None else case.name_in(locale)


def way_to(case: PublicCase, locale: str) -> Text:
    """What a way to the case is called: to its story, or to its plan where there is no story."""
    name = case.name_in(locale)
    if case.story is None:
        return say("The plan of {name}", name=name)
    return say("{name}'s story", name=name)


def ending(case: Case) -> Text | None:
    """What readers are told of a plan that has ended, never why; None while it has not."""
    return None if case.outcome is None else ending_by(case.outcome)


def ending_by(outcome: Outcome) -> Text:
    """What readers are told of a plan that ends so."""
    match outcome:
        case Outcome.COMPLETE:
            return say("This plan is complete. Thank you.")
        case _:
            return ENDED


def grew(growth: Growth) -> Text:
    """What readers are told of a line of a plan that grew after the first gift; stands alone."""
    month = Month(*growth.month)
    if not growth.before:
        return say("Added to the plan in {month}.", month=month)
    return say(
        "In {month} this line grew from {before} to {after}.",
        month=month,
        before=growth.before,
        after=growth.after,
    )


def fee_lines(terms: Terms, amount: Money, *, covers: bool) -> tuple[Text, ...]:
    """
    What the donor of *amount* is told of the payment fee before paying.

    Nothing where it is neither added nor taken out of the gift: then the organisation pays it.

    Args:
        covers: The donor wants to add the fee.
    """
    cover = terms.cover(amount) if covers else None
    if cover is not None:
        return (pays(amount, cover),)
    if terms.fee_bearer is not FeeBearer.GIFT:
        return ()
    fee = terms.fee_of(amount)
    if fee is None:
        return (say("A small part of your gift goes to the payment provider, as its fee."),)
    return (say("About {fee} of your gift goes to the payment provider, as its fee.", fee=fee),)


def pays(amount: Money, cover: Money) -> Text:
    """What is to be paid where *cover* is added to *amount* for the payment fee."""
    return say(
        "You pay {sum}: {amount} for the plan and {cover} for the payment fee.",
        sum=amount + cover,
        amount=amount,
        cover=cover,
    )
