"""A pack's form: what is refused, beside what is accepted, and the canonical form."""

import pydantic
import pytest

from stories.pack import GENTLE, BadPack, Chapter, Pack, check_pack, content_sha256, load_pack
from values.lines import BudgetLine
from values.money import Money

STEP = '{ id = "%s", icon = "rain", helpers = ["rain", "rain"] },\n'
LAST_BEFORE = '  { id = "s05", icon = "suitcase", helpers = ["bus", "airplane"] },\n'
LAST_DREAM = '  { id = "s16", icon = "shop", helpers = ["coins", "sunrise"] },\n'
S14 = "I have chosen to go home. My mother and my brothers are waiting. I want to sit at our table"


def steps(*ids: str) -> str:
    return "".join(STEP % step_id for step_id in ids)


def told(*ids: str) -> str:
    return "".join(f'{step_id} = "It rained."\n' for step_id in ids)


def test_an_unchanged_copy_of_a_shipped_pack_has_no_problem(folder):
    assert check_pack(folder.path) == []


REFUSED = {
    "slug of another folder": ("story.toml", '"mala"', '"other"', "slug", "make it the folder's"),
    "slug in capitals": ("story.toml", '"mala"', '"Mala"', "slug", "pattern"),
    "unknown icon": ("story.toml", '"housework"', '"chains"', "chapters.exploitation.1", "chains"),
    "unknown helper": ("story.toml", '"laundry"]', '"cage"]', "chapters.exploitation.1", "cage"),
    "one helper": ("story.toml", '["cooking", "laundry"]', '["cooking"]', "chapters", "helpers"),
    "unknown field": ("story.toml", "[facts]", '[facts]\ntown = "x"', "facts.town", "not known"),
    "missing fact": ("story.toml", 'age_band = "18_29"\n', "", "facts.age_band", "missing"),
    "finer age band": ("story.toml", '"18_29"', '"23"', "facts.age_band", "18_29"),
    "unknown currency": ("story.toml", '"USD"', '"XXX"', "budget", "XXX"),
    "amount of nothing": ("story.toml", "250_00", "0", "budget.lines.0", "greater than 0"),
    "amount below zero": ("story.toml", "250_00", "-1", "budget.lines.0", "greater than 0"),
    "amount with a point": ("story.toml", "250_00", "250.0", "budget.lines.0", "integer"),
    "line twice": ("story.toml", '"medical"', '"shelter"', "budget", "only once"),
    "unknown line": ("story.toml", '"medical"', '"gifts"', "budget.lines.1", "shelter"),
    "step id twice": ("story.toml", '"s16"', '"s15"', "chapters", "its own id"),
    "step called gentle": ("story.toml", '"s16"', f'"{GENTLE}"', "chapters", "its own id"),
    "no gentle card": ("story.toml", 'icon = "umbrella"\n', "", "gentle.icon", "missing"),
    "broken toml": ("story.toml", "[budget]", "[budget", "", "is not TOML"),
    "missing step": ("ar.toml", "s04 =", "s99 =", "steps.s04", "is missing"),
    "step too many": ("ar.toml", "s04 =", "s99 =", "steps.s99", "is no step"),
    "missing line": ("en.toml", "legal =", "medical2 =", "lines", "shelter"),
    "line too many": (
        "story.toml",
        '  { line = "legal", amount_minor = 100_00 },\n',
        "",
        "lines.legal",
        "is no budget line",
    ),
    "no title": (
        "en.toml",
        'title = "The paper I could not read"',
        'title = ""',
        "title",
        "is empty",
    ),
    "no gentle text": ("en.toml", "gentle =", "gentleness =", "gentle", "is missing"),
    "no content note": ("ar.toml", "content_note =", "note =", "content_note", "is missing"),
    "unmarked invention": ("ar.toml", "invented_note =", "#", "invented_note", "is missing"),
    "marked although real": ("story.toml", "= true", "= false", "invented_note", "not invented"),
    "spaces only": ("en.toml", f'"{S14} and hear all the voices."', '"  "', "steps.s14", "empty"),
    "control character": ("en.toml", S14, f"{S14}\\u0007", "steps.s14", "U+0007"),
    "line break": ("en.toml", S14, f"{S14}\\n", "steps.s14", "U+000A"),
    "bidi override": ("en.toml", S14, f"{S14}\\u202e", "steps.s14", "U+202E"),
    "not NFC": ("en.toml", S14, f"{S14} cafe\\u0301", "steps.s14", "NFC"),
    "phone number": ("en.toml", S14, f"{S14} 081-234-5678", "steps.s14", "phone"),
    "link": ("en.toml", S14, f"{S14} https://x.y", "steps.s14", "link"),
    "handle": ("en.toml", S14, f"{S14} @somebody", "steps.s14", "handle"),
    "year": ("en.toml", S14, f"{S14} 2019", "steps.s14", "date"),
    "age": ("en.toml", S14, f"{S14} 19 years old", "steps.s14", "age"),
}


