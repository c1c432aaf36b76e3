"""What RFC 4287 asks of a feed, as far as a program can see it."""

import re
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_IRI = re.compile(r"(?:https?://\S+|urn:uuid:[0-9a-f-]{36}|tag:\S+)")
_OF_A_FEED = {"author", "category", "contributor", "entry", "generator", "icon", "id", "link",
              "logo", "rights", "subtitle", "title", "updated"}  # fmt: skip
_OF_AN_ENTRY = {"author", "category", "content", "contributor", "id", "link", "published",
                "rights", "source", "summary", "title", "updated"}  # fmt: skip
_ONCE = ("id", "title", "updated")


def faults(text):
    """A line for each rule that the feed *text* breaks."""
    feed = ET.fromstring(text)  # noqa: S314 - our own
    found = [] if feed.tag == f"{ATOM}feed" else [f"the root is {feed.tag}"]
    found += _of("feed", feed, _OF_A_FEED)
    entries = feed.findall(f"{ATOM}entry")
    has_author = feed.find(f"{ATOM}author/{ATOM}name") is not None
    for at, entry in enumerate(entries):
        found += _of(f"entry {at}", entry, _OF_AN_ENTRY)
        if not has_author and entry.find(f"{ATOM}author/{ATOM}name") is None:
            found.append(f"entry {at}: nobody wrote it")
        if entry.find(f"{ATOM}content") is None and "alternate" not in _links(entry):
            found.append(f"entry {at}: neither content nor a link")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(ids) != len(set(ids)):
        found.append("two entries have one id")
    if "self" not in _links(feed):
        found.append("the feed does not say its own address")
    return found


def _links(element):
    return [link.get("rel", "alternate") for link in element.findall(f"{ATOM}link")]


def _of(where, element, known):
    found = []
    names = [child.tag.removeprefix(ATOM) for child in element]
    found += [f"{where}: unknown {name}" for name in names if name not in known]
    found += [f"{where}: {names.count(name)} of {name}" for name in _ONCE if names.count(name) != 1]
    if not _IRI.fullmatch(element.findtext(f"{ATOM}id") or ""):
        found.append(f"{where}: the id is no IRI")
    if not _MOMENT.fullmatch(element.findtext(f"{ATOM}updated") or ""):
        found.append(f"{where}: updated is no moment")
    if not (element.findtext(f"{ATOM}title") or "").strip():
        found.append(f"{where}: no title")
    for link in element.findall(f"{ATOM}link"):
        if not _IRI.fullmatch(link.get("href", "")):
            found.append(f"{where}: a link leads nowhere")
    return found
