"""The heard-text ledger: Twilio's marks decide what the lead has heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.turn import Reply


@dataclass(slots=True)
class _Entry:
    mark: str
    reply: Reply
    starts_ms: float
    ends_ms: float
    heard: bool = False

    def share(self, now_ms: float) -> float:
        if self.heard:
            return 1.0
        length = max(self.ends_ms - self.starts_ms, 1.0)
        return min(max((now_ms - self.starts_ms) / length, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class HeardText:
    """What was heard of a reply: the words, until when, and whether it was cut short."""

    text: str
    end_ms: int
    interrupted: bool


class HeardTextLedger:
    """Accounts for one reply, clause by clause. Times are milliseconds since the stream began."""

    def __init__(self) -> None:
        """Start an empty account."""
        self._entries: list[_Entry] = []
        self._complete = False

    @property
    def settled(self) -> bool:
        """Whether the whole reply has been sent and heard."""
        return self._complete and all(entry.heard for entry in self._entries)

    @property
    def empty(self) -> bool:
        """Whether no clause has begun to be sent."""
        return not self._entries

    def sending(self, mark: str, reply: Reply, *, starts_ms: float) -> None:
        """Enter a clause whose audio begins to play at `starts_ms`."""
        self._entries.append(_Entry(mark, reply, starts_ms, starts_ms))

    def sent_until(self, ends_ms: float) -> None:
        """Say how far the audio of the last clause reaches."""
        self._entries[-1].ends_ms = ends_ms

    def all_sent(self) -> None:
        """Say that the reply has no more clauses."""
        self._complete = True

    def marked(self, mark: str) -> None:
        """Take a mark back: its clause has been heard. Unknown marks are of earlier replies and ignored."""
        for entry in self._entries:
            if entry.mark == mark:
                entry.heard = True

    def whole(self) -> HeardText:
        """Return the reply as heard to its end."""
        end_ms = self._entries[-1].ends_ms if self._entries else 0
        return HeardText(" ".join(entry.reply.text for entry in self._entries), round(end_ms), interrupted=False)

    def cut(self, *, now_ms: float) -> HeardText:
        """Return what was heard of the reply when play-out stops now.

        A clause whose mark came back counts in full; of the clause being played, the share of its words that equals the
        share of its time.
        """
        words: list[str] = []
        end_ms = 0.0
        for entry in self._entries:
            share = entry.share(now_ms)
            spoken = entry.reply.text.split()
            words += spoken[: int(len(spoken) * share)]
            if share > 0:
                end_ms = min(entry.ends_ms, now_ms)
        return HeardText(" ".join(words), round(end_ms), interrupted=True)

    def unheard(self, *, now_ms: float) -> Sequence[Reply]:
        """Return the clauses not heard in full, from the one being played."""
        return [entry.reply for entry in self._entries if entry.share(now_ms) < 1.0]