@pytest.mark.parametrize(("file", "old", "new", "place", "remedy"), REFUSED.values(), ids=REFUSED)
def test_refused(folder, file, old, new, place, remedy):
    folder.replace(file, old, new)

    problems = check_pack(folder.path)

    assert any(
        problem.place.startswith(place) and remedy in f"{problem.place} {problem.remedy}"
        for problem in problems
    ), problems
    with pytest.raises(BadPack):
        load_pack(folder.path)


def test_every_problem_is_said_at_once_with_file_and_place(folder):
    folder.replace("en.toml", S14, f"{S14} @somebody")
    folder.replace("ar.toml", "s04 =", "s99 =")

    said = [str(problem) for problem in check_pack(folder.path)]

    assert said == [
        "en.toml: steps.s14: it looks like a link, an e-mail or a handle; take it out",
        "ar.toml: steps.s04: is missing; write it",
        "ar.toml: steps.s99: is no step of story.toml; take it out",
    ]


def test_a_chapter_has_at_most_seven_steps(folder):
    folder.replace("story.toml", LAST_BEFORE, LAST_BEFORE + steps("b6", "b7"))
    for locale in ("en", "ar"):
        folder.replace(f"{locale}.toml", "[steps]\n", "[steps]\n" + told("b6", "b7"))
    assert check_pack(folder.path) == []

    folder.replace("story.toml", LAST_BEFORE, LAST_BEFORE + steps("b8"))

    assert [problem.place for problem in check_pack(folder.path)] == ["chapters.before"]


def test_a_chapter_has_at_least_three_steps(folder):
    folder.replace("story.toml", LAST_DREAM, "")

    assert [problem.place for problem in check_pack(folder.path)] == ["chapters.dreams"]


def test_a_story_has_at_most_eighteen_steps(folder):
    folder.replace("story.toml", LAST_DREAM, LAST_DREAM + steps("d4", "d5", "d6"))

    problems = check_pack(folder.path)

    assert [problem.place for problem in problems] == ["chapters"]
    assert "this has 19" in problems[0].remedy


def test_a_step_may_have_350_characters_and_no_more(folder):
    folder.replace("en.toml", S14, "a" * (350 - len(" and hear all the voices.")))
    assert check_pack(folder.path) == []

    folder.replace("en.toml", " and hear all the voices.", " and hear all the voices!!")

    assert "351 characters" in check_pack(folder.path)[0].remedy


def test_a_step_with_its_heading_has_at_most_900_utf16_units(folder):
    folder.replace("en.toml", S14, "\U0001f33e" * 320)  # two units each
    assert check_pack(folder.path) == []

    folder.replace("en.toml", "The paper I could not read", "\U0001f33e" * 60)
    assert check_pack(folder.path) == []

    folder.replace("en.toml", " and hear all the voices.", "\U0001f33e" * 30)

    assert "900" in check_pack(folder.path)[0].remedy


def test_amounts_keep_the_step_of_their_currency(folder):
    folder.replace("story.toml", '"USD"', '"UGX"')
    assert check_pack(folder.path) == []

    folder.replace("story.toml", "250_00", "250_01")

    assert "multiples of 100" in check_pack(folder.path)[0].remedy


def test_a_language_that_nobody_knows_is_refused(folder):
    (folder.path / "ar.toml").rename(folder.path / "xx.toml")

    assert [problem.file for problem in check_pack(folder.path)] == ["xx.toml"]


def test_a_pack_without_english_is_refused(folder):
    (folder.path / "en.toml").unlink()

    assert [str(problem) for problem in check_pack(folder.path)] == [
        "en.toml: is missing; every pack is told in it"
    ]


