"""Understanding of whole written dialogues, for scoring by others; labels in the input are ignored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agents.playbook import Playbook
from agents.understanding.understand import Understanding, understand
from domain.turn import Expects, Utterance


def understand_dialogue(dialogue: dict[str, Any], playbook: Playbook, now: datetime) -> dict[str, Any]:
    """Return the dialogue with `slots` and `intent` predicted for each lead turn; slots are all that is known after it.

    `now` is aware and stands for the time of the dialogue.
    """
    known: dict[str, list[str]] = {}
    turns: list[dict[str, Any]] = []
    asked: str | None = None
    for turn in dialogue["turns"]:
        if turn["speaker"] == "agent":
            asked = _asked(turn["text"], playbook)
            turns.append({"speaker": "agent", "text": turn["text"]})
            continue
        expects = Expects.DATE_TIME if asked == "visit" else Expects.OPEN
        said = understand(Utterance(turn["text"], source="chat"), playbook, now, asked=asked, expects=expects)
        known = {**known, **_found(said)}
        intent = next(iter(said.intents), None)
        turns.append({"speaker": "lead", "text": turn["text"], "slots": dict(known), "intent": intent})
    return {"dialogue_id": dialogue["dialogue_id"], "turns": turns}


def _found(said: Understanding) -> dict[str, list[str]]:
    found = {slot.name: [slot.value] for slot in said.slots}
    if said.wish.day is not None:
        found["visit_date"] = [said.wish.day.isoformat()]
    clock = said.wish.likely_clock()
    if clock is not None:
        found["visit_time"] = [clock.strftime("%H:%M")]
    return found


def _asked(text: str, playbook: Playbook) -> str | None:
    """Return the slot that a written agent turn asks for, by the words of the playbook's own specifications."""
    lower = text.lower()
    if any(word in lower for word in ("what time", "what day", "what date", "which day", "when would you", "when do you")):
        return "visit"
    for name in playbook.slots:
        if name.replace("_", " ").rstrip("s") in lower and "?" in text:
            return name
    places = [name for name, spec in playbook.slots.items() if spec.kind == "place"]
    if places and any(word in lower for word in ("which city", "what city", "which area", "what area", "where")):
        return places[0]
    return None
