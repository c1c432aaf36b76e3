"""`homeward alarms`: each with what to do, and none that staff would have to guess."""

import re
from pathlib import Path

from homeward.alarms import REMEDIES
from storage import alarms

RUNG = re.compile(
    r'(?:\.ring\(\s*connection,|_ring\(|"set_aside",|order,|hold_id,|too_late else)\s*"([a-z_]+)"'
)
ROOT = Path(__file__).parents[2]


async def test_alarms_are_told_newest_first_with_what_to_do(till, run):
    nothing = await run("alarms")
    async with till.house.write() as connection:
        await alarms.ring(connection, "refund_failed", "re_1", till.clock())
        await alarms.ring(connection, "translation_problem", "km:welcome", till.clock())

    told = await run("alarms")

    assert nothing == (0, "Nothing has rung.\n")
    assert told[0] == 0
    first, second = told[1].splitlines()
    assert "translation_problem km:welcome: A reader says" in first
    assert "refund_failed re_1: The donor's bank did not take it." in second


def test_every_alarm_of_the_program_has_its_remedy():
    code = [
        path.read_text(encoding="utf-8")
        for room in ("payments", "services", "storage", "bot", "homeward")
        for path in (ROOT / room).rglob("*.py")
    ]

    rung = {kind for text in code for kind in RUNG.findall(text)}

    assert {"refund_failed", "job_failed", "early_fraud_warning", "look_failed"} <= rung
    assert rung <= set(REMEDIES)