@pytest.mark.parametrize("name", ["face.jpg", "story.toml.bak", ".hidden", "README"])
def test_a_file_that_is_no_part_of_a_pack_is_refused(folder, name):
    (folder.path / name).touch()

    assert [problem.file for problem in check_pack(folder.path)] == [name]
    with pytest.raises(BadPack):
        load_pack(folder.path)


def test_a_folder_in_a_pack_is_refused(folder):
    (folder.path / "photographs").mkdir()

    assert [problem.file for problem in check_pack(folder.path)] == ["photographs"]


def test_a_folder_without_a_story_is_refused(tmp_path):
    assert [problem.file for problem in check_pack(tmp_path)] == ["story.toml"]


def test_a_real_story_bears_no_mark_of_invention(folder):
    folder.replace("story.toml", "invented = true", "invented = false")
    folder.replace("en.toml", "invented_note =", "#")
    folder.replace("ar.toml", "invented_note =", "#")

    pack = load_pack(folder.path)

    assert not pack.invented
    assert pack.invented_note("en") is None


def test_steps_come_in_the_order_of_the_chapters(mala):
    assert [step.chapter for step in mala.steps] == sorted(
        (step.chapter for step in mala.steps), key=list(Chapter).index
    )
    assert [step.position for step in mala.steps] == list(range(16))
    assert [step.index for step in mala.chapter_steps(Chapter.FREEDOM)] == [0, 1, 2, 3]


def test_a_text_says_which_language_it_is_in(mala):
    arabic, thai = mala.text("ar", "s01"), mala.text("th", "s01")

    assert arabic.locale == "ar"
    assert arabic.text.startswith("نشأتُ")
    assert thai == mala.text("en", "s01")
    assert thai.locale == "en"


def test_the_gentle_card_stands_where_the_hard_chapter_begins(mala):
    gentle = mala.gentle_step

    assert gentle.chapter is Chapter.EXPLOITATION
    assert mala.steps[gentle.position].chapter is Chapter.EXPLOITATION
    assert mala.text("en", gentle.id).text == mala.texts["en"].gentle


def test_a_step_that_does_not_exist_has_no_text(mala):
    with pytest.raises(KeyError):
        mala.text("en", "s99")


def test_the_need_is_the_sum_of_its_lines(mala):
    assert mala.need == Money(1_500_00, "USD")
    assert sum((amount for _, amount in mala.lines), Money(0, "USD")) == mala.need
    assert mala.line_text("th", BudgetLine.MEDICAL).locale == "en"


def test_the_canonical_form_comes_back_as_the_same_pack(arif):
    again = Pack.from_json(arif.to_json())

    assert again == arif
    assert again.to_json() == arif.to_json()
    assert "\\u" not in arif.to_json()


def test_json_that_lacks_a_text_is_no_pack(mala):
    with pytest.raises(pydantic.ValidationError, match=r"steps\.s04"):
        Pack.from_json(mala.to_json().replace('"s04":', '"s99":', 1))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("en.toml", "voices. I loved", "voices! I loved"),
        ("ar.toml", "مأوى آمن", "مأوى امن"),
        ("en.toml", "Check-ups", "Checkups"),
        ("ar.toml", "خارج البلاد", "خارج البلد"),
        ("story.toml", "250_00", "250_01"),
        ("story.toml", '"housework"', '"domestic_work"'),
        ("story.toml", '["rain", "wallet"]', '["wallet", "rain"]'),
        ("story.toml", '"18_29"', '"30_44"'),
    ],
)
def test_any_change_changes_the_hash_that_approval_is_bound_to(folder, file, old, new):
    before = content_sha256(load_pack(folder.path))

    folder.replace(file, old, new)

    after = content_sha256(load_pack(folder.path))
    assert len(after) == 32
    assert after != before


def test_how_a_file_is_laid_out_does_not_change_the_hash(folder):
    before = content_sha256(load_pack(folder.path))

    folder.replace("story.toml", "[budget]", "# what the plan costs\n\n[budget]")
    folder.replace("story.toml", "250_00", "25000")
    english = (folder.path / "en.toml").read_text(encoding="utf-8")
    head, lines = english.split("[lines]\n")
    turned = "\n".join(reversed(lines.strip().split("\n")))
    (folder.path / "en.toml").write_text(f"{head}[lines]\n{turned}\n", encoding="utf-8")

    assert content_sha256(load_pack(folder.path)) == before
