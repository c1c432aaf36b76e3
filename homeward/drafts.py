"""Story packs from folders: what is wrong with them, and how they become drafts."""

from pathlib import Path

from homeward.assembly import opened_house
from homeward.settings import Settings
from services.publishing import bring_in, gate_findings
from stories.pack import check_pack, load_pack


def problems_in(path: Path) -> list[str]:
    """A line for each problem of the pack at *path*: of its form, and of the publish gate."""
    problems = [str(problem) for problem in check_pack(path)]
    if problems:
        return problems
    return [
        f"{finding.where}: {finding.remedy} ({finding.rule})"
        for finding in gate_findings(load_pack(path))
    ]


async def import_draft(settings: Settings, path: Path, author: str) -> str:
    """Keep the pack at *path* as a draft of the case with its slug; hand back what was done."""
    pack = load_pack(path)
    async with opened_house(settings) as house, house.write() as connection:
        version_id = await bring_in(
            connection, house.seal, pack, author_code=author, now=house.clock()
        )
    return f"Draft {version_id} of {pack.slug} is kept. Nobody sees it until it is approved."
