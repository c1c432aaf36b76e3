"""
Where a gift is, in words: the same sentences in the chat and on the receipt's page.

What a donor paid is told in parts that add up to it. Why a plan ended is never told.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from locales import names
from locales.text import Name, Text, say
from services.catalogue import PublicCase
from services.receipts import Asked, Receipt
from services.tracing import InPlan, Trace
from services.wishes import what_is_left
from services.wording import ending, name_of
from storage.holds import FeeBearer, HoldState
from storage.refund_orders import RefundState
from storage.surplus import Why
from values.money import Money


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a gift, and where it is; the words are a label without the amount."""

    words: Text
    amount: Money


@dataclass(frozen=True, slots=True)
class GiftWords:
    """
    One gift in the words for its giver.

    Attributes:
        organisation: The charity's name, the payee of the gift.
        locale: The language that is read: a pseudonym is written differently in each.
    """

    receipt: Receipt
    organisation: str
    locale: str

    @property
    def name(self) -> Name:
        """Whose plan it was given to."""
        return name_of(self.receipt.case, self.receipt.case_code, self.locale)

    def state(self) -> tuple[Text, ...]:
        """Where the gift is, the heading first; its parts, where there are any, are told apart."""
        amount, name = self.receipt.amount, self.name
        match self.receipt.state:
            case HoldState.OPEN:
                return (
                    say(
                        "<b>{amount} is reserved for the plan of {name}.</b>",
                        amount=amount,
                        name=name,
                    ),
                    say("It is not paid yet. If you have just paid, please wait a moment."),
                )
            case HoldState.PROMISED:
                return (
                    say(
                        "<b>You promised {amount} to the plan of {name}.</b>",
                        amount=amount,
                        name=name,
                    ),
                    say("The money is not here yet. A bank transfer can take some days."),
                )
            case HoldState.PAID:
                return (
                    self._thanks(),
                    self._purpose(),
                    say(
                        "The payment provider is passing it on. "
                        "Then it counts in the plan, often within minutes."
                    ),
                )
            case HoldState.SETTLED:
                return self._settled()
            case HoldState.SET_ASIDE:
                return (
                    say("<b>We received a payment that is not the one we asked for.</b>"),
                    say(
                        "It is safe, and nothing of it is spent. {organisation} looks at it.",
                        organisation=Name(self.organisation),
                    ),
                )
            case HoldState.RELEASED:
                return (
                    say("<b>This gift of {amount} was not paid.</b>", amount=amount),
                    say("The payment page has closed. Nothing was charged."),
                )

    def parts(self) -> tuple[Part, ...]:
        """Where every bit of the gift is; nothing for nothing, and nothing before it arrived."""
        trace = self.receipt.trace
        if trace is None:
            return ()
        found = [
            *(part for plan in trace.plans for part in self._in_plan(plan)),
            Part(say("For the payment fee"), trace.cover_left),
            Part(say("Going back to you"), trace.refund_due),
            Part(say("Back with you"), trace.refunded),
            Part(say("Taken back by your bank, not decided yet"), trace.disputed),
            Part(say("Kept by your bank"), trace.charged_back),
        ]
        return tuple(part for part in found if part.amount)

    def added(self) -> Part | None:
        """What the organisation put in, where more was taken back than was still there."""
        trace = self.receipt.trace
        if trace is None:
            return None
        added = self.total() - trace.given - trace.cover
        if not added:
            return None
        organisation = Name(self.organisation)
        return Part(say("Added by {organisation}", organisation=organisation), added)

    def total(self) -> Money:
        """What all parts come to: what was given, and what the organisation added."""
        nothing = Money(0, self.receipt.amount.currency)
        return sum((part.amount for part in self.parts()), nothing)

    def is_whole(self) -> bool:
        """All that was given lies in the plan it was given to, and there is nothing else to say."""
        trace = self.receipt.trace
        return trace is not None and trace.plans[0].held == trace.given

    def notes(self) -> tuple[Text, ...]:
        """What else there is to say of a gift that has arrived."""
        trace = self.receipt.trace
        return () if trace is None else tuple(self._notes(trace))

    def asked(self, asked: Asked) -> tuple[Text, ...]:
        """A question to the donor: how much is left, why, until when; the heading first."""
        return (
            say("<b>{amount} of your gift is yours to decide.</b>", amount=asked.amount),
            self._why(asked),
            say(
                "You can answer until {date}. Without an answer it goes back to you.",
                date=asked.answer_by.date(),
            ),
            what_is_left(),
        )

    def plan_name(self, case_id: int) -> Name:
        """Whose plan this is; the one it was given to, if the gift never was in it."""
        plan = self._plan(case_id)
        return self.name if plan is None else name_of(plan.case, plan.case_code, self.locale)

    def plan_case(self, case_id: int) -> PublicCase | None:
        """What may be shown of this plan; None if the gift never was in it."""
        plan = self._plan(case_id)
        return None if plan is None else plan.case

    def _plan(self, case_id: int) -> InPlan | None:
        plans = () if self.receipt.trace is None else self.receipt.trace.plans
        return next((plan for plan in plans if plan.case_id == case_id), None)

    def _thanks(self) -> Text:
        return say("<b>Thank you. We received {amount} from you.</b>", amount=self.receipt.charge)

    def _purpose(self) -> Text:
        receipt = self.receipt
        if not receipt.cover:
            return say("It is for the plan of {name}, and for nothing else.", name=self.name)
        return say(
            "{amount} is for the plan of {name}, and {cover} for the payment fee.",
            amount=receipt.amount,
            name=self.name,
            cover=receipt.cover,
        )

    def _settled(self) -> tuple[Text, ...]:
        trace, name = self.receipt.trace, self.name
        if trace is None:
            return (self._thanks(), self._purpose())
        if not self.is_whole():
            return (self._thanks(),)
        if trace.cover:
            held = say(
                "{amount} is held for the plan of {name}, and for nothing else.",
                amount=trace.given,
                name=name,
            )
        else:
            held = say("All of it is held for the plan of {name}, and for nothing else.", name=name)
        return (self._thanks(), held)

    def _in_plan(self, plan: InPlan) -> Iterator[Part]:
        name = name_of(plan.case, plan.case_code, self.locale)
        yield Part(say("Held for the plan of {name}", name=name), plan.held)
        for line, amount in plan.spent:
            words = say("Spent for {name} · {line}", name=name, line=names.BUDGET_LINES[line])
            yield Part(words, amount)
        yield Part(
            say("Not needed for the plan of {name}, yours to decide", name=name), plan.over_goal
        )
        yield Part(say("Fee of the payment provider"), plan.fees)

    def _notes(self, trace: Trace) -> Iterator[Text]:
        if trace.given.currency != self.receipt.charge.currency:
            yield say("In the currency of the plan this is {amount}.", amount=trace.given)
        if trace.fee:
            yield from self._fee(trace)
        yield from self._moved(trace)
        if trace.refund_due:
            yield from self._going_back()
        if trace.is_disputed:
            yield say("Your bank is asking about this payment. It decides what happens.")
        first = trace.plans[0]
        if first.case is not None and (first.held or first.spent):
            ended = ending(first.case.case)
            if ended is not None:
                yield ended
            elif first.case.progress.is_funded:
                yield say("The whole plan is funded now.")

    def _fee(self, trace: Trace) -> Iterator[Text]:
        if trace.cover:
            yield say(
                "The payment fee was {fee}. You added {cover} for it.",
                fee=trace.fee,
                cover=trace.cover,
            )
        elif trace.fee_bearer is FeeBearer.ORGANISATION:
            yield say(
                "The payment fee of {fee} is paid by {organisation}.",
                fee=trace.fee,
                organisation=Name(self.organisation),
            )

    def _moved(self, trace: Trace) -> Iterator[Text]:
        for plan in trace.plans:
            others = [other for other in trace.plans if other is not plan]
            if not plan.moved_on:
                continue
            name = name_of(plan.case, plan.case_code, self.locale)
            if len(others) == 1:
                yield say(
                    "{amount} moved from the plan of {name} to the plan of {other}, "
                    "because you chose so.",
                    amount=plan.moved_on,
                    name=name,
                    other=name_of(others[0].case, others[0].case_code, self.locale),
                )
            else:
                yield say(
                    "{amount} moved on from the plan of {name}, because you chose so.",
                    amount=plan.moved_on,
                    name=name,
                )

    def _going_back(self) -> Iterator[Text]:
        if any(order.state is RefundState.FAILED for order in self.receipt.refunds):
            yield say(
                "Sending it back did not work yet. It is still yours, "
                "and {organisation} takes care of it.",
                organisation=Name(self.organisation),
            )
        else:
            yield say("What goes back to you takes the way you paid. That can take some days.")

    def _why(self, asked: Asked) -> Text:
        name = self.plan_name(asked.case_id)
        match asked.why:
            case Why.OVER_GOAL:
                return say("The plan of {name} was full when it arrived.", name=name)
            case Why.LEFTOVER:
                return say("The plan of {name} cost less than planned.", name=name)
            case Why.ENDED:
                return say("The plan of {name} has ended.", name=name)
