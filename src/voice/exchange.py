"""The dialog on the line: turns signals about the lead into guesses, and confirmed guesses into speech.

It knows nothing of Pipecat: the line comes in as a Protocol, time as the log's clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

import structlog

from domain.errors import LeadlineError
from domain.events import AgentHeard, LeadSaid
from domain.log import EventLog
from domain.turn import Source, Utterance
from voice.endpointing import Evidence, Signal
from voice.ledger import HeardText
from voice.line import Line
from voice.mouth import Mouth, TurnTimes
from voice.opening import Opening
from voice.options import VoiceOptions
from voice.speaking import Speech
from voice.thinking import Guess, Heard, Thinker, Thought

log = structlog.get_logger(__name__)

P = ParamSpec("P")


class Exchange:
    """One call's dialog. All methods run on the event loop; none blocks it."""

    def __init__(self, thinker: Thinker, mouth: Mouth, events: EventLog, line: Line, options: VoiceOptions) -> None:
        """Tie the parts together; nothing happens before `begin`."""
        self._thinker = thinker
        self._mouth = mouth
        self._events = events
        self._line = line
        self._options = options
        self._opening: Opening | None = None
        self._guess: Guess | None = None
        self._unanswered: Heard | None = None
        self._turn: asyncio.Task[None] | None = None
        self._timer: asyncio.Task[None] | None = None
        self._over = False
        mouth.on_settled = self._settled

    async def begin(self, opening: Speech) -> None:
        """Wait for the lead's greeting, or for silence, then open the conversation."""
        self._opening = Opening(opening, self._thinker, self._line, self._options)
        self._after(self._options.opening_silence_ms, self._open)

    async def on_signal(self, signal: Signal, heard: Heard) -> None:
        """Take what the ears noticed."""
        if self._over or self._mouth.closing:
            return
        self._stop_timer()
        if self._opening is not None:
            if await self._opening.on_signal(signal, heard):
                self._open()
            return
        await self._drop_guess(keep=signal is Signal.ENDED)
        if signal is Signal.STARTED:
            await self._fall_silent()
        elif signal is Signal.PAUSED:
            self._guess = self._think(heard.after(self._unanswered))
        elif signal is Signal.ENDED:
            heard = heard.after(self._unanswered)
            self._guess = self._guess or self._think(heard)
            self._unanswered = heard
            self._take_turn(self._answer_speech, self._guess, heard)

    async def on_digit(self, digit: str) -> None:
        """Take a key as a turn of its own."""
        if self._over or self._mouth.closing or self._opening is not None:
            return
        self._stop_timer()
        await self._drop_guess()
        await self._fall_silent()
        self._take_turn(self._answer, self._utterance_now(digit, "dtmf"))

    def on_mark(self, name: str) -> None:
        """Take a mark back."""
        self._mouth.on_mark(name)

    async def finish(self) -> None:
        """Stop everything; what was being said counts as cut here. Idempotent."""
        self._over = True
        self._stop_timer()
        await self._drop_guess()
        await _stop(self._turn)
        opening, self._opening = self._opening, None
        if opening is not None:
            await opening.cancel()
        self._note_heard(await self._mouth.cut())

    def _open(self) -> None:
        opening, self._opening = self._opening, None
        if opening is not None:
            self._take_turn(self._open_with, opening)

    async def _open_with(self, opening: Opening) -> None:
        speech, thought = await opening.choose()
        self._note_lead(thought)
        await self._speak(speech, TurnTimes(opening.lead_end_ms))
        if thought is None:
            self._note_lead(await opening.greeting())

    def _think(self, heard: Heard) -> Guess:
        return Guess(self._thinker.think(heard, self._mouth.expects, self._tell))

    async def _tell(self, evidence: Evidence) -> None:
        await self._line.tell(evidence)

    async def _answer_speech(self, guess: Guess, heard: Heard) -> None:
        thought = await guess.result()
        self._guess = self._unanswered = None
        if thought.speech is None and not thought.failed:
            await self._answer_noise(heard)
            return
        self._note_lead(thought)
        speech = thought.speech or await self._thinker.answer(thought.utterance)
        stt_ms = thought.transcript.compute_ms if thought.transcript else None
        await self._speak(speech, TurnTimes(heard.end_ms, stt_ms))

    async def _answer_noise(self, heard: Heard) -> None:
        """No words: take up what the noise broke off, or ask when it was long enough to have been words."""
        rest = self._mouth.rest()
        if rest is not None:
            await self._mouth.say(Speech(rest, self._thinker.voice), TurnTimes())
        elif heard.length_ms >= self._options.unclear_ms:
            await self._answer(Utterance("", confidence=0.0, start_ms=heard.start_ms, end_ms=heard.end_ms))
        else:
            self._await_lead()

    async def _answer(self, utterance: Utterance) -> None:
        end_ms = None if utterance.source == "silence" else utterance.end_ms
        await self._speak(await self._thinker.answer(utterance), TurnTimes(end_ms))

    async def _speak(self, speech: Speech, times: TurnTimes) -> None:
        try:
            await speech.draft.commit()
            await self._mouth.say(speech, times)
        except asyncio.CancelledError:
            if not self._mouth.busy:
                # Cut off between the effects and the first sound: nothing of the reply was heard.
                self._thinker.conversation.heard("")
                await speech.cancel()
            raise

    async def _fall_silent(self) -> None:
        await _stop(self._turn)
        if self._mouth.busy:
            await self._line.clear()
        self._note_heard(await self._mouth.cut())

    def _settled(self, heard: HeardText) -> None:
        self._note_heard(heard)
        if self._mouth.closing:
            self._over = True
            self._take_turn(self._line.end)
        else:
            self._await_lead()

    def _await_lead(self) -> None:
        self._after(self._options.reprompt_ms, self._reprompt)

    def _reprompt(self) -> None:
        self._take_turn(self._answer, self._utterance_now("", "silence"))

    def _after(self, delay_ms: int, act: Callable[[], None]) -> None:
        async def wait() -> None:
            await asyncio.sleep(delay_ms / 1000)
            self._timer = None
            act()

        self._stop_timer()
        self._timer = asyncio.create_task(wait())

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _take_turn(self, work: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **kwargs: P.kwargs) -> None:
        async def guarded() -> None:
            """A turn that fails never leaves the lead on a dead line: the silence prompt takes over."""
            try:
                await work(*args, **kwargs)
            except LeadlineError as error:
                log.warning("turn_failed", reason=str(error))
                self._await_lead()

        self._turn = asyncio.create_task(guarded())

    async def _drop_guess(self, *, keep: bool = False) -> None:
        if self._guess is not None and not keep:
            guess, self._guess = self._guess, None
            await guess.cancel()

    def _utterance_now(self, text: str, source: Source) -> Utterance:
        now = self._events.elapsed_ms()
        return Utterance(text, source=source, start_ms=now, end_ms=now)

    def _note_lead(self, thought: Thought | None) -> None:
        if thought is None or not thought.utterance.text.strip():
            return
        said = thought.utterance
        self._events.append(
            LeadSaid(
                text=said.text,
                confidence=said.confidence,
                language=said.language,
                start_ms=said.start_ms,
                end_ms=said.end_ms,
            )
        )

    def _note_heard(self, heard: HeardText | None) -> None:
        if heard is not None:
            self._events.append(AgentHeard(text=heard.text, end_ms=heard.end_ms, interrupted=heard.interrupted))
            self._thinker.conversation.heard(heard.text)


async def _stop(task: asyncio.Task[None] | None) -> None:
    if task is not None and task is not asyncio.current_task():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
