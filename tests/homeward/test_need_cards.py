"""`homeward cases need-card`, over a real database, and what the operator shows first."""

from homeward.settings import Settings
from services.catalogue import ShowCases
from tests import need_cards as cards
from tests.need_cards import APPROVER, ASKER


async def test_one_asks_and_another_approves(till, run):
    case = await cards.opened(till.house)

    async def act(*options):
        return await run("cases", "need-card", case.code, *options)

    too_early = await act("--ask", "--by", ASKER)
    await cards.consent(till.house, case)
    nobody = await act("--ask")
    stranger = await act("--ask", "--by", "stranger")
    nothing = await act("--approve", "--by", APPROVER)
    asked = await act("--ask", "--by", ASKER)
    own = await act("--approve", "--by", ASKER)
    approved = await act("--approve", "--by", APPROVER)
    looked = await act()

    assert too_early == (2, "It cannot be shown.\nNo consent to show the need is valid now.\n")
    assert nobody[0] == stranger[0] == 2
    assert nothing == (2, "Nothing waits for a decision. Ask for it first.\n")
    assert asked[0] == 0
    assert "It waits for somebody else to approve it." in asked[1]
    assert own == (2, "You asked for it. Somebody else approves it.\n")
    assert approved == looked
    assert approved[0] == 0
    for line in (
        f"{case.pseudonym}: 18_29, fishing, going home to east_asia",
        "Consent on bot: ar, en",
        f"Asked for by {ASKER}",
        f"Decided by {APPROVER}",
        "It is approved and shown.",
    ):
        assert line in approved[1]


async def test_a_card_is_turned_down_and_taken_back(till, run):
    case = await cards.opened(till.house)
    await cards.consent(till.house, case)
    await run("cases", "need-card", case.code, "--ask", "--by", ASKER)

    turned_down = await run("cases", "need-card", case.code, "--turn-down", "--by", APPROVER)
    await cards.approved(till.house, case)
    await run("recall", case.code, "--by", ASKER)
    recalled = await run("cases", "need-card", case.code)

    assert "It was turned down." in turned_down[1]
    assert "It is taken back. It needs a new approval." in recalled[1]


async def test_consent_to_show_a_need_that_ends_is_listed(till, run):
    case = await cards.shown(till.house)

    soon = await run("consents", "due", "--days", "365")

    assert f"{case.code} on web: ask her whether her need may be shown on" in soon[1]


def test_operator_says_what_is_shown_first(environment):
    environment(SHOW_CASES="need")

    assert Settings(_env_file=None).show_cases is ShowCases.NEED
