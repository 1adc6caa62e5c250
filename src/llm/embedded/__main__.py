"""Run the embedded server: `python -m llm.embedded --model-file PATH --name NAME`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from llm.embedded.tuning import Tuning, calm_threads, default_threads

_EXIT_MISSING = 3


def main() -> int:
    """Serve until SIGTERM or, with --until-stdin-closes, until the parent is gone."""
    arguments = _parse()
    if not arguments.model_file.is_file():
        sys.stderr.write(f"no model file at {arguments.model_file}\n")
        return _EXIT_MISSING
    calm_threads(os.environ)
    # llama.cpp reads its environment as it is loaded: import it only now.
    from llm.embedded.serve import Offer, serve

    offer = Offer(arguments.model_file, arguments.name, _tuning(arguments), arguments.port)
    asyncio.run(serve(offer, until_stdin_closes=arguments.until_stdin_closes))
    return 0


def _parse() -> argparse.Namespace:
    usual = Tuning()
    parser = argparse.ArgumentParser(prog="python -m llm.embedded", description="Ollama's API over llama.cpp.")
    parser.add_argument("--model-file", type=Path, required=True, help="GGUF file")
    parser.add_argument("--name", required=True, help="the model's name in the API")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--threads", type=int, default=default_threads())
    parser.add_argument("--context", type=int, default=usual.context, help="tokens a slot holds")
    parser.add_argument("--batch", type=int, default=usual.batch, help="prompt tokens read at once")
    parser.add_argument("--voice-slots", type=int, default=usual.voice_slots)
    parser.add_argument("--background-slots", type=int, default=usual.background_slots)
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop with the parent process")
    return parser.parse_args()


def _tuning(arguments: argparse.Namespace) -> Tuning:
    return Tuning(
        threads=arguments.threads,
        context=arguments.context,
        batch=arguments.batch,
        voice_slots=arguments.voice_slots,
        background_slots=arguments.background_slots,
    )


if __name__ == "__main__":
    sys.exit(main())
