"""
Stripe's own annotations as a schema.

The resource classes and the parameter types of the `stripe` package are generated from Stripe's
specification. A walk along them finds keys that do not exist, values of a wrong type, words that
are not in a closed list, and required keys that are missing. It cannot tell "may be null" from "may
be absent", so tests also name the keys that the program reads.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import sys
import types
import typing
from decimal import Decimal
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

import stripe
from stripe import ListObject, StripeObject
from stripe._stripe_object import UntypedStripeObject

CLASSES: dict[str, type] = {
    "account": stripe.Account,
    "balance": stripe.Balance,
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "payment_intent": stripe.PaymentIntent,
    "payout": stripe.Payout,
    "refund": stripe.Refund,
}
READ = {
    "checkout.session": "id status payment_status amount_total currency client_reference_id "
    "metadata payment_intent expires_at url livemode",
    "payment_intent": "id latest_charge status amount",
    "charge": "id amount currency paid status captured disputed refunded amount_refunded "
    "balance_transaction payment_intent created livemode",
    "balance_transaction": "id amount fee net currency type source available_on exchange_rate "
    "created balance_type reporting_category",
    "refund": "id charge amount currency status created balance_transaction metadata",
    "dispute": "id charge amount currency status created balance_transactions",
    "payout": "id amount currency status automatic reconciliation_status created arrival_date "
    "failure_code",
    "balance": "available pending",
    "event": "id type data created livemode api_version",
}
"""The keys that the program reads, by kind of object. They are there, be it with null."""


def complaints(thing: dict[str, Any]) -> list[str]:
    """What is wrong with an object of the API; empty if nothing is."""
    kind = thing["object"]
    if kind == "list":
        return [told for inner in thing["data"] for told in complaints(inner)]
    found = _object(CLASSES[kind], thing, kind)
    found += [
        f"{kind}.{key}: read, but absent" for key in READ.get(kind, "").split() - thing.keys()
    ]
    if kind == "event":
        found += [f"event of {told}" for told in complaints(thing["data"]["object"])]
    return found


def param_complaints(params_type: type, params: dict[str, Any]) -> list[str]:
    """What is wrong with parameters, judged by one of the TypedDicts in `stripe.params`."""
    return _typed_dict(params_type, params, params_type.__name__)


def words_of(params_type: type, *path: str) -> set[str]:
    """The closed list of words that the parameter at *path* may be."""
    hint = _inside(params_type, path)
    found: set[str] = set()
    pending = [hint]
    while pending:
        hint = _resolved(pending.pop(), params_type)
        if get_origin(hint) is Literal:
            found |= set(get_args(hint))
        else:
            pending += get_args(hint)
    return found


def names_of(params_type: type, *path: str) -> set[str]:
    """The names of the parameters inside the one at *path*."""
    return set(_hints(_inside(params_type, path)))


def _inside(params_type: type, path: tuple[str, ...]) -> Any:
    hint: Any = params_type
    for name in path:
        hint = _resolved(_plain(_hints(hint)[name]), params_type)
        if get_origin(hint) is list:
            hint = _resolved(get_args(hint)[0], params_type)
    return hint


def _object(cls: type, thing: Any, where: str) -> list[str]:
    if not isinstance(thing, dict):
        return [f"{where}: {thing!r} is not an object"]
    hints = _hints(cls)
    found = [f"{where}.{key}: unknown" for key in thing.keys() - hints.keys()]
    for key, hint in hints.items():
        if key in thing:
            found += _value(hint, thing[key], f"{where}.{key}", cls)
        elif not _may_be_none(hint):
            found.append(f"{where}.{key}: missing")
    return found


def _typed_dict(cls: type, given: Any, where: str) -> list[str]:
    if not isinstance(given, dict):
        return [f"{where}: {given!r} is not a mapping"]
    hints = _hints(cls)
    found = [f"{where}.{key}: unknown" for key in given.keys() - hints.keys()]
    for key, hint in hints.items():
        if key in given:
            found += _value(_plain(hint), given[key], f"{where}.{key}", cls)
        elif get_origin(hint) is not NotRequired and not _is_option(cls, key):
            found.append(f"{where}.{key}: missing")
    return found


def _is_option(cls: type, key: str) -> bool:
    """Request options (api key, idempotency key) stand in the same TypedDict, all optional."""
    return key in stripe.RequestOptions.__annotations__ and cls.__name__.endswith("Params")


def _value(hint: Any, value: Any, where: str, owner: type) -> list[str]:
    hint = _resolved(hint, owner)
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _union(get_args(hint), value, where, owner)
    if origin is Literal:
        return [] if value in get_args(hint) else [f"{where}: {value!r} is no such word"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{where}: {value!r} is not a list"]
        each = get_args(hint)[0]
        return [
            told
            for at, inner in enumerate(value)
            for told in _value(each, inner, f"{where}[{at}]", owner)
        ]
    if origin in {dict, UntypedStripeObject}:
        return _mapping(get_args(hint)[-1], value, where, owner)
    if origin is ListObject:
        return _list_object(get_args(hint)[0], value, where, owner)
    return _plain_value(hint, value, where)


def _plain_value(hint: Any, value: Any, where: str) -> list[str]:
    if hint is Any:
        return []
    if hint is type(None):
        return [] if value is None else [f"{where}: {value!r} is not null"]
    if hint is Decimal:
        right = isinstance(value, str) and Decimal(value).is_finite()
    elif hint is float:
        right = type(value) in {int, float}
    elif _is_typed_dict(hint):
        return _typed_dict(hint, value, where)
    elif isinstance(hint, type) and issubclass(hint, StripeObject):
        return _object(hint, value, where)
    else:
        right = type(value) is hint
    return [] if right else [f"{where}: {value!r} is not {getattr(hint, '__name__', hint)}"]


def _union(arms: tuple[Any, ...], value: Any, where: str, owner: type) -> list[str]:
    arms = tuple(_resolved(arm, owner) for arm in arms)
    if isinstance(value, str) and any(get_origin(arm) is Literal for arm in arms):
        # `Literal[...] | str` says: these words today. Today's are meant.
        arms = tuple(arm for arm in arms if arm is not str)
    judged = [_value(arm, value, where, owner) for arm in arms]
    return min(judged, key=len)


def _mapping(hint: Any, value: Any, where: str, owner: type) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is not a mapping"]
    return [
        told
        for key, inner in value.items()
        for told in _value(hint, inner, f"{where}.{key}", owner)
    ]


def _list_object(hint: Any, value: Any, where: str, owner: type) -> list[str]:
    if not isinstance(value, dict) or value.keys() != {"object", "data", "has_more", "url"}:
        return [f"{where}: {value!r} is not a list object"]
    return _value(list[hint], value["data"], f"{where}.data", owner)


def _is_typed_dict(cls: Any) -> bool:
    # Not typing.is_typeddict: the package takes its TypedDict from typing_extensions.
    return hasattr(cls, "__total__") and hasattr(cls, "__required_keys__")


def _may_be_none(hint: Any) -> bool:
    return type(None) in get_args(hint)


def _plain(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) in {NotRequired, Required} else hint


def _resolved(hint: Any, owner: type) -> Any:
    if isinstance(hint, typing.ForwardRef):
        hint = hint.__forward_arg__
    if isinstance(hint, str):
        return eval(hint, _names(owner.__module__))  # noqa: S307 - the package's own annotations
    return hint


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    if _is_typed_dict(cls):  # it gathers what it inherits by itself
        return {key: _resolved(hint, cls) for key, hint in cls.__annotations__.items()}
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, StripeObject):
            own = inspect.get_annotations(base)
            found |= {key: _resolved(hint, cls) for key, hint in own.items() if key[0] != "_"}
    return {key: hint for key, hint in found.items() if get_origin(hint) is not typing.ClassVar}


@functools.cache
def _names(module_name: str) -> dict[str, Any]:
    """A module's names with those that it imports only for type checkers."""
    module = sys.modules[module_name]
    names: dict[str, Any] = {**vars(typing), **vars(module)}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("stripe"):
            source = importlib.import_module(node.module)
            for alias in node.names:
                names.setdefault(alias.asname or alias.name, getattr(source, alias.name))
    return names
