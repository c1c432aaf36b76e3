"""Alarms, for the command line: what rang, for which thing, and what to do."""

from homeward.assembly import opened_house
from homeward.explaining import explaining
from homeward.settings import Settings
from services import alarm_list

_IN_STRIPE = "Find it in Stripe's dashboard by this id"
_SUSPENSE = f"It stands in suspense. {_IN_STRIPE}, and give it back."

REMEDIES = {
    "dispute": "A donor's bank takes a gift back. Answer it in Stripe's dashboard by its date.",
    "dispute_lost_after_spending": "The money was spent. The organisation bears it.",
    "early_fraud_warning": f"{_IN_STRIPE}; send the payment back if it is not a donor's.",
    "invented_case_with_live_key": "An invented case was about to take money. End its plan.",
    "checkout_refused": "Stripe opens no payment page. See the log, and the account in Stripe.",
    "look_failed": "Stripe does not say what became of a gift. It is asked again each time.",
    "stripe_object_unreadable": "Stripe says what this version does not know. Upgrade.",
    "payment_of_another_mode": "A test payment met a live gift, or the reverse. See the keys.",
    "payment_for_another_gift": _SUSPENSE,
    "payment_for_another_case": _SUSPENSE,
    "payment_of_another_amount": _SUSPENSE,
    "payment_settled_in_another_currency": _SUSPENSE,
    "payment_settled_in_another_amount": _SUSPENSE,
    "refund_failed": f"The donor's bank did not take it. {_IN_STRIPE}; `homeward gift retry`.",
    "refund_refused": "Stripe refuses it, and says why. Mend that; then `homeward gift retry`.",
    "surplus_cannot_lapse": "A question has passed its date and cannot be closed. See the log.",
    "surplus_cannot_go_back": "What was too much cannot go back by itself. See to the gift.",
    "message_undeliverable": "A message could not be written or sent. See the log.",
    "telegram_update_set_aside": "A message from Telegram failed three times. See the log.",
    "consent_ends_in_30_days": "Ask her whether her story may be told on. It ends by itself.",
    "consent_ends_in_7_days": "Ask her whether her story may be told on. It ends by itself.",
    "translation_problem": "A reader says that this screen is wrong. Have a native reader look.",
    "story_not_published": "An approved text does not pass the rules now. Hand it in anew.",
    "update_due": "Nobody has heard of this case for 60 days, and it holds money. Write an update.",
    "deliveries_uncertain": "Some may have this news or not: `homeward broadcasts uncertain N`.",
    "deliveries_dead": "Some could not be told. See the log; then `homeward broadcasts resend N`.",
    "tells_too_much": (
        "What is told of this case fits fewer people than it must: `homeward stories review`. Stop"
        " some of its news, let two allow it, or take the story back: `homeward recall`."
    ),
    "job_failed": "It failed too often and was given up. See the log.",
    "job_unknown": "Another version left work that this one does not know. See your deployment.",
}
"""What to do, by kind. What `homeward reconcile` reports is in the README, a line each."""

_RECONCILE = "See what `homeward reconcile` says of it (README)."


async def listed(settings: Settings, days: int) -> list[str]:
    """A line for each alarm of the last *days* days, newest first."""
    with explaining(settings.database):
        async with opened_house(settings) as house:
            rung = await alarm_list.rung_since(house, days)
    return [
        f"{alarm.raised_at:%Y-%m-%d %H:%M} {alarm.kind} {alarm.subject}: "
        f"{REMEDIES.get(alarm.kind, _RECONCILE)}"
        for alarm in rung
    ]
