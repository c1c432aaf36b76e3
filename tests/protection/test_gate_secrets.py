"""A word of the secret list is found however it is written, and is not kept in the clear."""

import pytest

from protection.gate.secrets import normal_forms, prints, search

KEY = b"k" * 32


def kept(*words):
    return frozenset().union(*(prints(word, KEY) for word in words))


def hits(word, text):
    return [text[start:end] for start, end in search(text, kept(word), KEY)]


@pytest.mark.parametrize(
    ("word", "planted"),
    [
        ("Mala", "mala"),
        ("Mala", "M A L A"),
        ("Mala", "m.a-l_a"),
        ("Mala", "Ｍａｌａ"),
        ("Mala", "Má\u200bl\u2060ạ"),
        ("Mala", "Маlа"),
        ("Nguyễn Thị Đào", "nguyen thi dao"),
        ("Nguyen Thi Dao", "NGUYỄN-THỊ-ĐÀO"),
        ("José Peña", "JOSE PENA"),
        ("สุดารัตน์", "สุ ดา รัตน์"),
        ("น้ำผึ้ง", "นํ้าผึง"),
        ("ສົມສະໄໝ", "ສົມ\u200bສະ\u200bໄໝ"),
        ("សុភាព", "សុ\u200bភាព"),
        ("မောင်မောင်", "မောင် မောင်"),
        ("فاطمة", "فَاطِمَه"),
        ("أحمد", "احمد"),
        ("أحمد", "أحـــمد"),
        ("李小红", "李 小·红"),
        ("Ko Tao 7", "ko tao ๗"),
        ("AB 123456", "ab123456"),
        ("An", "An"),
        ("An", "A.n"),
    ],
)
def test_a_word_is_found_however_it_is_written(word, planted):
    around = f"It was {planted}, I think."

    assert hits(word, around) == [planted]
    assert hits(word, planted) == [planted]


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("0812345678", "โทร ๐๘๑-๒๓๔-๕๖๗๘", "๘๑-๒๓๔-๕๖๗๘"),
        ("0812345678", "call +66 81 234 5678", "81 234 5678"),
        ("+66 81 234 5678", "call 081.234.5678", "81.234.5678"),
        ("Li", "我叫Li吗", "Li"),
        ("علي", "وعلي كان هنا", "علي"),
    ],
)
def test_a_number_is_found_without_its_prefix_and_a_word_beside_others(word, text, found):
    assert hits(word, text) == [found]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("Mala", "Male and Kamal"),
        ("An", "and then Anna can"),
        ("Mai", "the main road, an email"),
        ("17", "in 2017"),
        ("สม", "สมี"),
        ("Mala", ""),
    ],
)
def test_another_word_is_not_found(word, text):
    assert hits(word, text) == []


def test_every_place_of_every_word_is_told_in_order():
    text = "Mala and Rupa, and MALA."

    assert search(text, kept("Rupa", "Mala"), KEY) == [(0, 4), (9, 13), (19, 23)]


def test_what_is_kept_tells_the_length_and_nothing_else():
    (print_,) = prints("Mala", KEY)

    assert print_[0] == 4
    assert b"mala" not in print_.lower()
    assert prints("M á l a", KEY) == {print_}
    assert prints("Mala", b"another key") != {print_}


def test_another_key_finds_nothing():
    assert search("Mala", kept("Mala"), b"another key") == []


@pytest.mark.parametrize("word", ["", " ", "...", "\u200b"])
def test_a_word_without_letters_is_no_word(word):
    assert normal_forms(word) == frozenset()
    assert search("Anything. ...", kept(word), KEY) == []


def test_a_very_long_word_is_found():
    assert search(f"so {'ab' * 300}", kept("ab" * 300), KEY)
