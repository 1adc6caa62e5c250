"""The composition root of the server: everything is built here, behind a process that already answers /health.

Importing this module is cheap: what takes seconds to import is imported by `start`, in the background.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import secrets
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import structlog

from agents.playbook import load_playbook
from bootstrap.health import Health
from domain.clock import Clock
from domain.errors import LeadlineError, MissingPart
from domain.events import Event
from settings.clock import clock_from
from settings.load import Settings
from settings.places import playbook_file
from telephony.calls import LiveCall
from telephony.signatures import SignatureCheck
from telephony.switchboard import Switchboard

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from db.repositories import CallRecords
    from llm.chat import ChatModel
    from weights.store import ModelStore

log = structlog.get_logger(__name__)

T = TypeVar("T")

_READY_LIMIT_S = 30.0
_HEAVY = ("bootstrap.storage", "bootstrap.speech", "bootstrap.calls")


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a running server answers requests with."""

    switchboard: Switchboard
    records: CallRecords
    events: Callable[[str], Awaitable[Sequence[Event]]]
    recording: Callable[[str], Path]
    talk: Callable[[WebSocket, LiveCall], Awaitable[None]]


def check_files(settings: Settings) -> None:
    """Return when the files that a person writes are in order, so that a server can start.

    Raises:
        InvalidInput: there is no such playbook.
        InvalidFile: the playbook has an error, with file, line and field.
    """
    load_playbook(playbook_file(settings.environment.playbook))


class Application:
    """A server's parts. `start` returns at once; `runtime` waits until all is warm."""

    def __init__(self, settings: Settings) -> None:
        """Prepare; nothing is opened yet."""
        self.settings = settings
        self.clock: Clock = clock_from(settings.environment)
        self.health = Health()
        self._public_url = settings.environment.public_base_url
        self._stack = AsyncExitStack()
        self._starting: asyncio.Task[Runtime] | None = None

    @property
    def public_url(self) -> str:
        """How Twilio reaches us: PUBLIC_BASE_URL, else where the server listens."""
        return self._public_url or ""

    def listening(self, url: str) -> None:
        """Say where the server listens."""
        self._public_url = self._public_url or url

    def signature_check(self) -> SignatureCheck | None:
        """Return the check of Twilio's webhooks, None while no account is configured."""
        token = self.settings.environment.twilio.auth_token
        return SignatureCheck(token.get_secret_value()) if token else None

    def start(self) -> None:
        """Begin to build everything in the background."""
        self._starting = asyncio.create_task(self._build())
        self._starting.add_done_callback(self._note_failure)

    async def runtime(self) -> Runtime:
        """Return the runtime, waiting up to 30 s while it warms.

        Raises:
            MissingPart: it isn't ready in time.
            LeadlineError: a part could not be built; the error says how to mend it.
        """
        if self._starting is None:
            raise MissingPart("the server has not started")
        try:
            async with asyncio.timeout(_READY_LIMIT_S):
                return await asyncio.shield(self._starting)
        except TimeoutError as error:
            raise MissingPart("the server is still warming up", mend="try again in a few seconds") from error

    async def drain(self, limit_s: float) -> None:
        """Take no new calls and let live ones finish within `limit_s` seconds."""
        starting = self._starting
        if starting is None or not starting.done() or starting.cancelled() or starting.exception() is not None:
            return
        await starting.result().switchboard.drain(limit_s)

    async def close(self) -> None:
        """Close everything that was opened."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await self._stack.aclose()

    async def _build(self) -> Runtime:
        """Build the parts; the model's process loads on one core while this one imports on the other."""
        await asyncio.to_thread(importlib.import_module, "bootstrap.language_model")
        from bootstrap.language_model import chat_model
        from bootstrap.models import model_store

        store = model_store(self.settings)
        loading = asyncio.create_task(self._enter("llm", chat_model(self.settings, store)))
        try:
            return await self._build_around(store, loading)
        finally:
            loading.cancel()

    async def _build_around(self, store: ModelStore, loading: asyncio.Task[ChatModel]) -> Runtime:
        for name in _HEAVY:
            await asyncio.to_thread(importlib.import_module, name)
        from bootstrap.calls import CallFactory, carrier_from
        from bootstrap.speech import speech
        from bootstrap.storage import storage

        carrier = carrier_from(self.settings, lambda: self.public_url)
        self.health.set("telephony", "ok" if carrier else "absent")
        remembered = await self._enter("database", storage(self.settings, self.clock))
        parts = await self._enter("tts", speech(self.settings, store, self.clock))
        self.health.set("stt", "ok")
        factory = CallFactory(self.settings, self.clock, remembered, parts, await loading)
        await factory.warm()
        switchboard = factory.switchboard(carrier, new_id=lambda: str(uuid.uuid4()), new_token=_new_token)
        return Runtime(
            switchboard=switchboard,
            records=remembered.records,
            events=factory.events(switchboard),
            recording=remembered.recording,
            talk=factory.talk(switchboard),
        )

    async def _enter(self, part: str, context: contextlib.AbstractAsyncContextManager[T]) -> T:
        try:
            entered = await self._stack.enter_async_context(context)
        except LeadlineError as error:
            self.health.set(part, "down", str(error))
            raise
        self.health.set(part, "ok")
        return entered

    def _note_failure(self, task: asyncio.Task[Runtime]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        log.error("start_failed", reason=str(error), mend=getattr(error, "mend", None))
        self.health.fail(str(error))


def _new_token() -> str:
    return secrets.token_urlsafe(32)
