"""What Twilio's words on a call mean."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unanswered:
    """How a call without a conversation ended."""

    outcome: str
    reason: str


_UNANSWERED = {
    "no-answer": Unanswered("no_answer", "nobody answered"),
    "busy": Unanswered("busy", "the line was busy"),
    "failed": Unanswered("failed", "the carrier could not connect the call"),
    "canceled": Unanswered("failed", "the call was canceled before it was answered"),
    "completed": Unanswered("failed", "the call ended before its stream began"),
}
_MACHINE = Unanswered("voicemail", "a machine answered and the call ended before its stream began")


def unanswered(status: str, *, machine: bool) -> Unanswered | None:
    """Return how a call that has no stream ends with `status`, None for one that goes on.

    Source: Twilio, "Call resource", call status values. `machine` tells that a machine was detected.
    """
    if machine and status == "completed":
        return _MACHINE
    return _UNANSWERED.get(status)


def verdict_label(answered_by: str) -> str:
    """Return our word for Twilio's `AnsweredBy`: human, voicemail, fax or unknown."""
    if answered_by.startswith("machine"):
        return "voicemail"
    return answered_by if answered_by in ("human", "fax") else "unknown"
