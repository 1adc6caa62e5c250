"""One call's media stream from its first message to its last, as a Pipecat pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner
from starlette.websockets import WebSocket

from domain.events import Answered
from domain.log import EventLog
from domain.ports import SpeechToText, TextToSpeech
from domain.turn import ConversationPort
from voice.dialog import Dialog
from voice.exchange import Exchange
from voice.handshake import read_start
from voice.hearing import Hearing
from voice.mouth import Mouth
from voice.options import VoiceOptions
from voice.recording import Recording
from voice.serializer import TwilioSerializer
from voice.smart_turn import TurnModel
from voice.speaking import LINE_RATE, Speech
from voice.thinking import Thinker
from voice.vad import VoiceActivity

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Engines:
    """The models that calls share; `new_activity` makes one call's voice activity state."""

    stt: SpeechToText
    turn_model: TurnModel
    voice: TextToSpeech
    new_activity: Callable[[], VoiceActivity]


@dataclass(frozen=True, slots=True)
class CallParts:
    """What belongs to one call."""

    conversation: ConversationPort
    events: EventLog
    recording_path: Path
    limit_s: float


async def run_call(websocket: WebSocket, engines: Engines, parts: CallParts, options: VoiceOptions) -> str:
    """Talk until either side ends the call; return why it ended. `websocket` is accepted and closed on return.

    Raises:
        StreamViolation: the stream did not begin as Twilio's do.
    """
    start = await read_start(websocket)
    parts.events.begin_stream()
    parts.events.append(Answered())
    recording = Recording(limit_ms=round(parts.limit_s * 1000))
    opening = Speech(await parts.conversation.open(), engines.voice)
    stream = _Stream(websocket, start.stream_sid, engines, parts, options, recording)
    try:
        async with asyncio.timeout(parts.limit_s):
            reason = await stream.run(opening)
    except TimeoutError:
        reason = "the call reached its limit"
    finally:
        await stream.dialog.exchange.finish()
        await asyncio.to_thread(recording.save, parts.recording_path)
    log.info("stream_ended", reason=reason, lost_messages=stream.serializer.lost_messages)
    return reason


class _Stream:
    """The pipeline around one WebSocket."""

    def __init__(  # noqa: PLR0913  the parts of one stream, named once here
        self,
        websocket: WebSocket,
        stream_sid: str,
        engines: Engines,
        parts: CallParts,
        options: VoiceOptions,
        recording: Recording,
    ) -> None:
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.serializer = TwilioSerializer(stream_sid)
        transport = FastAPIWebsocketTransport(
            websocket,
            FastAPIWebsocketParams(
                serializer=self.serializer,
                audio_out_enabled=True,
                audio_out_sample_rate=LINE_RATE,
                audio_out_10ms_chunks=2,
                audio_out_end_silence_secs=0,
                audio_out_auto_silence=False,
                allowed_origins=[],
            ),
        )
        transport.add_event_handler("on_client_disconnected", self._disconnected)
        thinker = Thinker(parts.conversation, engines.stt, engines.turn_model, engines.voice)

        def make_exchange(line: Dialog) -> Exchange:
            mouth = Mouth(line, parts.events, recording, mark_grace_ms=options.mark_grace_ms)
            return Exchange(thinker, mouth, parts.events, line, options)

        self.dialog = Dialog(make_exchange, self._end)
        hearing = Hearing(engines.new_activity(), recording, options.endpoint)
        self._worker = PipelineWorker(
            Pipeline([transport.input(), hearing, self.dialog, transport.output()]),
            params=PipelineParams(audio_in_sample_rate=LINE_RATE, audio_out_sample_rate=LINE_RATE),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
        )

    async def run(self, opening: Speech) -> str:
        runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
        await runner.add_workers(self._worker)
        running = asyncio.create_task(runner.run())
        running.add_done_callback(lambda _: self._end("the pipeline ended"))
        try:
            await self.dialog.exchange.begin(opening)
            return await self._ended
        finally:
            await self.dialog.exchange.finish()
            await runner.cancel(reason="stream over")
            await running

    def _end(self, reason: str) -> None:
        if not self._ended.done():
            self._ended.set_result(reason)

    async def _disconnected(self, _transport: FastAPIWebsocketTransport, _websocket: WebSocket) -> None:
        self._end("the line dropped")
