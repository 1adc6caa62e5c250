"""An application over a real database and a fake carrier, behind real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx
import uvicorn
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.app import create_app
from api.server import bind
from bootstrap.health import Health
from campaigns.gate import Gate
from db import migrate
from db.engine import open_engine
from db.journal import Journal
from db.projection import Projector
from db.repositories import CallIndex, CallRecords, SqlSuppressions
from domain.errors import MissingPart
from domain.events import Answered, Event
from domain.log import EventLog
from domain.ports import Carrier
from domain.turn import ConversationPort
from settings.load import Settings, load_settings
from settings.places import DEFAULT_CONFIG
from simulator.webhooks import signature
from telephony.calls import CallLimits, CallRequest, LiveCall, SwitchboardParts
from telephony.signatures import SignatureCheck
from telephony.switchboard import Switchboard
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import ManualClock
from tests.fakes.conversation import ScriptedConversation, line

TOKEN = "auth-token"
PHONE = "+14155550199"


def settings_for(folder: Path, **variables: str) -> Settings:
    """Return settings that keep everything below `folder`."""
    given = {"LEADLINE_DATA_DIR": str(folder), "TWILIO_AUTH_TOKEN": TOKEN, "LEADLINE_PORT": "0", **variables}
    return load_settings(given, DEFAULT_CONFIG)


@dataclass
class TestRuntime:
    """The parts that answer requests."""

    __test__ = False

    switchboard: Switchboard
    records: CallRecords
    events: Callable[[str], Awaitable[Sequence[Event]]]
    recording: Callable[[str], Path]
    talk: Callable[[WebSocket, LiveCall], Awaitable[None]]


class TestApplication:
    """Implements `bootstrap.runtime.Application`; `runtime` fails with `missing` where that is set."""

    __test__ = False

    def __init__(self, settings: Settings, clock: ManualClock | None = None) -> None:
        self.settings = settings
        self.clock = clock or ManualClock()
        self.health = Health()
        self.carrier = FakeCarrier()
        self.real_carrier: Carrier | None = None
        self.public_url = settings.environment.public_base_url or ""
        self.missing: MissingPart | None = None
        self.breaks: Exception | None = None
        self.projector: Projector | None = None
        self.suppressions: SqlSuppressions | None = None
        self.talks: asyncio.Queue[str] = asyncio.Queue()
        self._stack = AsyncExitStack()
        self._building: asyncio.Task[TestRuntime] | None = None

    def listening(self, url: str) -> None:
        self.public_url = self.public_url or url

    def signature_check(self) -> SignatureCheck | None:
        token = self.settings.environment.twilio.auth_token
        return SignatureCheck(token.get_secret_value()) if token else None

    def start(self) -> None:
        self._building = asyncio.create_task(self._build())

    async def runtime(self) -> TestRuntime:
        if self.missing:
            raise self.missing
        if self.breaks:
            raise self.breaks
        assert self._building is not None
        return await asyncio.shield(self._building)

    async def drain(self, limit_s: float) -> None:
        await (await self.runtime()).switchboard.drain(limit_s)

    async def close(self) -> None:
        await self._stack.aclose()

    async def _build(self) -> TestRuntime:
        url, folder = self.settings.database_url, self.settings.environment.data_dir
        folder.mkdir(parents=True, exist_ok=True)
        await migrate.upgrade(url)
        engine = open_engine(url)
        self._stack.push_async_callback(engine.dispose)
        journal = await self._stack.enter_async_context(Journal(folder / "journal", retry_s=0.01))
        self.projector = Projector(engine, journal, self.clock)
        await self.projector.start()
        self._stack.push_async_callback(self.projector.close)
        self.suppressions = SqlSuppressions(engine)
        switchboard = self._switchboard(journal, CallIndex(engine, self.clock))

        async def events(call_id: str) -> Sequence[Event]:
            live = switchboard.find(call_id)
            if live is not None:
                return live.log.events
            await journal.flush()
            return await asyncio.to_thread(journal.read, call_id)

        async def talk(websocket: WebSocket, live: LiveCall) -> None:
            live.log.begin_stream()
            live.log.append(Answered())
            self.talks.put_nowait(live.call_id)
            with contextlib.suppress(WebSocketDisconnect):
                while await websocket.receive_text() != "goodbye":
                    pass
            await switchboard.talked(live, "said goodbye")

        return TestRuntime(
            switchboard=switchboard,
            records=CallRecords(engine),
            events=events,
            recording=lambda call_id: folder / f"{call_id}.wav",
            talk=talk,
        )

    def _switchboard(self, journal: Journal, keys: CallIndex) -> Switchboard:
        assert self.suppressions is not None
        ids = count(1)

        async def prepare(request: CallRequest, log: EventLog) -> ConversationPort:
            return ScriptedConversation([line("Hello.")])

        parts = SwitchboardParts(
            carrier=self.real_carrier or self.carrier,
            gate=Gate(self.suppressions),
            keys=keys,
            suppressions=self.suppressions,
            prepare=prepare,
            sinks=(journal,),
            clock=self.clock,
            new_id=lambda: f"call-{next(ids)}",
            new_token=lambda: f"token-{next(ids)}",
        )
        return Switchboard(parts, CallLimits("+14155550100", max_call_s=60, ring_timeout_s=30, token_s=120))


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Served:
    """The app behind a socket, and a client of it."""

    def __init__(self, application: TestApplication, client: httpx.AsyncClient) -> None:
        self.application = application
        self.client = client
        self.url = str(client.base_url).rstrip("/")

    async def place(self, to: str = PHONE) -> str:
        answer = await self.client.post("/calls", json={"to": to})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["call_id"])

    async def webhook(self, path: str, form: Mapping[str, str], *, sign: str | None = None) -> httpx.Response:
        """Post `form` as Twilio does; `sign` replaces the signature."""
        given = signature(TOKEN, self.application.public_url + path, form) if sign is None else sign
        return await self.client.post(path, data=dict(form), headers={"X-Twilio-Signature": given})

    async def ended(self, call_id: str) -> None:
        """Wait until a call is over and its rows have caught up."""
        live = (await self.application.runtime()).switchboard.find(call_id)
        if live is not None:
            await live.over.wait()
        await self.settled()

    async def settled(self) -> None:
        """Wait until the rows have caught up."""
        await self.application.runtime()
        assert self.application.projector is not None
        await self.application.projector.settled()


@asynccontextmanager
async def served(
    settings: Settings, clock: ManualClock | None = None, carrier: Callable[[Callable[[], str]], Carrier] | None = None
) -> AsyncIterator[Served]:
    """Serve the app on any free port; `carrier` makes one that is told our public URL, in place of the fake."""
    application = TestApplication(settings, clock)
    if carrier is not None:
        application.real_carrier = carrier(lambda: application.public_url)
    listener = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    application.listening(url)
    quick = dataclasses.replace(settings, calls=settings.calls.model_copy(update={"drain_s": 0}))
    application.settings = quick
    config = uvicorn.Config(create_app(application), access_log=False, log_config=None, ws="websockets-sansio")
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as client:
            yield Served(application, client)
    finally:
        server.should_exit = True
        await serving
