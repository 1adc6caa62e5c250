"""Calls, built: from a request to a conversation, from a media stream to a talk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import structlog
from starlette.websockets import WebSocket

from agents.conversation import Agents, Conversation, Lead, standing_lines
from agents.draft import Worder
from agents.playbook import Playbook, load_playbook
from agents.wording import load_prompt
from bootstrap.agents import agents_for
from bootstrap.speech import SpeechParts
from bootstrap.storage import Storage
from campaigns.gate import Gate
from domain.clock import Clock
from domain.errors import StreamViolation, TelephonyError
from domain.events import Event
from domain.log import EventLog
from domain.ports import Carrier, OutboundCall
from domain.turn import ConversationPort
from llm.chat import ChatModel
from settings.load import Settings
from settings.places import playbook_file
from telephony.calls import CallLimits, CallRequest, LiveCall, SwitchboardParts
from telephony.switchboard import Switchboard
from telephony.twilio_carrier import TwilioAccount, TwilioCarrier
from voice.endpointing import EndpointOptions
from voice.options import VoiceOptions
from voice.session import CallParts, run_call

log = structlog.get_logger(__name__)


class NoCarrier:
    """Stands where no Twilio account is configured: nothing can be dialled."""

    async def place(self, call: OutboundCall) -> str:
        """Refuse.

        Raises:
            TelephonyError: always.
        """
        raise TelephonyError("absent", "no Twilio account is configured")

    async def hang_up(self, carrier_id: str) -> None:
        """Do nothing: there is no call."""


def carrier_from(settings: Settings, public_url: Callable[[], str]) -> Carrier | None:
    """Return the carrier of the settings' Twilio account, None where none is configured."""
    twilio = settings.environment.twilio
    if twilio.account_sid is None or twilio.auth_token is None or twilio.from_number is None:
        return None
    account = TwilioAccount(twilio.account_sid, twilio.auth_token.get_secret_value(), twilio.base_url)
    calls = settings.calls
    return TwilioCarrier(account, public_url, ring_timeout_s=calls.ring_timeout_s, limit_s=calls.max_call_s)


def voice_options(settings: Settings) -> VoiceOptions:
    """Return the voice session's options from the settings."""
    values = settings.voice.model_dump()
    return VoiceOptions(**{**values, "endpoint": EndpointOptions(**values["endpoint"])})


class CallFactory:
    """Makes what a call is made of."""

    def __init__(
        self, settings: Settings, clock: Clock, storage: Storage, speech: SpeechParts, model: ChatModel
    ) -> None:
        """Build from parts that are open already."""
        self._settings = settings
        self._clock = clock
        self._storage = storage
        self._speech = speech
        self._model = model
        self._agents: dict[str, Agents] = {}
        self._options = voice_options(settings)

    async def warm(self) -> None:
        """Load the default playbook, render its vetted lines and prefill the model's prompt.

        Raises:
            InvalidInput: there is no such playbook.
            InvalidFile: it has an error.
            SpeechError: the voice failed.
        """
        agents = await self._agents_of(self._settings.environment.playbook)
        await self._speech.cache.prepare(standing_lines(agents.playbook))
        await self._model.warm(agents.worder.prompt.prefix)

    def switchboard(
        self, carrier: Carrier | None, *, new_id: Callable[[], str], new_token: Callable[[], str]
    ) -> Switchboard:
        """Return the switchboard over `carrier`."""
        calls = self._settings.calls
        parts = SwitchboardParts(
            carrier=carrier or NoCarrier(),
            gate=Gate(self._storage.suppressions),
            keys=self._storage.index,
            suppressions=self._storage.suppressions,
            prepare=self._prepare,
            sinks=(self._storage.journal,),
            clock=self._clock,
            new_id=new_id,
            new_token=new_token,
        )
        limits = CallLimits(
            from_number=self._settings.environment.twilio.from_number or "",
            max_call_s=calls.max_call_s,
            ring_timeout_s=calls.ring_timeout_s,
            token_s=calls.media_token_s,
            region=calls.region,
        )
        return Switchboard(parts, limits)

    def talk(self, switchboard: Switchboard) -> Callable[[WebSocket, LiveCall], Awaitable[None]]:
        """Return what runs a call's media stream."""

        async def run(websocket: WebSocket, live: LiveCall) -> None:
            parts = CallParts(
                conversation=live.conversation,
                events=live.log,
                recording_path=self._storage.recording(live.call_id),
                limit_s=self._settings.calls.max_call_s,
            )
            reason = "the stream failed"
            try:
                reason = await _until_over(live, run_call(websocket, self._speech.engines, parts, self._options))
            except StreamViolation as violation:
                reason = str(violation)
                log.warning("stream_refused", call_id=live.call_id, reason=reason)
            finally:
                await switchboard.talked(live, reason)

        return run

    def events(self, switchboard: Switchboard) -> Callable[[str], Awaitable[Sequence[Event]]]:
        """Return what reads a call's events: the live log, else the journal."""

        async def read(call_id: str) -> Sequence[Event]:
            live = switchboard.find(call_id)
            if live is not None:
                return list(live.log.events)
            await self._storage.journal.flush()
            return await asyncio.to_thread(self._storage.journal.read, call_id)

        return read

    async def _prepare(self, request: CallRequest, events: EventLog) -> ConversationPort:
        agents = await self._agents_of(request.playbook or self._settings.environment.playbook)
        lead = Lead(request.to, request.timezone or agents.playbook.calendar.zone, request.name)
        conversation = Conversation(agents, lead, events)
        await self._speech.cache.prepare([conversation.opening_line()])
        return conversation

    async def _agents_of(self, name: str) -> Agents:
        if name not in self._agents:
            playbook: Playbook = await asyncio.to_thread(load_playbook, playbook_file(name))
            worder = Worder(self._model, load_prompt(playbook), self._settings.llm.deadline_ms / 1000)
            self._agents[name] = await agents_for(
                playbook, worder, self._storage.calendar, self._storage.suppressions, self._clock
            )
        return self._agents[name]


async def _until_over(live: LiveCall, talk: Coroutine[Any, Any, str]) -> str:
    """Run `talk`, and break it off when the call is ended elsewhere; return why it ended."""
    talking = asyncio.create_task(talk)
    over = asyncio.create_task(live.over.wait())
    try:
        await asyncio.wait({talking, over}, return_when=asyncio.FIRST_COMPLETED)
        if not talking.done():
            return "the call was ended"
        return talking.result()
    finally:
        for task in (talking, over):
            task.cancel()
        await asyncio.gather(talking, over, return_exceptions=True)
