"""Routes: a button holds its whole meaning in 64 bytes, and what comes back is checked as input."""

from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conversations import routes, staff_menu
from conversations.routes import (
    Amounts,
    Answer,
    Cases,
    Confirm,
    Gift,
    Give,
    Languages,
    NotARoute,
    Payment,
    Readings,
    Route,
    SetLanguage,
    Step,
    Welcome,
    Who,
    decode,
    encode,
    folded,
    unfolded,
)
from locales.known import KNOWN
from services.wishes import mark_of
from storage.codes import new_case_code, new_code, new_reference
from stories.milestones import VOCABULARY

ROUTES = get_args(Route)
WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
codes = st.text(WORD, min_size=1, max_size=8)
references = st.text(WORD, min_size=1, max_size=28)
minors = st.integers(0, 10**15)
LONGEST = {
    "country": "TH",
    "wanted": "off",
    "where": new_case_code(),
    "campaign": new_code(10),
    "code": new_case_code(),
    "reference": new_reference(),
    "locale": max(KNOWN, key=len),
    "then": "a" * 35,
    "why": "currency",
    "position": 10**15,
    "page": 10**15,
    "amount_minor": 10**15,
    "one_minor": 10**15,
    "other_minor": 10**15,
    "question_id": 10**15,
    "wish": new_case_code(),
    "fee": "yes",
    "seen": mark_of("words"),
    "told": "little",
    "screen": max(staff_menu.SCREENS, key=len),
    "one": new_case_code(),
    "two": max(VOCABULARY, key=len),
    "three": "2026-11",
}
"""The longest value that each field of a route can have in a button."""


def made_of(route):
    """Any *route* with fields as the program makes them."""
    by_name = {"reference": references, "locale": st.sampled_from(sorted(KNOWN))}
    return st.builds(
        route,
        *(
            minors if field.type is int else by_name.get(field.name, codes)
            for field in fields(route)
        ),
    )


@given(st.one_of([made_of(route) for route in ROUTES]))
def test_a_route_comes_back_as_it_went(route):
    assert decode(encode(route)) == route


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.__name__)
def test_the_longest_of_each_route_fits_into_a_button(route):
    longest = route(**{field.name: LONGEST[field.name] for field in fields(route)})

    assert len(encode(longest).encode()) <= 64
    assert decode(encode(longest)) == longest


@pytest.mark.parametrize("route", [Languages, Amounts, Cases])
def test_what_has_a_default_may_be_left_out(route):
    given = ("abc",) if route is Amounts else ()

    assert decode(encode(route(*given))) == route(*given)


def test_the_list_without_a_page_is_its_first():
    assert decode("1:cs") == Cases(0)


def test_every_route_has_a_tag_of_its_own():
    tags = {
        encode(route(*(LONGEST[f.name] for f in fields(route)))).split(":")[1] for route in ROUTES
    }

    assert len(tags) == len(ROUTES)


@given(st.text() | st.text(st.characters(categories=["Cs", "Nd", "Cc"])))
@example("1:wh:\ud800")
@example("1:st:abc:٢")
@example("1:st:abc:²")
@example("1:wh:é")
@example("1:st:abc:" + "9" * 50)
@example("1:wh:" + "a" * 59)
def test_hostile_data_is_a_route_or_it_is_not(data):
    try:
        route = decode(data)
    except NotARoute:
        return

    assert isinstance(route, ROUTES)
    encode(route)


@given(
    st.sampled_from(sorted(routes._BY_TAG)),
    st.lists(st.text(WORD + ":.\u0660\ud800 ", max_size=40), max_size=5),
)
def test_hostile_fields_are_a_route_or_they_are_not(tag, values):
    try:
        route = decode(":".join(("1", tag, *values)))
    except NotARoute:
        return

    encode(route)


@pytest.mark.parametrize(
    "data",
    [
        "",
        ":",
        "1",
        "1:",
        "1:zz",
        "1:W",
        "0:w",
        "2:w",
        "w",
        "1:w:more",
        "1:wh",
        "1:st:abc",
        "1:st:abc:",
        "1:st:abc:-1",
        "1:st:abc:1.0",
        "1:st:abc:+1",
        "1:st:abc: 1",
        "1:st:abc:1_0",
        "1:st:abc:x",
        "1:st:abc:1:2",
        "1:co:abc:1000000000000001",
        "1:wh:a b",
        "1:wh:a/b",
        "1:wh:a'b",
        "1:wh:<b>",
        "1:wh:" + "a" * 33,
        "1:wh:abc\n",
        "1:wh:é",
        "1:wh:ก",
        "1:st:abc:٢",
    ],
)
def test_data_of_no_route_is_refused(data):
    with pytest.raises(NotARoute):
        decode(data)


def test_a_word_as_long_as_can_be_still_fits_beside_a_language():
    then = folded(Who("a" * 32))

    assert unfolded(then) == Who("a" * 32)
    assert decode(f"1:l:{then}") == Languages(then)
    for locale in KNOWN:
        assert decode(encode(SetLanguage(locale, then))) == SetLanguage(locale, then)


def test_what_does_not_fit_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="longer than 64 bytes"):
        encode(Who("a" * 60))


@pytest.mark.parametrize(
    ("route", "data"),
    [
        (Welcome(), "1:w"),
        (Step("bcd23456", 3), "1:st:bcd23456:3"),
        (Step("bcd23456", 0), "1:st:bcd23456:0"),
        (Amounts("bcd23456"), "1:am:bcd23456"),
        (Amounts("bcd23456", "many"), "1:am:bcd23456:many"),
        (Readings("b", 1, 2), "1:rd:b:1:2"),
        (Confirm("b", 5), "1:co:b:5"),
        (Give("b", 5), "1:gi:b:5"),
        (Give("b", 5, "back", "", "a1b2"), "1:gi:b:5:back::a1b2"),
        (Answer("r", 7, "b", "a1b2"), "1:an:r:7:b:a1b2"),
        (Gift("r"), "1:gf:r"),
        (Payment("r"), "1:pa:r"),
    ],
)
def test_the_form_is_the_one_that_stands_in_chats_already(route, data):
    assert encode(route) == data
    assert decode(data) == route
