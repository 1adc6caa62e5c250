"""The live transcript on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from domain.events import (
    AgentHeard,
    AgentSaid,
    Appointment,
    Ended,
    Event,
    FollowUp,
    HandedOver,
    LeadSaid,
    Objection,
    OptedOut,
    Placed,
    Scored,
    SlotFilled,
)

_NAME_WIDTH = 14


class LiveTranscript:
    """Prints a call's events as a person reads them: who speaks, what was learnt, how long it took."""

    def __init__(self, console: Console) -> None:
        """Print on `console`."""
        self._console = console

    def show(self, event: Event) -> None:
        """Print one event; those without news for a person are passed over."""
        match event.data:
            case Placed() as placed:
                self._note(event, f"calling {placed.lead_name or placed.to}")
            case LeadSaid() as said:
                self._say(event, "lead", said.text, "cyan", f"{said.confidence:.0%}")
            case AgentSaid() as said:
                total = said.latency_ms.total
                timing = f"{said.wording}, {total:.0f} ms" if total is not None else said.wording
                self._say(event, said.agent.value, said.text, "green", timing)
            case AgentHeard(interrupted=True) as heard:
                self._note(event, f"interrupted; heard: {heard.text or 'nothing'}")
            case HandedOver() as handed:
                self._note(event, f"{handed.from_.value} → {handed.to.value}: {handed.reason}")
            case SlotFilled() as slot:
                self._note(event, f"{slot.name} = {slot.value}")
            case Objection() as objection:
                self._note(event, f"objection: {objection.kind}")
            case Scored() as scored:
                self._note(event, f"score {scored.score:.0f}")
            case Appointment() as appointment:
                self._note(
                    event, f"appointment {appointment.action}: {appointment.start:%A %d %B %H:%M} {appointment.zone}"
                )
            case FollowUp() as follow_up:
                self._note(event, f"call back at {follow_up.at:%A %d %B %H:%M}")
            case OptedOut():
                self._note(event, "opted out: this number is never called again")
            case Ended() as ended:
                self._note(event, f"ended: {ended.outcome} ({ended.reason})")
            case _:
                pass

    def _say(self, event: Event, who: str, text: str, colour: str, detail: str) -> None:
        line = Text(f"{event.t_ms / 1000:6.1f}  ")
        line.append(f"{who:<{_NAME_WIDTH}}", style=f"bold {colour}")
        line.append(text)
        line.append(f"  ({detail})", style="dim")
        self._console.print(line, soft_wrap=True)

    def _note(self, event: Event, text: str) -> None:
        self._console.print(Text(f"{event.t_ms / 1000:6.1f}  {'':<{_NAME_WIDTH}}· {text}", style="dim"), soft_wrap=True)
