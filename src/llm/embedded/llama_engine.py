"""The engine over llama.cpp, by its Python binding `xllamacpp`."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import xllamacpp

from llm.embedded.engine import EngineError, Finished, Generation, Piece, Progress, Step
from llm.embedded.slots import SlotTable
from llm.embedded.tuning import Tuning

_NS_PER_MS = 1e6
_QUEUED = 64
_ERRORS_ONLY = 1

_Item = Step | EngineError | None


class LlamaEngine:
    """Runs one model. Each generation blocks a thread of its own inside llama.cpp, which batches them by itself."""

    def __init__(self, model_file: Path, tuning: Tuning) -> None:
        """Load the model; takes about a second for a half-billion one.

        Raises:
            EngineError: llama.cpp can't load it.
        """
        self._slots = SlotTable(voice=tuning.voice_slots, background=tuning.background_slots)
        self._threads = ThreadPoolExecutor(_QUEUED, thread_name_prefix="generate")
        self._closing = threading.Event()
        try:
            self._server = xllamacpp.Server(_parameters(model_file, tuning))
        except RuntimeError as error:
            raise EngineError(f"llama.cpp can't load {model_file}", status=500) from error

    async def generate(self, generation: Generation) -> AsyncGenerator[Step, None]:
        """Yield the steps of `generation`; see `Engine.generate`."""
        loop = asyncio.get_running_loop()
        steps: asyncio.Queue[_Item] = asyncio.Queue()
        unwanted = threading.Event()

        def put(item: _Item) -> None:
            loop.call_soon_threadsafe(steps.put_nowait, item)

        def on_chunk(chunk: dict[str, Any]) -> bool:
            stop = unwanted.is_set() or self._closing.is_set()
            if not stop:
                for item in _steps(chunk):
                    put(item)
            return stop

        slot = self._slots.take([(m["role"], m["content"]) for m in generation.messages], voice=generation.voice)
        work = loop.run_in_executor(
            self._threads, self._server.handle_chat_completions, _request(generation, slot), on_chunk
        )
        work.add_done_callback(lambda _: self._slots.give(slot))
        work.add_done_callback(lambda _: steps.put_nowait(None))
        try:
            while (item := await steps.get()) is not None:
                if isinstance(item, EngineError):
                    raise item
                yield item
            await work
        except RuntimeError as error:
            raise EngineError(str(error), status=500) from error
        finally:
            unwanted.set()

    async def close(self) -> None:
        """Stop all work and free the model."""
        self._closing.set()
        await asyncio.to_thread(self._threads.shutdown)
        del self._server


def _parameters(model_file: Path, tuning: Tuning) -> xllamacpp.CommonParams:
    parameters = xllamacpp.CommonParams()
    slots = tuning.voice_slots + tuning.background_slots
    parameters.model.path = str(model_file)
    parameters.n_parallel = slots
    parameters.n_ctx = tuning.context * slots
    parameters.n_batch = parameters.n_ubatch = tuning.batch
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = tuning.threads
    parameters.cache_ram_mib = 0
    parameters.verbosity = _ERRORS_ONLY
    # The binding always opens llama.cpp's own HTTP port as well: nobody but this process may use it.
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [secrets.token_urlsafe(32)]
    parameters.cors_origins = ""
    parameters.endpoint_slots = False
    parameters.ui = False
    return parameters


def _request(generation: Generation, slot: int) -> dict[str, Any]:
    return {
        "messages": [dict(message) for message in generation.messages],
        "max_tokens": -1 if generation.max_tokens is None else generation.max_tokens,
        "stop": list(generation.stop),
        **generation.sampling,
        "id_slot": slot,
        "cache_prompt": True,
        "stream": True,
        "return_progress": True,
    }


def _steps(chunk: dict[str, Any]) -> list[Step | EngineError]:
    """Read one chunk of llama.cpp's stream, in the shape of OpenAI's with progress and timings added."""
    if error := chunk.get("error"):
        return [EngineError(str(error.get("message", error)), status=int(error.get("code", 500)))]
    if progress := chunk.get("prompt_progress"):
        return [Progress(total=progress["total"], processed=progress["processed"])]
    steps: list[Step | EngineError] = []
    for choice in chunk.get("choices", ()):
        if text := choice["delta"].get("content"):
            steps.append(Piece(text))
        if choice.get("finish_reason"):
            steps.append(_finished(choice["finish_reason"], chunk["timings"]))
    return steps


def _finished(reason: str, timings: dict[str, Any]) -> Finished:
    cached = max(int(timings["cache_n"]), 0)
    return Finished(
        reason="length" if reason == "length" else "stop",
        prompt_tokens=cached + int(timings["prompt_n"]),
        cached_tokens=cached,
        prompt_ns=round(timings["prompt_ms"] * _NS_PER_MS),
        output_tokens=int(timings["predicted_n"]),
        output_ns=round(timings["predicted_ms"] * _NS_PER_MS),
    )
