"""What campaigns reached, in the chat of staff: counts that may be told, and nothing else."""

from conversations.routes import Staff
from conversations.screens import Button, Screen
from conversations.staff_parts import Turn, listed, paged, told
from locales.text import Text
from services import campaign_report, campaigns
from services.campaigns import Unknown
from services.permits import Act, may

_MAY_NOT = "You may not see this. Ask an admin for the role."


async def every(turn: Turn) -> Screen:
    """The campaigns, the newest first."""
    if not may(turn.member.roles, Act.SEE_CAMPAIGNS):
        return told(_MAY_NOT)
    found = await campaigns.every(turn.house)
    if not found:
        return told("There is no campaign. Make one at the desk: /desk")
    buttons = [
        Button(
            Text("{name} · {code}", {"name": each.name, "code": each.code}),
            Staff("campaign", each.code),
        )
        for each in found
    ]
    page = int(turn.route.one) if turn.route.one.isdecimal() else 0
    return listed((Text("Which campaign?"),), paged(buttons, page, _page))


async def one(turn: Turn) -> Screen:
    """One of them, as a table of lines."""
    if not may(turn.member.roles, Act.SEE_CAMPAIGNS):
        return told(_MAY_NOT)
    found = await campaigns.report(turn.house, turn.route.one)
    if isinstance(found, Unknown):
        return told("There is no campaign of this code.")
    campaign = found.landing.campaign
    lines = [Text("<b>{name}</b> · {code}", {"name": campaign.name, "code": campaign.code})]
    for title, funnel in (
        ("<b>In the chat</b>", campaign_report.in_chat(found)),
        ("<b>On the web</b>", campaign_report.on_web(found)),
    ):
        lines.append(Text(title))
        lines += [
            Text(
                "{stage}: {count} {share}",
                {
                    "stage": line.words,
                    "count": line.told,
                    "share": line.share and f"({line.share})",
                },
            )
            for line in funnel
        ]
    lines += [Text("Given {sum}", {"sum": line}) for line in campaign_report.sums(found)]
    lines.append(Text("By day and language: at the desk, /desk"))
    return listed(tuple(lines), [(Button(Text("All campaigns"), Staff("campaigns")),)])


def _page(at: int) -> Staff:
    return Staff("campaigns", str(at))
