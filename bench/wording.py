"""The model's first words on the shipped prompt: cold prefix against warm, the delivered file against the fast copy.

Run with `python -m bench.wording` from the repository's root, with src on PYTHONPATH.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from pathlib import Path
from statistics import median

from agents.playbook import load_playbook
from agents.wording import OPTIONS, WordingPrompt, load_prompt
from bench.speech import model_folder, read_lines
from llm.clauses import ClauseChunker
from llm.embedded.process import EmbeddedOllama
from llm.embedded.requantize import fast_copy
from llm.ollama_chat import OllamaChat
from settings.places import model_cache_dir, playbook_file

MODEL = "qwen2.5-coder-0.5b-instruct"
QUESTION = "How soon would you like to move?"


async def measure(label: str, model_file: Path, prompt: WordingPrompt, lines: list[str]) -> None:
    """Print a row of the table for `model_file`."""
    async with EmbeddedOllama(model_file, MODEL) as server:
        model = OllamaChat(server.url, MODEL)
        began = time.perf_counter()
        await model.warm(prompt.prefix)
        cold_ms = (time.perf_counter() - began) * 1000
        firsts, sentences = [], []
        for line in lines:
            first, sentence = await _words(model, prompt, line)
            firsts.append(first)
            sentences.append(sentence)
        await model.close()
    p95 = sorted(sentences)[round(0.95 * (len(sentences) - 1))]
    print(f"| {label} | {cold_ms:.0f} | {median(firsts):.0f} | {median(sentences):.0f} | {p95:.0f} | {len(lines)} |")


async def _words(model: OllamaChat, prompt: WordingPrompt, line: str) -> tuple[float, float]:
    """Return the milliseconds to the first piece and to the first whole sentence."""
    chunker, first, said = ClauseChunker(), 0.0, ""
    began = time.perf_counter()
    async with aclosing(model.stream(prompt.request(question=QUESTION, said=line), OPTIONS)) as pieces:
        async for piece in pieces:
            first = first or (time.perf_counter() - began) * 1000
            said = " ".join(chunker.feed(piece)) or said
            if said.endswith((".", "!")):
                break
    return first, (time.perf_counter() - began) * 1000


async def main() -> None:
    """Print the table."""
    prompt = load_prompt(load_playbook(playbook_file("real_estate")))
    delivered = model_folder(MODEL)
    lines = read_lines("lead_lines.txt")
    print("| model file | prefix cold, ms | first token p50 | first sentence p50 | p95 | n |")
    print("|---|---|---|---|---|---|")
    await measure("as delivered, Q4_K_M", delivered, prompt, lines)
    await measure("fast copy, IQ4_NL feed-forward", fast_copy(delivered, model_cache_dir() / "fast"), prompt, lines)


if __name__ == "__main__":
    asyncio.run(main())
