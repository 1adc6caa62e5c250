"""The lead's side of a rehearsal, built: a simulated Twilio, the lead's voice and its ears."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bootstrap.models import model_store, recogniser
from settings.clock import SystemClock
from settings.load import Settings
from simulator.cached_voice import CachedVoice
from simulator.line import Impairments
from simulator.piper import PiperVoice
from simulator.rest import Account
from simulator.twilio import Leads, SimulatedTwilio, reading, recognising

LEAD_VOICE = "piper-joe"


@dataclass(frozen=True, slots=True)
class LeadsPlan:
    """How the leads are to be: where recordings go, what ails the line, and whether they read instead of hear."""

    account: Account
    port: int
    folder: Path
    impairments: Impairments
    reading: bool


@dataclass(slots=True)
class SimulatedLeads:
    """The running Twilio, and what reading leads are told of the agent's words."""

    twilio: SimulatedTwilio
    texts: defaultdict[str, str] = field(default_factory=lambda: defaultdict(str))

    def tell(self, call_sid: str, text: str) -> None:
        """Add what the agent said on a call; leads that hear don't need it."""
        self.texts[call_sid] = f"{self.texts[call_sid]} {text}".strip()


@asynccontextmanager
async def simulated_leads(settings: Settings, plan: LeadsPlan) -> AsyncIterator[SimulatedLeads]:
    """Run a simulated Twilio for as long as the block lasts.

    Raises:
        ModelMissing: the lead's voice or its recogniser isn't here.
        AddressInUse: another process has the port.
    """
    store = model_store(settings)
    texts: defaultdict[str, str] = defaultdict(str)
    voice_file = next(store.path(LEAD_VOICE).glob("*.onnx"))
    async with PiperVoice(voice_file) as piper, recogniser(settings, store) as stt:
        leads = Leads(
            voice=CachedVoice(piper, settings.model_cache / "lead-speech"),
            ears=reading(texts.__getitem__) if plan.reading else recognising(stt),
            impairments=plan.impairments,
            recordings=plan.folder / "lead-side",
        )
        async with SimulatedTwilio(plan.account, leads, clock=SystemClock(), port=plan.port) as twilio:
            yield SimulatedLeads(twilio, texts)
