"""From a screen to a message: escaped, mirrored, within limits, with the links of its language."""

import pytest

from bot.rendering import CAPTION_UNITS, TOAST_CHARACTERS, render, units
from conversations.routes import Cases, Help, Step, Welcome
from conversations.screens import (
    Button,
    CoverPicture,
    FundingPicture,
    Link,
    Screen,
    StepPicture,
    Told,
)
from locales.text import Name, Text, say
from sandbox.telegram.markup import parse_html
from stories.cards import CoverCard, FundingCard, StepCard

PUBLIC = "https://page.example"


@pytest.fixture
def english(languages):
    return languages.i18n("en")


@pytest.fixture
def arabic(languages):
    return languages.i18n("ar")


def screen(*pieces, **otherwise):
    return Screen(blocks=(pieces,), **otherwise)


def keys(rendered):
    """The rows of buttons, as they are laid out from the left."""
    return rendered.keyboard.inline_keyboard


def rows(rendered):
    """Their labels."""
    return [[button.text for button in row] for row in keys(rendered)]


def test_rows_are_mirrored_for_those_who_read_from_the_right(english, arabic):
    labels = [[Text("1"), Text("2"), Text("3")], [Text("4")]]
    keyboard = tuple(tuple(Button(label, Help()) for label in row) for row in labels)

    assert rows(render(screen(Told("x"), keyboard=keyboard), english, PUBLIC)) == [
        ["1", "2", "3"],
        ["4"],
    ]
    assert rows(render(screen(Told("x"), keyboard=keyboard), arabic, PUBLIC)) == [
        ["3", "2", "1"],
        ["4"],
    ]


def test_a_mirrored_button_keeps_its_meaning(arabic):
    keyboard = ((Button(say("← Back"), Step("b", 0)), Button(say("Next →"), Step("b", 2))),)

    (row,) = keys(render(screen(Told("x"), keyboard=keyboard), arabic, PUBLIC))

    assert [button.callback_data for button in row] == ["1:st:b:2", "1:st:b:0"]
    assert row[0].text == arabic.t("Next →")


def test_words_of_a_story_are_escaped_and_never_read_as_tags(english):
    words = 'Ali & "Sons" <b>said</b> 1 < 2 </b>'

    rendered = render(screen(Told(words)), english, PUBLIC)

    assert parse_html(rendered.html) == (words, [])


def test_a_value_is_escaped_and_the_tags_of_the_sentence_are_kept(english):
    rendered = render(
        screen(say("<b>{title}</b>", title="<i>&</i>"), say("{name}'s story", name=Name("<u>"))),
        english,
        PUBLIC,
    )

    text, entities = parse_html(rendered.html)
    assert text == "<i>&</i>\n\u2068<u>\u2069's story"
    assert [entity["type"] for entity in entities] == ["bold"]


def test_labels_and_toasts_are_plain_text(english):
    button = Button(say("{name}'s story", name=Name("A & B")), Help())

    rendered = render(
        screen(Told("x"), keyboard=((button,),), toast=say("{title}", title="1 < 2")),
        english,
        PUBLIC,
    )

    assert rows(rendered) == [["\u2068A & B\u2069's story"]]
    assert rendered.toast == "1 < 2"


def test_blocks_are_parted_by_an_empty_line_and_lines_are_not(english):
    rendered = render(Screen(blocks=((Told("a"), Told("b")), (Told("c"),))), english, PUBLIC)

    assert rendered.html == "a\nb\n\nc"
    assert rendered.keyboard is None
    assert rendered.toast is None


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_link_to_the_companion_page_is_in_the_readers_language(languages, locale):
    keyboard = (
        (Link(say("Help on the web"), "/help"), Link(say("Help"), "https://pay.example/1")),
    )

    (row,) = keys(render(screen(Told("x"), keyboard=keyboard), languages.i18n(locale), PUBLIC))

    assert {button.url for button in row} == {f"{PUBLIC}/{locale}/help", "https://pay.example/1"}


@pytest.mark.parametrize(
    ("words", "has_picture"),
    [
        ("x" * CAPTION_UNITS, True),
        ("x" * (CAPTION_UNITS + 1), False),
        # Two units each.
        ("😀" * (CAPTION_UNITS // 2), True),
        ("😀" * (CAPTION_UNITS // 2) + "x", False),
    ],
)
def test_words_too_long_for_a_picture_go_without_it(english, words, has_picture):
    rendered = render(screen(Told(words), picture=CoverPicture()), english, PUBLIC)

    assert (rendered.picture is not None) is has_picture
    assert rendered.html == words


def test_units_are_those_of_utf_16():
    assert [units(text) for text in ("", "abc", "ก", "😀", "\u2068")] == [0, 3, 1, 2, 1]


def test_a_long_toast_is_cut_where_telegram_would_refuse_it(english):
    rendered = render(screen(Told("x"), toast=Text("y" * 300)), english, PUBLIC)

    assert rendered.toast == "y" * TOAST_CHARACTERS


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_card_is_laid_out_for_the_direction_of_reading(languages, packs, locale):
    rtl = locale == "ar"
    pictures = {
        CoverPicture(): CoverCard(rtl),
        FundingPicture(47): FundingCard(rtl, 45),
        None: None,
    }
    for asked, drawn in pictures.items():
        rendered = render(screen(Told("x"), picture=asked), languages.i18n(locale), PUBLIC)
        assert rendered.picture == drawn
    step = render(
        screen(Told("x"), picture=StepPicture(packs[0], packs[0].steps[2])),
        languages.i18n(locale),
        PUBLIC,
    ).picture
    assert isinstance(step, StepCard)
    assert (step.rtl, step.current) == (rtl, 2)


def test_what_shows_a_story_is_marked(english):
    assert render(screen(Told("x"), is_story=True), english, PUBLIC).is_story
    assert not render(screen(Told("x")), english, PUBLIC).is_story


def test_the_same_screen_is_the_same_message(english):
    keyboard = ((Button(say("Start"), Welcome()), Button(say("See the stories"), Cases())),)
    asked = screen(Told("x"), picture=CoverPicture(), keyboard=keyboard)

    assert render(asked, english, PUBLIC) == render(asked, english, PUBLIC)
