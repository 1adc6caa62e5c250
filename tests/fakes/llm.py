"""A chat model and an inference engine that say what their scripts say."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from domain.errors import LeadlineError, ModelUnavailable
from llm.chat import ChatMetrics, ChatOptions, Message, MetricsSink
from llm.embedded.engine import EngineError, Finished, Generation, Piece, Progress, Step

Say = str | Callable[[Sequence[Message]], str]


@dataclass(frozen=True, slots=True)
class Scripted:
    """One scripted answer.

    say: the text, or a function of the messages that returns it.
    gate: the first piece waits until it is set.
    delay_s: wait before each piece, on the running loop.
    fails: raised instead of the first piece, or after `fails_after` pieces.
    """

    say: Say = ""
    gate: asyncio.Event | None = None
    delay_s: float = 0.0
    fails: LeadlineError | None = None
    fails_after: int = 0


@dataclass
class ScriptedChat:
    """Implements `ChatModel`: gives `script` in order, then repeats `otherwise`; one piece a word."""

    script: list[Scripted | Say] = field(default_factory=list)
    otherwise: Scripted | Say = "All right."
    healthy: bool = True
    on_metrics: MetricsSink | None = None
    requests: list[tuple[tuple[Message, ...], ChatOptions]] = field(default_factory=list)
    warmed: list[tuple[Message, ...]] = field(default_factory=list)
    running: int = 0
    cancelled: int = 0
    closed: bool = False

    async def warm(self, messages: Sequence[Message]) -> None:
        """Note `messages`."""
        self._check()
        self.warmed.append(tuple(messages))

    async def stream(
        self, messages: Sequence[Message], options: ChatOptions | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield the next scripted answer word by word, up to `max_tokens` words and any stop string."""
        self._check()
        chosen = options or ChatOptions()
        self.requests.append((tuple(messages), chosen))
        step = self.script.pop(0) if self.script else self.otherwise
        scripted = step if isinstance(step, Scripted) else Scripted(say=step)
        self.running += 1
        finished = False
        try:
            async for piece in self._pieces(scripted, messages, chosen):
                yield piece
            finished = True
        finally:
            self.running -= 1
            self.cancelled += not finished

    async def health(self) -> bool:
        """Return `healthy`."""
        return self.healthy and not self.closed

    async def close(self) -> None:
        """Refuse further requests."""
        self.closed = True

    def _check(self) -> None:
        if self.closed or not self.healthy:
            raise ModelUnavailable("the scripted model is down")

    async def _pieces(
        self, scripted: Scripted, messages: Sequence[Message], options: ChatOptions
    ) -> AsyncGenerator[str, None]:
        words = _words(scripted.say if isinstance(scripted.say, str) else scripted.say(messages), options)
        await self._await_first(scripted, options)
        for index, word in enumerate(words):
            if scripted.fails and index >= scripted.fails_after:
                raise scripted.fails
            if index and scripted.delay_s:
                await asyncio.sleep(scripted.delay_s)
            yield word
        if scripted.fails:
            raise scripted.fails
        if self.on_metrics:
            prompt = sum(len(message.content.split()) for message in messages)
            self.on_metrics(
                ChatMetrics(
                    prompt_tokens=prompt, output_tokens=len(words), first_token_ms=0.0, total_ms=0.0, tokens_per_s=0.0
                )
            )

    async def _await_first(self, scripted: Scripted, options: ChatOptions) -> None:
        try:
            async with asyncio.timeout(options.deadline):
                if scripted.gate:
                    await scripted.gate.wait()
                await asyncio.sleep(scripted.delay_s)
        except TimeoutError:
            raise ModelUnavailable(f"model gave nothing within {options.deadline} s") from None


def _words(text: str, options: ChatOptions) -> list[str]:
    for stop in options.stop:
        text = text.split(stop, 1)[0]
    return re.findall(r"\s*\S+", text)[: options.max_tokens]


@dataclass
class ScriptedEngine:
    """Implements `Engine`: says `text` word by word; the first word waits for `gate`, each later one for a tick."""

    text: str = "I see. Shall we talk?"
    gate: asyncio.Event | None = None
    refuses: EngineError | None = None
    breaks: EngineError | None = None
    generations: list[Generation] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    async def generate(self, generation: Generation) -> AsyncGenerator[Step, None]:
        """Yield progress, the words, up to `max_tokens` of them and any stop string, and the figures."""
        self.generations.append(generation)
        if self.refuses:
            raise self.refuses
        words = _words(self.text, ChatOptions(max_tokens=generation.max_tokens or 1000, stop=tuple(generation.stop)))
        prompt = sum(len(message["content"].split()) for message in generation.messages)
        self.started.set()
        try:
            yield Progress(total=prompt, processed=prompt)
            if self.gate:
                await self.gate.wait()
            for word in words:
                await asyncio.sleep(0)
                yield Piece(word)
            if self.breaks:
                raise self.breaks
            cut = len(words) == generation.max_tokens
            yield Finished("length" if cut else "stop", prompt, 0, 1_000, len(words), 2_000)
        finally:
            self.stopped.set()

    async def close(self) -> None:
        """Note it."""
        self.closed = True
