"""A caseload is read whole or not at all, and a bad row is named by its line without its words."""

import pytest

from services.caseload_files import BadCaseload, Rows, read_for_counting, read_for_import

HEAD = "region,age_band,exploitation,gender,period_band,count\n"
ROW = "south_asia,18_29,fishing,man,not_said"


def whole(text):
    """What is read of a caseload that is none too bad."""
    rows = read_for_import(text)
    assert isinstance(rows, Rows), rows
    return rows


def test_counts_are_read_and_the_same_facts_added_up():
    rows = whole(f"{HEAD}{ROW},7\n{ROW.replace('man', 'woman')},0\n\n{ROW},5\r\n")

    assert rows.people == 12
    assert rows.counts == (
        (
            {
                "region": "south_asia", "age_band": "18_29", "exploitation": "fishing",
                "gender": "man", "period_band": "not_said",
            },
            12,
        ),
    )  # fmt: skip


def test_columns_may_stand_in_any_order():
    text = "count,gender,region,age_band,period_band,exploitation\n3,man,south_asia,18_29,not_said,"

    assert whole(f"{text}fishing").people == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: the columns must be region"),
        (HEAD, "line 1: there is nobody in it"),
        (f"{HEAD}{ROW},0\n", "line 1: there is nobody in it"),
        (HEAD.replace("\n", ",name\n"), "line 1: the columns must be"),
        (HEAD.replace(",count", ""), "line 1: the columns must be"),
        (f"{HEAD}{ROW},7\n{ROW},-1\n", "line 3: count must be a whole number"),
        (f"{HEAD}{ROW},7.5\n", "line 2: count must be a whole number"),
        (f"{HEAD}{ROW},٣\n", "line 2: count must be a whole number"),
        (f"{HEAD}{ROW},99999999\n", "line 2: count must be a whole number"),
        (f"{HEAD}{ROW}\n", "line 2: there must be 6 values"),
        (f"{HEAD}{ROW.replace('south_asia', 'Bo village')},7\n", "line 2: region must be one of"),
        (f"{HEAD}{ROW.replace('18_29', '23')},7\n", "line 2: age_band must be one of"),
        (f"{HEAD}{ROW.replace('man', ' man')},7\n", "line 2: gender must be one of"),
        (f'{HEAD}"{ROW},7\n', "this is no CSV"),
    ],
)
def test_bad_caseload_is_refused_by_its_line(text, told):
    found = read_for_import(text)

    assert isinstance(found, BadCaseload)
    assert told in "\n".join(found.problems)
    assert "village" not in "\n".join(found.problems)


def test_every_bad_row_is_named():
    found = read_for_import(f"{HEAD}{ROW},x\n{ROW},7\n{ROW},y\n")

    assert isinstance(found, BadCaseload)
    assert [problem.split(":")[0] for problem in found.problems] == ["line 2", "line 4"]


def test_row_without_a_count_is_one_person():
    rows = read_for_counting("id,region,age_band\n1,South,18\n2,South,18\n3,North,19\n")

    assert isinstance(rows, Rows)
    assert rows.columns == ("region", "age_band")
    assert rows.counts == (
        ({"region": "North", "age_band": "19"}, 1),
        ({"region": "South", "age_band": "18"}, 2),
    )


@pytest.mark.parametrize(
    "text", ["", "name\nx\n", "region,region\na,b\n", "region,count\na,b\n", "region\na,b\n"]
)
def test_table_that_cannot_be_counted_is_refused(text):
    assert isinstance(read_for_counting(text), BadCaseload)
