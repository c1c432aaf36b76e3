"""
From one telegram update to its answer.

A tap that only looks is answered at once, by an edit that may be repeated. Everything else, so also
what is answered by a new message, is claimed first, so that an update which comes again is not
answered again: an act is carried out in the same short write, what belongs to it outside (the
payment page) is asked for after the commit, and the answer is made from what is true then. An
update that comes again takes the same way and finds what was done. A call for help is never
claimed: nothing is kept of it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog
from telegram import Bot, CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update
from telegram.error import Forbidden

from bot import inviting
from bot.inviting import Called, Sought
from bot.lanes import Lanes
from bot.rendering import Rendered, render
from bot.sending import Sender, Shown, takes_place_of
from conversations import desk, staff_menu
from conversations.dialog import Decision, after, decide, show
from conversations.routes import (
    HELPING,
    Cancel,
    Gift,
    Lost,
    Payment,
    Route,
    Welcome,
    decode,
    encode,
)
from conversations.screens import Place, Screen
from conversations.visit import Commanded, Did, SentSomething, Talk, Tapped, Visit, Wrote
from locales.catalog import Languages
from locales.known import SOURCE
from services import chat_acts, incoming, recalling
from services.acts import Outcome
from services.house import House, Person
from services.look import Look

log = structlog.get_logger("bot")

Effect = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Effects:
    """
    What the conversation asks of the payment provider, by a gift's reference.

    Each may be asked again for the same gift, and none raises when the provider is away.
    """

    open_page: Effect
    close_page: Effect
    look_at: Effect


@dataclass(frozen=True, slots=True)
class Incoming:
    """
    What an update says, as far as this bot is concerned.

    Attributes:
        message_id: Of what the person sent; None for the press of a button.
    """

    update_id: int
    chat_id: int
    language_code: str | None
    did: Did
    callback_query_id: str | None = None
    shown: Shown | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """The person blocked the bot, or let it in again."""

    chat_id: int
    gone: bool


Came = Incoming | Membership | Sought | Called


@dataclass(frozen=True, slots=True)
class _Prepared:
    screen: Rendered
    place: Place | None
    is_counted: bool
    person_id: int | None
    locale: str
    case_id: int | None
    is_known: bool


class Conversation:
    """Answers updates."""

    def __init__(
        self,
        house: House,
        languages: Languages,
        sender: Sender,
        effects: Effects,
        bot: Bot,
        link_base: str,
    ) -> None:
        self._bot = bot
        self._link_base = link_base
        self._house = house
        self._languages = languages
        self._sender = sender
        self._effects = effects
        self._lanes = Lanes()

    async def answer(self, came: Came) -> None:
        """
        Answer what came.

        Raises:
            DatabaseUnavailable: nothing was done; it should come again.
            telegram.error.TelegramError: it was carried out and could not be answered; it should
                come again.
        """
        if isinstance(came, Membership):
            await incoming.set_gone(self._house, came.chat_id, gone=came.gone)
            return
        if isinstance(came, Sought):
            await self._offer(came)
            return
        try:
            if isinstance(came, Called):
                await self._invite(came)
            else:
                await self._answer(came)
        except Forbidden:
            await incoming.set_gone(self._house, came.chat_id, gone=True)
            log.info("chat_refuses_messages", update_id=came.update_id)

    async def close(self) -> None:
        """Give up what still waits for Telegram's leave to be shown."""
        await self._lanes.close()

    async def _offer(self, came: Sought) -> None:
        """What may be sent on into any chat. Nothing is kept of who asks."""
        async with self._house.looking() as look:
            person = await incoming.find_person(self._house, look.connection, came.person_chat_id)
        i18n = self._languages.i18n(self._locale(person, came.language_code))
        await inviting.offer(self._bot, came.query_id, i18n, self._house.public_url)

    async def _invite(self, came: Called) -> None:
        """In a group: the way to the private chat, once; nothing is kept of who called."""
        claimed = await incoming.carry_out(
            self._house,
            update_id=came.update_id,
            chat_id=came.chat_id,
            act=None,
            locale=SOURCE,
            route_after=lambda _outcome: encode(Welcome()),
        )
        if claimed.route is None:
            return
        i18n = self._languages.i18n(self._locale(None, came.language_code))
        await inviting.invite(self._bot, came.chat_id, i18n, self._link_base)
        await incoming.answered(self._house, came.update_id)

    def _locale(self, person: Person | None, language_code: str | None) -> str:
        """The language a person chose, else the one of her app."""
        locale = None if person is None else person.locale
        if locale is None or locale not in self._languages.offered:
            return self._languages.negotiate(language_code or "")
        return locale

    async def _answer(self, came: Incoming) -> None:
        if await self._led_to_desk(came):
            return
        async with self._house.looking() as look:
            talk = await self._talk(look, came)
            wanted = staff_menu.asked(came.did, talk.visit.person)
            decision = await decide(talk)
            only_looks = _only_looks(came, decision)
            prepared = await self._prepare(talk, decision.route, came) if only_looks else None
        if wanted is not None and await self._served_staff(came, wanted):
            return
        if talk.visit.person is not None and talk.visit.person.gone:
            await incoming.set_gone(self._house, came.chat_id, gone=False)
        if prepared is not None and _may_be_repeated(came, prepared, decision.route):
            await self._look(came, prepared)
        else:
            toast = None if prepared is None else prepared.screen.toast
            await self._act(came, talk.locale, decision, toast)

    async def _led_to_desk(self, came: Incoming) -> bool:
        """
        Give a member of staff a link to the desk, if that is what they ask for.

        What is kept of the answer is no more than that it was sent: the link is nowhere but in the
        message. Whoever is not of the staff is answered as for any unknown command.
        """
        if not isinstance(came.did, Commanded) or came.did.name != desk.COMMAND:
            return False
        if not await desk.is_staff(self._house, came.chat_id):
            return False
        claimed = await incoming.carry_out(
            self._house,
            update_id=came.update_id,
            chat_id=came.chat_id,
            act=None,
            locale="en",
            route_after=lambda _: encode(Lost()),
        )
        screen = None if claimed.route is None else await desk.way_in(self._house, came.chat_id)
        if screen is not None:
            words = render(screen, self._languages.i18n("en"), self._house.public_url)
            await self._sender.show(came.chat_id, words, None)
            await incoming.answered(self._house, came.update_id)
        return True

    async def _served_staff(self, came: Incoming, wanted: staff_menu.Asked) -> bool:
        """
        Answer a member of staff who uses their menu; False for everybody else.

        What they typed holds a code or an amount, and is deleted.
        """
        member = await chat_acts.member_of(self._house, came.chat_id)
        if member is None:
            return False
        if came.callback_query_id is not None:
            await self._sender.answer(came.callback_query_id, None)
        claimed = await incoming.carry_out(
            self._house,
            update_id=came.update_id,
            chat_id=came.chat_id,
            act=None,
            locale=SOURCE,
            route_after=lambda _: encode(Lost()),
        )
        if claimed.route is None:
            return True
        key = f"telegram:{came.update_id}"
        screen = await staff_menu.answer(self._house, member, came.chat_id, wanted, key)
        words = render(screen, self._languages.i18n(SOURCE), self._house.public_url)
        await self._sender.show(came.chat_id, words, came.shown)
        if wanted.typed is not None and came.message_id is not None:
            await self._sender.remove(came.chat_id, came.message_id)
        await incoming.answered(self._house, came.update_id)
        return True

    async def _look(self, came: Incoming, prepared: _Prepared) -> None:
        """Answer somebody who only looks. Nothing is claimed."""
        if came.callback_query_id is not None:
            await self._sender.answer(came.callback_query_id, prepared.screen.toast)
        await self._lanes.show(came.chat_id, came.update_id, lambda: self._show(came, prepared))
        await self._remember(prepared)

    async def _act(
        self, came: Incoming, locale: str, decision: Decision, toast: str | None
    ) -> None:
        """Claim, carry out the act if there is one, then what it wants outside, then answer."""
        if came.callback_query_id is not None:
            await self._sender.answer(came.callback_query_id, toast)
        route = await self._carry_out(came, decision, locale)
        if route is None:
            return
        if isinstance(route, Payment):
            await self._effects.open_page(route.reference)
        if isinstance(route, Cancel):
            await self._effects.close_page(route.reference)
        if isinstance(route, Gift):
            await self._effects.look_at(route.reference)
        async with self._house.looking() as look:
            prepared = await self._prepare(await self._talk(look, came), route, came)
        await self._lanes.show_now(came.chat_id, came.update_id, lambda: self._show(came, prepared))
        await incoming.answered(self._house, came.update_id)
        await self._remember(prepared)

    async def _show(self, came: Incoming, prepared: _Prepared) -> None:
        """Show it, and remember which message shows a story, to be able to take it back."""
        message_id = await self._sender.show(came.chat_id, prepared.screen, came.shown)
        is_same = came.shown is not None and came.shown.message_id == message_id
        if prepared.case_id is not None and prepared.person_id is not None:
            if not (is_same and prepared.is_known):
                await recalling.remember_card(
                    self._house,
                    person_id=prepared.person_id,
                    chat_id=came.chat_id,
                    message_id=message_id,
                    case_id=prepared.case_id,
                    has_picture=prepared.screen.picture is not None,
                )
        elif is_same and came.shown is not None and came.shown.is_protected:
            await recalling.forget_card(self._house, came.chat_id, message_id)

    async def _carry_out(self, came: Incoming, decision: Decision, locale: str) -> Route | None:
        """The route that answers; None if this update was answered before."""

        def route_after(outcome: Outcome | None) -> str:
            if decision.act is None or outcome is None:
                return encode(decision.route)
            return encode(after(decision.act, outcome, decision.route))

        claimed = await incoming.carry_out(
            self._house,
            update_id=came.update_id,
            chat_id=came.chat_id,
            act=decision.act,
            locale=locale,
            route_after=route_after,
        )
        return None if claimed.route is None else decode(claimed.route)

    async def _talk(self, look: Look, came: Incoming) -> Talk:
        person = await incoming.find_person(self._house, look.connection, came.chat_id)
        locale = self._locale(person, came.language_code)
        return Talk(Visit(person, locale, came.did), look, self._languages)

    async def _prepare(self, talk: Talk, route: Route, came: Incoming) -> _Prepared:
        screen: Screen = await show(talk, route)
        person = talk.visit.person
        if person is not None and person.text_only:
            screen = replace(screen, picture=None)
        i18n = self._languages.i18n(talk.locale)
        is_counted = (
            person is not None and screen.is_plan and await talk.look.came_by_link(person.id)
        )
        is_known = (
            screen.case_id is not None
            and came.shown is not None
            and await talk.look.shows(came.chat_id, came.shown.message_id, screen.case_id)
        )
        return _Prepared(
            render(screen, i18n, self._house.public_url),
            screen.place,
            is_counted,
            None if person is None else person.id,
            talk.locale,
            screen.case_id,
            is_known,
        )

    async def _remember(self, prepared: _Prepared) -> None:
        """Remember where the person is, if the screen is a place and the person is known."""
        person_id, place = prepared.person_id, prepared.place
        if person_id is not None and place is not None:
            await incoming.remember_place(
                self._house, person_id, place.case_id, place.position, prepared.locale
            )
        if person_id is not None and prepared.is_counted:
            await incoming.saw_plan(self._house, person_id, prepared.locale)


