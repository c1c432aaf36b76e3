"""The cards as SVG: what they show, for whom they are mirrored, how well they can be seen."""

import io
import re
from itertools import pairwise

import pytest
from PIL import Image

from stories import scene
from stories.cards import StepCard, _key, cover_card, funding_card, share_card, step_card
from stories.pack import Chapter
from stories.palette import LEAST_CONTRAST, PALETTES, contrast
from stories.raster import draw


def ring_of_the_current_step(svg, chapter):
    """Where the ring around the current step is: its x."""
    sun = PALETTES[chapter].sun
    (found,) = re.findall(rf'cx="([\d.]+)" cy="[\d.]+" r="63" fill="{sun}"', svg)
    return float(found)


@pytest.mark.parametrize("chapter", Chapter)
def test_whatever_carries_meaning_has_contrast(chapter):
    for what, (one, other) in PALETTES[chapter].meaningful_pairs().items():
        assert contrast(one, other) >= LEAST_CONTRAST, what


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


def test_a_card_has_no_words_and_takes_nothing_from_elsewhere(mala):
    pictures = [step_card(mala, step, rtl=False) for step in mala.steps]
    for picture in (*pictures, cover_card(rtl=False), funding_card(45, rtl=False)):
        svg = picture.svg()
        assert not re.search(r"<(text|image|use|style|script|foreignObject)\b|href", svg)
        assert not re.search(r">[^<\s]", svg)


def test_no_colour_was_left_to_chance(mala):
    svg = step_card(mala, mala.steps[6], rtl=False).svg()

    colours = set(re.findall(r'(?:fill|stroke|color)="([^"]+)"', svg))
    assert all(re.fullmatch(r"#[0-9A-F]{6}|none|currentColor|url\(#sky\)", c) for c in colours)


def test_the_ring_walks_along_the_path_from_the_reader_s_side(mala):
    steps = mala.chapter_steps(Chapter.BEFORE)

    left = [
        ring_of_the_current_step(step_card(mala, step, rtl=False).svg(), step.chapter)
        for step in steps
    ]
    right = [
        ring_of_the_current_step(step_card(mala, step, rtl=True).svg(), step.chapter)
        for step in steps
    ]

    assert left == sorted(left)
    assert right == pytest.approx([scene.WIDTH - x for x in left])


def test_told_and_coming_steps_differ_in_shape(mala):
    first, *_, last = mala.chapter_steps(Chapter.BEFORE)

    assert "stroke-dasharray" in step_card(mala, first, rtl=False).svg()
    assert "stroke-dasharray" not in step_card(mala, last, rtl=False).svg()


def test_an_icon_is_not_mirrored(mala):
    svg = step_card(mala, mala.steps[4], rtl=True).svg()

    mirrored = svg[svg.index("scale(-1 1)") :].split("</g>")[0]
    assert svg.count("scale(-1 1)") == 1
    assert "currentColor" not in mirrored


def test_the_gentle_card_has_a_path_of_one_step(mala):
    picture = step_card(mala, mala.gentle_step, rtl=False)

    assert picture.path == ("umbrella",)
    assert ring_of_the_current_step(picture.svg(), Chapter.EXPLOITATION) == scene.WIDTH / 2


@pytest.mark.parametrize(
    ("percent", "shown"), [(-3, 0), (0, 0), (4, 0), (5, 5), (99, 95), (100, 100), (140, 100)]
)
def test_funding_is_rounded_down_to_five_percent(percent, shown):
    assert funding_card(percent, rtl=False).percent == shown


def test_there_are_twenty_one_funding_cards_a_direction():
    keys = {
        funding_card(percent, rtl=rtl).key for percent in range(-5, 120) for rtl in (False, True)
    }

    assert len(keys) == 42


def test_every_card_of_a_story_has_its_own_key_in_each_direction(mala, arif):
    keys = [
        step_card(pack, step, rtl=rtl).key
        for pack in (mala, arif)
        for step in (*pack.steps, pack.gentle_step)
        for rtl in (False, True)
    ]

    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys)


def test_a_key_is_bound_to_the_picture_and_to_the_encoder(mala, monkeypatch):
    one = step_card(mala, mala.steps[0], rtl=False)
    same = step_card(mala, mala.steps[0], rtl=False)
    before = one.key
    assert same.key == before

    monkeypatch.setattr("stories.cards.ENCODER", "another")
    _key.cache_clear()
    assert one.key != before
    _key.cache_clear()


@pytest.mark.parametrize("count", range(3, 8))
def test_the_steps_of_a_path_do_not_touch_and_stay_on_the_card(count):
    picture = StepCard(False, Chapter.BEFORE, ("rain",) * count, 1, ("rain", "rain"))

    circles = re.findall(r'cx="([\d.]+)" cy="[\d.]+" r="(63|40|38)"', picture.svg())
    edges = sorted((float(x) - float(r), float(x) + float(r)) for x, r in circles)
    assert len(edges) == count
    assert edges[0][0] > 20
    assert edges[-1][1] < scene.WIDTH - 20
    assert all(start > end + 10 for (_, end), (start, _) in pairwise(edges))


def test_a_way_ends_where_its_part_says():
    line = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]

    assert scene.along(line, 0)[-1] == (0.0, 0.0)
    assert scene.along(line, 0.75) == [(0.0, 0.0), (10.0, 0.0), (10.0, 5.0)]
    assert scene.along(line, 1)[-1] == (10.0, 10.0)


def test_the_picture_of_a_link_has_the_size_that_is_shown_and_no_word():
    svg = share_card().svg()
    picture = Image.open(io.BytesIO(draw(svg)))

    assert picture.size == (1200, 630)
    assert "<text" not in svg
