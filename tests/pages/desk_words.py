"""Stories and news at the desk: a real case, and drafts of it in any state."""

import datetime as dt
import html
import re

from services import case_acts, caseload_acts, drafting, words_acts
from services.caseload_files import Rows
from services.staff import Role
from stories.editing import AddStep, AddTranslation, SetText
from stories.pack import FALLBACK, Chapter
from tests.services.desk import a_story, counted
from values.bands import COLUMNS, Gender, PeriodBand, RiskLevel

AUTHOR, TRANSLATOR, REVIEWER, PROTECTOR = "auth22", "tran33", "revw44", "prot55"


class Room:
    """A case of an author, and what her colleagues do with it."""

    def __init__(self, front):
        self.front = front
        self.case = ""
        self.browsers = {}

    @property
    def house(self):
        return self.front.house

    async def open(self):
        """Staff, and a case that may be told of in English and French."""
        for code in (AUTHOR, TRANSLATOR, REVIEWER):
            await self.front.member(code, Role.CASE_OFFICER)
        await self.front.member(PROTECTOR, Role.PROTECTION_OFFICER)
        story = a_story()
        told = story.facts
        facts = case_acts.Facts(
            told.region, told.age_band, told.form, Gender.NOT_SAID, PeriodBand.NOT_SAID
        )
        counts = Rows(tuple(COLUMNS), (counted(11, facts),))
        await caseload_acts.bring_in(self.house, counts, by=PROTECTOR)
        opened = await case_acts.open_case(
            self.house,
            facts=facts,
            lines=list(story.lines),
            training=False,
            by=AUTHOR,
        )
        assert isinstance(opened, case_acts.Opened), opened
        self.case = opened.code
        form = case_acts.Risk(False, False, False, False, frozenset(), RiskLevel.LOW)
        await case_acts.say_risk(self.house, case=self.case, risk=form, by=AUTHOR)

    async def consents(self, *locales, purpose="tell_story"):
        until = (self.house.clock() + dt.timedelta(days=90)).date()
        await case_acts.give_consents(
            self.house, case=self.case, purpose=purpose, channels=("bot", "web"), locales=locales,
            until=until, uses=None, by=AUTHOR,
        )  # fmt: skip

    async def draft(self):
        found = await words_acts.read_draft(self.house, self.case)
        assert isinstance(found, drafting.Draft), found
        return found

    async def edit(self, *edits, by=AUTHOR):
        done = await words_acts.save_draft(
            self.house, case=self.case, edits=edits, revision=(await self.draft()).revision, by=by
        )
        assert isinstance(done, drafting.Draft), done
        return done

    async def begun(self):
        await words_acts.begin_draft(self.house, case=self.case, by=AUTHOR)
        return await self.draft()

    async def whole(self, *, french=False):
        """All of mala's story, in English; and in French, by the translator."""
        story = a_story()
        await self.begun()
        draft = await self.edit(
            *(AddStep(step.chapter, step.icon, step.helpers) for step in story.steps)
        )
        ids = [step["id"] for chapter in Chapter for step in draft.content["chapters"][chapter]]
        await self.edit(*_words(story, ids, FALLBACK))
        if french:
            await self.edit(AddTranslation("fr"), *_words(story, ids, "fr", "Fr: "), by=TRANSLATOR)
        return await self.draft()

    async def handed_in(self, *, french=False, looked=(AUTHOR, REVIEWER)):
        """A version; who *looked* has looked at every warning."""
        await self.whole(french=french)
        for code in looked:
            await words_acts.look_at_draft(self.house, case=self.case, marks=None, by=code)
        done = await words_acts.submit_draft(self.house, case=self.case, by=AUTHOR)
        assert isinstance(done, drafting.Submitted), done
        return done.version_id

    async def at_desk(self, code):
        """A browser in which the member is signed in, whose session lasts."""
        browser = self.browsers.get(code)
        if browser is None or (await browser.get("/desk/")).status != 200:
            browser = self.browsers[code] = await self.front.signed_in(self.front.members[code])
        return browser

    async def get(self, code, path):
        return await (await self.at_desk(code)).get(path)

    async def send(self, code, path, **fields):
        """Send a form as its member, with a code where one is asked for."""
        browser = await self.at_desk(code)
        return await browser.send(path, self.front.members[code], **fields)

    async def filled(self, code, path, **fields):
        """Open a page, fill in some fields of its longest form, and send it."""
        page = await self.get(code, path)
        return await self.send(code, path.partition("?")[0], **{**fields_of(page), **fields})

    async def looks(self, code, at):
        """Press every "I looked" of a page; hand back how many there were."""
        page = await self.get(code, at)
        marks = re.findall(r'name="mark" value="([0-9a-f]+)"', page.text)
        for mark in marks:
            done = await self.send(code, f"{at}/looked", mark=mark)
            assert done.status == 303, done.words
        return len(marks)

    @property
    def at(self):
        return f"/desk/cases/{self.case}/draft"


def fields_of(page):
    """What the longest form of a page would send as it stands."""
    form = max(re.findall(r"<form.*?</form>", page.text, re.DOTALL), key=len)
    hidden = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form))
    texts = dict(
        re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    )
    chosen = dict(re.findall(r'type="radio" name="([^"]*)" value="([^"]*)"[^>]* checked', form))
    for name, options in re.findall(r'<select[^>]* name="([^"]*)">(.*?)</select>', form, re.DOTALL):
        picked = re.search(r'value="([^"]*)" selected', options)
        chosen[name] = picked[1] if picked else ""
    found = {**hidden, **texts, **chosen}
    return {name: html.unescape(value) for name, value in found.items() if name != "csrf"}


def _words(story, ids, locale, before=""):
    texts = story.texts[FALLBACK]
    for mine, step in zip(ids, story.steps, strict=True):
        yield SetText(locale, f"steps.{mine}", before + texts.steps[step.id])
    for place in ("title", "intro", "content_note", "gentle"):
        yield SetText(locale, place, before + getattr(texts, place))
    for line, text in texts.lines.items():
        yield SetText(locale, f"lines.{line.value}", before + text)
