"""Understanding of whole written dialogues, for scoring by others; labels in the input are ignored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agents.playbook import Playbook
from agents.understanding.intents import Intent
from agents.understanding.names import find_name
from agents.understanding.times import TimeWish
from agents.understanding.understand import Understanding, understand
from domain.turn import Expects, Utterance

NO_REQUEST = "NONE"
_DONE = re.compile(
    r"\b(?:that(?:'?s|'?ll be| will be| would be| is) (?:all|it|everything)|nothing (?:else|more|for now)|"
    r"(?:don'?t|do not|won'?t) (?:need|require)\b.{0,20}\b(?:more|further|else|help|anything)|thanks?|thank you)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Track:
    """What is known so far: slots, the last names that the agent offered, the request under way and the one offered."""

    slots: dict[str, str] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)
    asked: str | None = None
    request: str = NO_REQUEST
    proposed: str | None = None


def understand_dialogue(dialogue: Mapping[str, Any], playbook: Playbook, now: datetime) -> dict[str, Any]:
    """Return the dialogue with `slots` and `intent` predicted for each lead turn; slots are all that is known after it.

    `now` is aware and stands for the time of the dialogue. An intent is a request that the playbook names, or NONE.
    """
    usual = next((name for name, request in playbook.requests.items() if request.usual), NO_REQUEST)
    track = _Track(request=usual)
    turns: list[dict[str, Any]] = []
    for turn in dialogue["turns"]:
        if turn["speaker"] == "agent":
            _hear_agent(track, turn["text"], playbook)
            turns.append({"speaker": "agent", "text": turn["text"]})
            continue
        _hear_lead(track, turn["text"], playbook, now)
        slots = {name: [value] for name, value in track.slots.items()}
        turns.append({"speaker": "lead", "text": turn["text"], "slots": slots, "intent": track.request})
    return {"dialogue_id": dialogue["dialogue_id"], "turns": turns}


def _hear_agent(track: _Track, text: str, playbook: Playbook) -> None:
    track.asked = asked_slot(text, playbook)
    books = (name for name, request in playbook.requests.items() if request.books and _fits(text, request.patterns))
    track.proposed = next(books, None)
    for name, spec in playbook.slots.items():
        if spec.kind == "offer" and (named := find_name(text, spec.nouns, known=set(track.slots.values()))) is not None:
            track.offered[name] = named


def _hear_lead(track: _Track, text: str, playbook: Playbook, now: datetime) -> None:
    kind = playbook.slots[track.asked].kind if track.asked else None
    expects = Expects.DATE_TIME if kind in ("date", "time") else Expects.OPEN
    said = understand(Utterance(text, source="chat"), playbook, now, asked=track.asked, expects=expects)
    track.slots |= {slot.name: slot.value for slot in said.slots}
    for name, spec in playbook.slots.items():
        if spec.kind == "offer" and name in track.offered and _accepts(said, spec.accepted_by):
            track.slots[name] = track.offered[name]
    track.slots |= _moment(said.wish, playbook)
    track.request = _request(track, said)


def asked_slot(text: str, playbook: Playbook) -> str | None:
    """Return the slot that a written agent turn asks for, by the playbook's `asked_by`: the last one named."""
    found: list[tuple[int, str]] = []
    for name, spec in playbook.slots.items():
        for pattern in spec.asked_by:
            found += [(match.start(), name) for match in re.finditer(pattern, text, re.IGNORECASE)]
    if "?" not in text or not found:
        return None
    places = [name for _, name in found if playbook.slots[name].kind == "place"]
    return places[0] if places else max(found)[1]


def _accepts(said: Understanding, patterns: Sequence[str]) -> bool:
    return _fits(said.text, patterns) and not said.refuses


def _fits(text: str, patterns: Sequence[str]) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def _moment(wish: TimeWish, playbook: Playbook) -> dict[str, str]:
    clock = wish.likely_clock()
    values = {
        "date": wish.day.isoformat() if wish.day is not None and wish.day_end is None else None,
        "time": clock.strftime("%H:%M") if clock is not None else None,
    }
    wanted = {name: values.get(spec.kind) for name, spec in playbook.slots.items() if spec.kind in values}
    return {name: value for name, value in wanted.items() if value is not None}


def _request(track: _Track, said: Understanding) -> str:
    """Return the request under way: none after a farewell or a refusal, a new one, the agent's once it is taken up."""
    closes = said.has(Intent.GOODBYE) or _DONE.search(said.text) is not None
    if said.refuses and said.wish.empty and (closes or track.proposed is not None):
        return NO_REQUEST
    if said.request is not None:
        return said.request
    if track.proposed is not None and not said.refuses and (said.agrees or not said.wish.empty):
        return track.proposed
    return NO_REQUEST if closes and track.request == NO_REQUEST else track.request
