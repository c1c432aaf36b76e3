"""The cards of news: one for each icon of the vocabulary, in both directions, without a word."""

import re

import pytest

from stories.icons import drawing, icon
from stories.milestones import KIND_ICONS, KIND_LABELS, VOCABULARY, Kind
from stories.news_cards import news_card, news_cards


def test_every_milestone_and_every_kind_has_its_card_in_both_directions():
    keys = {card.key for card in news_cards()}
    icons = {milestone.icon for milestone in VOCABULARY.values()} | set(KIND_ICONS.values())

    assert keys == {news_card(name, rtl=rtl).key for name in icons for rtl in (False, True)}
    assert len(keys) == 2 * len(icons)


def test_every_kind_has_a_name_an_icon_and_a_milestone():
    assert set(KIND_LABELS) == set(KIND_ICONS) == set(Kind)
    assert {milestone.kind for milestone in VOCABULARY.values()} == set(Kind)
    for name in KIND_ICONS.values():
        icon(name)


@pytest.mark.parametrize("rtl", [False, True])
def test_the_icon_stays_as_it_is_and_the_land_is_turned(rtl):
    svg = news_card("rice", rtl=rtl).svg()

    assert drawing("rice").markup in svg
    assert ("scale(-1 1)" in svg) is rtl


def test_no_word_stands_in_the_picture():
    for card in news_cards():
        assert not re.search(r"<text|<image|href", card.svg())