_ASKING = (Payment, Cancel, Gift)
"""Routes for which the payment provider is asked something first."""


def _only_looks(came: Incoming, decision: Decision) -> bool:
    """Whether nothing is asked for but a screen, by a tap or a call for help."""
    if isinstance(decision.route, HELPING):
        return True
    is_tap = came.callback_query_id is not None
    return is_tap and decision.act is None and not isinstance(decision.route, _ASKING)


def _may_be_repeated(came: Incoming, prepared: _Prepared, route: Route) -> bool:
    """Whether a second answer would change nothing, or it is a call for help: then none is kept."""
    return isinstance(route, HELPING) or takes_place_of(prepared.screen, came.shown)


def read(update: Update, username: str) -> Came | None:
    """
    What *update* says; None for what this bot does not answer.

    It tells stories in private chats only: in a group one would reach people who did not ask for
    it. There it answers a command with the way to the private chat.

    Raises:
        AttributeError: a part that every update of its kind has is missing.
    """
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    if update.callback_query is not None:
        return _pressed(update.update_id, update.callback_query)
    if update.inline_query is not None:
        asked = update.inline_query
        return Sought(update.update_id, asked.from_user.id, asked.id, asked.from_user.language_code)
    message = update.message
    if message is None:
        return None
    if message.chat.type != Chat.PRIVATE:
        return _called(update.update_id, message, username)
    user = message.from_user
    return Incoming(
        update.update_id,
        message.chat.id,
        None if user is None else user.language_code,
        _said(message),
        message_id=message.message_id,
    )


