"""
Nested parameters as Stripe's clients write them in a form: `line_items[0][price_data][currency]`.

Lists may be written with numbers (`expand[0]`) or with empty brackets (`expand[]`). Both become
mappings of "0", "1", ... here; `params.Many` knows that it wants a list.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox.stripe.errors import Invalid

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_PART = re.compile(r"\[([^\[\]]*)\]")

Nested = dict[str, Any]
"""A str at the leaves, mappings above them."""


def decode(text: str) -> Nested:
    """
    Read a query string or a form body.

    Raises:
        Invalid: a name is malformed, or is a value and a mapping at once.
    """
    tree: Nested = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        matched = _NAME.match(name)
        if matched is None:
            raise Invalid(f"Invalid parameter name: {name}", param=name)
        _put(tree, [matched[1], *_PART.findall(matched[2])], value, name)
    return tree


def _put(tree: Nested, parts: list[str], value: str, name: str) -> None:
    holder = tree
    for part in parts[:-1]:
        inner = holder.setdefault(part or str(len(holder)), {})
        if not isinstance(inner, dict):
            raise Invalid(f"Invalid hash at {name}", param=name)
        holder = inner
    last = parts[-1] or str(len(holder))
    if isinstance(holder.get(last), dict):
        raise Invalid(f"Invalid hash at {name}", param=name)
    holder[last] = value
