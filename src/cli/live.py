"""The live transcript on a terminal."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console
from rich.text import Text

from domain import events
from domain.events import AgentSaid, Event, EventData, LeadSaid

_NAME_WIDTH = 14


class LiveTranscript:
    """Prints a call's events as a person reads them: who speaks, what was learnt, how long it took."""

    def __init__(self, console: Console) -> None:
        """Print on `console`."""
        self._console = console

    def show(self, event: Event) -> None:
        """Print one event; those without news for a person are passed over."""
        said = event.data
        if isinstance(said, LeadSaid):
            self._say(event, "lead", said.text, "cyan", f"{said.confidence:.0%}")
        elif isinstance(said, AgentSaid):
            total = said.latency_ms.total
            timing = f"{said.wording}, {total:.0f} ms" if total is not None else said.wording
            self._say(event, said.agent.value, said.text, "green", timing)
        else:
            note = _learnt(said) or _arranged(said)
            if note:
                self._line(event, Text(f"{'':<{_NAME_WIDTH}}· {note}", style="dim"))

    def _say(self, event: Event, who: str, text: str, colour: str, detail: str) -> None:
        self._line(event, Text.assemble((f"{who:<{_NAME_WIDTH}}", f"bold {colour}"), text, (f"  ({detail})", "dim")))

    def _line(self, event: Event, text: Text) -> None:
        self._console.print(Text.assemble((f"{event.t_ms / 1000:6.1f}  ", "dim"), text), soft_wrap=True)


def _learnt(data: EventData) -> str | None:
    """Return what the call has found out."""
    match data:
        case events.AgentHeard(interrupted=True):
            return f"interrupted; heard: {data.text or 'nothing'}"
        case events.HandedOver():
            return f"{data.from_.value} → {data.to.value}: {data.reason}"
        case events.SlotFilled():
            return f"{data.name} = {data.value}"
        case events.Objection():
            return f"objection: {data.kind}"
        case events.Scored():
            return f"score {data.score:.0f}"
    return None


def _arranged(data: EventData) -> str | None:
    """Return what the call has brought about."""
    match data:
        case events.Placed():
            return f"calling {data.lead_name or data.to}"
        case events.Appointment():
            return f"appointment {data.action}: {_moment(data.start)} {data.zone}"
        case events.FollowUp():
            return f"call back at {_moment(data.at)}"
        case events.OptedOut():
            return "opted out: this number is never called again"
        case events.Ended():
            return f"ended: {data.outcome} ({data.reason})"
    return None


def _moment(at: datetime) -> str:
    return f"{at:%A %d %B %H:%M}"
