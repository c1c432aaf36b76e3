"""The milestone vocabulary: closed, drawn with known icons, and telling of nobody."""

import re

import pytest

from stories import icons, milestones


def test_there_are_about_twenty_five_and_each_has_a_label_of_its_own():
    labels = [milestone.label.msgid for milestone in milestones.VOCABULARY.values()]

    assert 20 <= len(labels) <= 30
    assert len({*labels}) == len(labels)


@pytest.mark.parametrize("name", milestones.VOCABULARY)
def test_is_drawn_with_an_icon_of_the_vocabulary(name):
    assert milestones.milestone(name).icon in icons.VOCABULARY


@pytest.mark.parametrize("name", milestones.VOCABULARY)
def test_tells_of_nobody_and_of_no_time(name):
    label = milestones.milestone(name).label.msgid

    assert not re.search(r"\b(he|she|his|her|they|their|today|yesterday)\b|\d", label, re.I)


def test_another_word_is_refused():
    with pytest.raises(milestones.UnknownMilestone, match=r"'won_the_lottery' is not a milestone"):
        milestones.milestone("won_the_lottery")
