"""The model fits the line's first words to what the lead said; the guard keeps it honest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from agents.guard import content_words
from agents.playbook import Playbook
from agents.speech_text import speakable
from llm.chat import ChatOptions, Message

PROMPT_FILE = Path(__file__).parent / "prompts" / "wording.md"
_VERSION = re.compile(r"<!-- version: (\d+) -->\s*")
_SECTION = re.compile(r"^### (caller|reply)\s*$", re.MULTILINE)
_ROLES = {"caller": "user", "reply": "assistant"}
_MAX_QUESTION_WORDS = 14
_MAX_SAID_WORDS = 30


@dataclass(frozen=True, slots=True)
class WordingPrompt:
    """The stable prefix of every wording request, and its version for traces."""

    version: str
    prefix: tuple[Message, ...]

    def request(self, *, question: str, said: str) -> list[Message]:
        """Return the prompt for one reply; what varies is small and last.

        `question` is the agent's last question as the lead heard it. Amounts go in as words, which take fewer tokens
        to say again than digits.
        """
        asked = " ".join(question.split()[-_MAX_QUESTION_WORDS:])
        words = " ".join(speakable(said).split()[:_MAX_SAID_WORDS])
        content = f"[{asked}] {words}" if asked else words
        return [*self.prefix, Message("user", content)]


OPTIONS = ChatOptions(max_tokens=24, temperature=0.0, stop=("\n", "?", "["))


def load_prompt(playbook: Playbook, path: Path = PROMPT_FILE) -> WordingPrompt:
    """Read the prompt's file and fill in the playbook's identity."""
    text = path.read_text(encoding="utf-8")
    version = _VERSION.match(text)
    parts = _SECTION.split(text[version.end() if version else 0 :])
    messages = [Message("system", playbook.fill(parts[0].strip()))]
    for role, content in zip(parts[1::2], parts[2::2], strict=True):
        messages.append(Message(_ROLES[role], content.strip()))  # type: ignore[arg-type]  # a role of _ROLES
    return WordingPrompt(version.group(1) if version else "0", tuple(messages))


def example_words(prompt: WordingPrompt) -> frozenset[str]:
    """Return the content words of the prompt's examples, so that a guard can tell when the model parrots them."""
    said = (message.content for message in prompt.prefix if message.role != "system")
    return frozenset().union(*(content_words(text) for text in said))
