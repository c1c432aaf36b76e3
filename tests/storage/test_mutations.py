"""That `make mutations` sees what it is there to see; the run itself takes minutes."""

import pytest
import sqlalchemy as sa

from storage.models import METADATA
from tests.storage.claims import LET_THROUGH, refused_by
from tests.storage.survivors import survivors


@pytest.fixture(params=["sqlite", "postgresql"])
def laboratory(request):
    """Where the mutants of each engine are made."""
    return request.getfixturevalue(f"{request.param}_laboratory")


def fate(laboratory, name):
    """What became of one mutant, with the cases of transfers alone."""
    [mutant] = [mutant for mutant in laboratory.mutants() if mutant.name == name]
    claims = [claim for claim in refused_by(laboratory.dialect) if "transfers: " in claim.name]
    return laboratory.fate(mutant, claims)


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("ck_transfer_amount_minor", "transfers: zero"),
        ("fk_transfer_posting_rule", "transfers: gift_from_world_to_fund"),
        ("guard_transfer_booked: not_a_donation", "transfers: fee_cover_of_what_is_no_donation"),
    ],
)
def test_what_was_taken_away_is_noticed(laboratory, name, claim):
    found = fate(laboratory, name)

    assert (found.claim, found.how) == (claim, LET_THROUGH)


def test_what_has_another_rule_behind_it_survives(laboratory):
    assert fate(laboratory, "ck_transfer_of_donation_is_a_flag").survived


def test_survivors_are_things_that_can_be_taken_away(laboratory):
    assert survivors(laboratory.dialect) <= {mutant.name for mutant in laboratory.mutants()}


def test_every_constraint_has_a_case_of_its_own(laboratory):
    targets = {
        frozenset((key.referred_table.name, element.column.name) for element in key.elements)
        for table in METADATA.tables.values()
        for key in table.foreign_key_constraints
    }
    # A key that others refer to cannot be missing: nothing could refer to anything.
    needed = {
        str(key.name)
        for table in METADATA.tables.values()
        for key in table.constraints
        if isinstance(key, sa.PrimaryKeyConstraint | sa.UniqueConstraint)
        and frozenset((table.name, column.name) for column in key.columns) in targets
    }
    named = {name for claim in refused_by(laboratory.dialect) for name in claim.by.split("|")}

    there = {mutant.name for mutant in laboratory.mutants() if "guard" not in mutant.name}

    assert there - named - needed - survivors(laboratory.dialect) == set()
