"""The icon vocabulary: closed, complete on disk, free of what must never be shown."""

import re
from xml.etree import ElementTree as ET

import pytest

from stories import icons

NAMES = list(icons.VOCABULARY)


@pytest.mark.parametrize(
    "name",
    [
        "arrest-detention",
        "confined",
        "harassment-intimidation",
        "assault",
        "sexual-violence",
        "prisoner",
        "female_sex_worker",
        "traumatism",
        "bandaged",
        "loudly_crying",
        "imprisoned",
        "cage",
        "handcuffs",
        "link-chain",
    ],
)
def test_the_ban_list_bans(name):
    assert icons.BANNED.search(name)


def test_no_icon_is_on_the_ban_list():
    for icon in icons.VOCABULARY.values():
        told = f"{icon.name} {icon.drawing} {icon.alt}".lower()
        assert not icons.BANNED.search(told), f"{icon.name}: choose an object or weather instead"


def test_no_banned_drawing_lies_in_the_folder():
    assert not [path for path in icons.FOLDER.rglob("*.svg") if icons.BANNED.search(path.stem)]


def test_the_folder_holds_the_drawings_of_the_vocabulary_and_no_others():
    needed = {icons.drawing_file(name, solid=solid) for name in NAMES for solid in (False, True)}

    assert set(icons.FOLDER.rglob("*.svg")) == needed


def test_no_word_is_in_the_vocabulary_twice():
    listed = re.findall(r'Icon\(\s*"(\w+)"', (icons.FOLDER / "../icons.py").read_text("utf-8"))

    assert len(listed) == len(set(listed)) == len(NAMES)


def test_every_alt_text_is_its_own_and_a_plain_phrase():
    alts = [icon.alt for icon in icons.VOCABULARY.values()]

    assert len(set(alts)) == len(alts)
    assert [alt for alt in alts if not 2 <= len(alt) <= 50 or alt.endswith(".")] == []


def test_a_word_outside_the_vocabulary_is_refused():
    with pytest.raises(icons.UnknownIcon, match="photograph"):
        icons.icon("photograph")


@pytest.mark.parametrize("solid", [False, True])
def test_every_drawing_is_square_and_takes_the_colour_it_is_given(solid):
    for name in NAMES:
        found = icons.drawing(name, solid=solid)
        left, top, width, height = found.view_box.split()
        assert (left, top, width) == ("0", "0", height), name
        colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', found.markup))
        assert colours <= {"currentColor", "none"}, name


def test_a_drawing_is_only_shapes():
    for name in NAMES:
        root = ET.fromstring(icons.icon_svg(name))  # noqa: S314 - our own files
        assert {element.tag for element in root.iter()} <= {"svg", "g", "path", "circle"}, name


def test_the_sprite_has_a_symbol_for_every_icon():
    root = ET.fromstring(icons.sprite())  # noqa: S314 - our own files

    assert [symbol.get("id") for symbol in root] == NAMES


def test_an_icon_for_a_page_is_hidden_from_screen_readers_and_takes_the_text_s_size():
    svg = icons.icon_svg("shop")

    assert 'aria-hidden="true"' in svg
    assert 'width="1em"' in svg


def test_every_set_is_credited_with_its_licence_text():
    sets = {icon.drawing.partition("/")[0] for icon in icons.VOCABULARY.values()}
    thanked = icons.credits()

    assert sets == {"phosphor", "healthicons"}
    assert len(thanked) == len(sets)
    for credit in thanked:
        assert "Permission is hereby granted" in credit.licence_file.read_text("utf-8")
        assert credit.url.startswith("https://")