def _called(update_id: int, message: Message, username: str) -> Called | None:
    """A command in a group, unless it is for another bot."""
    command = (message.text or "").partition(" ")[0]
    named = command.partition("@")[2]
    if message.chat.type not in (Chat.GROUP, Chat.SUPERGROUP):
        return None
    if not command.startswith("/") or (named and named.casefold() != username.casefold()):
        return None
    user = message.from_user
    return Called(update_id, message.chat.id, None if user is None else user.language_code)


def _membership(change: ChatMemberUpdated) -> Membership | None:
    if change.chat.type != Chat.PRIVATE:
        return None
    gone = change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
    return Membership(change.chat.id, gone)


def _pressed(update_id: int, query: CallbackQuery) -> Incoming | None:
    message = query.message
    if message is None:
        # The message is too old for Telegram to tell which it was: answer in the private chat.
        chat_id, shown = query.from_user.id, None
    elif message.chat.type != Chat.PRIVATE:
        return None
    else:
        chat_id = message.chat.id
        shown = None
        # The library makes a Message also of one of which Telegram tells no more than its number.
        if isinstance(message, Message) and message.is_accessible:
            shown = Shown(
                message.message_id, bool(message.photo), bool(message.has_protected_content)
            )
    return Incoming(
        update_id,
        chat_id,
        query.from_user.language_code,
        Tapped(query.data or ""),
        query.id,
        shown,
    )


def _said(message: Message) -> Did:
    text = message.text
    if text is None:
        return SentSomething()
    if text.startswith("/"):
        name, _, argument = text[1:].partition(" ")
        return Commanded(name.partition("@")[0].casefold(), argument.strip())
    return Wrote(text)
