"""The endpoints: method, path, parameters, and what they do. All of it between two awaits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.stripe import balance, refunds, sessions
from sandbox.stripe.errors import Refused
from sandbox.stripe.expand import expand, listed
from sandbox.stripe.listing import FILTERS, page
from sandbox.stripe.params import EXPAND, PAGING, Record
from sandbox.stripe.world import Obj, World

Act = Callable[[str, Obj], Obj]

_EXPAND_ONLY = Record({"expand": EXPAND})
_LISTED = {
    "checkout.session": "/v1/checkout/sessions",
    "payment_intent": "/v1/payment_intents",
    "charge": "/v1/charges",
    "balance_transaction": "/v1/balance_transactions",
    "refund": "/v1/refunds",
    "dispute": "/v1/disputes",
    "event": "/v1/events",
    "payout": "/v1/payouts",
}


@dataclass(frozen=True)
class Endpoint:
    """One endpoint. *act* gets the id out of the path (or "") and the parameters."""

    method: str
    path: re.Pattern[str]
    params: Record
    act: Act


@dataclass
class Account:
    """Whose account it is. Some countries' accounts may not take donations at all."""

    country: str = "US"
    default_currency: str = "usd"
    name: str = "Stand-in Charity"
    account_id: str = "acct_standin000000001"
    charges_enabled: bool = True


class Endpoints:
    """The API on one world."""

    def __init__(self, world: World, public_url: str, account: Account) -> None:
        self._world = world
        self._public_url = public_url
        self.account = account
        self.next_refunds: list[refunds.Outcome] = []
        self._table = self._build()

    def find(self, method: str, path: str) -> tuple[Endpoint, str]:
        """
        The endpoint of a call and the id in its path.

        Raises:
            Refused: there is none.
        """
        for endpoint in self._table:
            matched = endpoint.path.fullmatch(path)
            if matched is not None and endpoint.method == method:
                return endpoint, (matched.groups() or ("",))[0]
        raise Refused(f"Unrecognized request URL ({method}: {path}).", status=404, kept=False)

    def run(self, endpoint: Endpoint, object_id: str, raw: Obj) -> Obj:
        """
        Carry out a call.

        Raises:
            Refused: with the answer to give.
        """
        asked = endpoint.params.read("", raw)
        paths = asked.pop("expand", [])
        return expand(self._world, endpoint.act(object_id, asked), paths)

    def _build(self) -> list[Endpoint]:
        table = []

        def put(method: str, path: str, params: Record, act: Act) -> None:
            pattern = re.escape(path).replace(r"\{id\}", "([^/]+)")
            table.append(
                Endpoint(method, re.compile(pattern.replace("{id}", "([^/]+)")), params, act)
            )

        for kind, path in _LISTED.items():
            put("GET", path, FILTERS[kind], self._lister(kind, path))
            put("GET", f"{path}/{{id}}", _EXPAND_ONLY, self._retriever(kind))
        put("POST", "/v1/checkout/sessions", sessions.CREATE, self._create_session)
        put("POST", "/v1/checkout/sessions/{id}/expire", _EXPAND_ONLY, self._expire_session)
        put("GET", "/v1/checkout/sessions/{id}/line_items", Record(PAGING), self._line_items)
        put("POST", "/v1/refunds", refunds.CREATE, self._create_refund)
        put("GET", "/v1/balance", _EXPAND_ONLY, lambda _, __: balance.balance(self._world))
        put("GET", "/v1/account", _EXPAND_ONLY, self._account)
        put("GET", "/v1/accounts/{id}", _EXPAND_ONLY, self._account)
        return table

    def _lister(self, kind: str, path: str) -> Act:
        return lambda _, asked: page(self._world, kind, asked, path)

    def _retriever(self, kind: str) -> Act:
        return lambda object_id, _: self._world.shown(self._world.get(kind, object_id))

    def _create_session(self, _: str, asked: Obj) -> Obj:
        return self._world.shown(sessions.create(self._world, asked, self._public_url))

    def _expire_session(self, session_id: str, _: Obj) -> Obj:
        session = self._world.get("checkout.session", session_id)
        return self._world.shown(sessions.expire(self._world, session))

    def _line_items(self, session_id: str, asked: Obj) -> Obj:
        session = self._world.get("checkout.session", session_id)
        items = sessions.line_items(self._world, session)
        limit = asked.get("limit", 10)
        url = f"/v1/checkout/sessions/{session_id}/line_items"
        return listed(items[:limit], url, has_more=len(items) > limit)

    def _create_refund(self, _: str, asked: Obj) -> Obj:
        charge = refunds.charge_of(self._world, asked)
        outcome = self.next_refunds[0] if self.next_refunds else "succeeded"
        refund = refunds.create(self._world, charge, asked, outcome)
        del self.next_refunds[:1]
        return self._world.shown(refund)

    def _account(self, account_id: str, _: Obj) -> Obj:
        own = self.account
        if account_id not in {"", own.account_id}:
            raise Refused(
                f"The provided key does not have access to account '{account_id}'.",
                status=403,
                code="account_invalid",
                kept=False,
            )
        return account_object(own)


def account_object(own: Account) -> Obj:
    """The Account object."""
    requirements: dict[str, Any] = {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": [],
        "disabled_reason": None,
        "errors": [],
        "eventually_due": [],
        "past_due": [],
        "pending_verification": [],
    }
    return {
        "id": own.account_id,
        "object": "account",
        "business_profile": {
            "mcc": "8398",
            "name": own.name,
            "support_address": None,
            "support_email": None,
            "support_phone": None,
            "support_url": None,
            "url": None,
        },
        "business_type": "non_profit",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": own.charges_enabled,
        "country": own.country,
        "created": 1_700_000_000,
        "default_currency": own.default_currency,
        "details_submitted": True,
        "email": "charity@stand-in.example",
        "external_accounts": listed([], f"/v1/accounts/{own.account_id}/external_accounts"),
        "future_requirements": dict(requirements),
        "metadata": {},
        "payouts_enabled": True,
        "requirements": requirements,
        "type": "standard",
    }
