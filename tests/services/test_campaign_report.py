"""What a campaign reached, as it may be told: no small count, and none that a sum gives away."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import campaign_report
from services.arrivals import Landing
from services.campaign_report import LEAST_TOLD, hidden
from services.campaigns import Campaign, Count, Given, Report, Stage

DAY, NEXT = "2026-11-27", "2026-11-28"
SPRING = Campaign(1, "abc", "Spring <1>", None, None, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None)


def a_report(counts=(), gifts=()):
    return Report(Landing(SPRING, None, None), counts, gifts)


def rows(lines):
    return [(line.words, line.told, line.share) for line in lines]


def test_the_way_goes_from_the_link_to_the_gift_with_what_is_left_at_each_stage():
    found = a_report(
        [
            Count(DAY, "en", Stage.OPENED, 8),
            Count(NEXT, "th", Stage.OPENED, 12),
            Count(DAY, "en", Stage.STEP, 15),
            Count(DAY, "en", Stage.STEP + 1, 10),
            Count(DAY, "en", Stage.NEED, 8),
            Count(DAY, "en", Stage.FOLLOWED, 6),
            Count(DAY, "en", Stage.OPENED_ON_WEB, 40),
            Count(DAY, "en", Stage.PLAN_ON_WEB, 10),
        ],
        [Given(DAY, "en", "chat", "USD", 5, 50_000), Given(DAY, "th", "web", "USD", 9, 90_000)],
    )

    assert rows(campaign_report.in_chat(found)) == [
        ("opened in the chat", "20", ""),
        ("saw step 1", "15", "75%"),
        ("saw step 2", "10", "66%"),
        ("saw the plan in the chat", "8", "80%"),
        ("followed in the chat", "6", "75%"),
        ("gave in the chat", "5", "83%"),
    ]
    assert rows(campaign_report.on_web(found)) == [
        ("opened on the web", "40", ""),
        ("went on to the plan on the web", "10", "25%"),
        ("gave on the web", "9", "90%"),
    ]
    assert campaign_report.sums(found) == ["1400.00 USD in 14 gifts"]


def test_a_small_count_is_told_nowhere_nor_what_it_is_of_another():
    found = a_report(
        [Count(DAY, "km", Stage.OPENED, 4), Count(DAY, "km", Stage.STEP, 7)],
        [Given(DAY, "km", "chat", "USD", 4, 12_345)],
    )

    assert rows(campaign_report.in_chat(found))[:2] == [
        ("opened in the chat", "<5", ""),
        ("saw step 1", "7", ""),
    ]
    assert campaign_report.sums(found) == ["in USD: too few gifts to be told"]
    assert f"{DAY},km,opened in the chat,<5\r\n" in campaign_report.csv_of(found)
    picture = campaign_report.picture_of(found)
    assert "&lt;5" in picture
    assert "Spring &lt;1&gt;" in picture
    assert "123" not in picture + campaign_report.csv_of(found)


def test_a_day_that_the_sum_would_give_away_is_not_told_either():
    found = a_report(
        [
            Count(DAY, "en", Stage.OPENED, 3),
            Count(NEXT, "en", Stage.OPENED, 9),
            Count("2026-11-29", "en", Stage.OPENED, 30),
        ]
    )

    told = [(row.what, row.in_chat, row.on_web) for row in campaign_report.by_day(found)]

    assert told == [(DAY, "<5", "0"), (NEXT, "-", "0"), ("2026-11-29", "30", "0")]


def test_what_is_hidden_in_the_file_cannot_be_found_by_the_sums_of_the_page():
    found = a_report(
        [
            Count(DAY, "en", Stage.OPENED, 20),
            Count(DAY, "th", Stage.OPENED, 2),
            Count(NEXT, "en", Stage.OPENED, 30),
            Count(NEXT, "th", Stage.OPENED, 40),
        ]
    )

    told = {
        (row["day"], row["language"]): row["count"]
        for row in csv.DictReader(io.StringIO(campaign_report.csv_of(found)))
    }

    # The day's sum is known, and so is the language's: each wants a second one hidden.
    assert told[DAY, "th"] == "<5"
    assert told[DAY, "en"] == told[NEXT, "th"] == "-"


def test_gifts_in_a_place_are_not_told_where_the_sum_would_tell_the_other():
    found = a_report(
        [], [Given(DAY, "en", "chat", "USD", 9, 900), Given(DAY, "en", "web", "USD", 2, 200)]
    )

    assert campaign_report.in_chat(found)[-1].told == "-"
    assert campaign_report.on_web(found)[-1].told == "<5"
    assert campaign_report.sums(found) == ["11.00 USD in 11 gifts"]


@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(0, 12)))
def test_no_sum_less_what_is_told_of_it_gives_one_or_few_away(cells):
    def groups(key):
        return ("all", ("row", key[0]), ("column", key[1]))

    hide = hidden(cells, groups)

    assert {key for key, number in cells.items() if 0 < number < LEAST_TOLD} <= hide
    for group in {group for key in cells for group in groups(key)}:
        inside = [key for key in cells if group in groups(key) and cells[key]]
        unseen = [key for key in inside if key in hide]
        if unseen and len(unseen) < len(inside):
            assert len(unseen) > 1
            assert sum(cells[key] for key in unseen) >= LEAST_TOLD


@pytest.mark.parametrize(
    ("number", "is_hidden", "words"),
    [(0, False, "0"), (5, False, "5"), (4, True, "<5"), (9, True, "-")],
)
def test_each_count_is_told_in_its_way(number, is_hidden, words):
    assert campaign_report.told(number, is_hidden=is_hidden) == words
