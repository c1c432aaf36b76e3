"""Every text of a story by its place, as the rules read it."""

from stories.pack import GENTLE, Pack


def texts_of(pack: Pack) -> dict[str, str]:
    """Each text that readers may see, by place: "en: title", "en: s04", "en: shelter"."""
    texts = {}
    for locale in pack.locales:
        texts[f"{locale}: title"] = pack.title(locale).text
        texts[f"{locale}: pseudonym"] = pack.pseudonym(locale)
        texts[f"{locale}: intro"] = pack.intro(locale).text
        note = pack.invented_note(locale)
        if note is not None:
            texts[f"{locale}: invented note"] = note.text
        texts[f"{locale}: content note"] = pack.content_note(locale).text
        for step_id in (*(step.id for step in pack.steps), GENTLE):
            texts[f"{locale}: {step_id}"] = pack.text(locale, step_id).text
        for line, _ in pack.lines:
            texts[f"{locale}: {line}"] = pack.line_text(locale, line).text
    return texts
