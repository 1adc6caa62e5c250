"""A conversation that answers from a list and remembers what was done with its drafts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from domain.errors import ModelUnavailable
from domain.turn import AgentName, Draft, DraftTimes, Expects, Reply, Utterance


def line(text: str, *, ends_call: bool = False, expects: Expects = Expects.OPEN) -> Reply:
    """Return a vetted clause."""
    return Reply(text, AgentName.CONVERSATION, "vetted", expects=expects, ends_call=ends_call)


class ScriptedDraft:
    """Yields the given clauses; counts its ends."""

    def __init__(
        self, said: Sequence[Reply], *, fails: bool = False, before_commit: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Say `said`, or fail at once; `before_commit` is awaited before the effects happen."""
        self._before_commit = before_commit
        self.times = DraftTimes()
        self._said = said
        self._fails = fails
        self.committed = False
        self.discarded = False

    async def replies(self) -> AsyncIterator[Reply]:
        """Yield the clauses."""
        if self._fails:
            raise ModelUnavailable("scripted failure")
        for reply in self._said:
            yield reply

    async def commit(self) -> None:
        """Remember it."""
        if self._before_commit is not None:
            await self._before_commit()
        self.committed = True

    async def discard(self) -> None:
        """Remember it."""
        self.discarded = True


class ScriptedConversation:
    """Answers each utterance with the next list of clauses; `opening` comes first."""

    def __init__(self, opening: Sequence[Reply], answers: Sequence[Sequence[Reply]] = ()) -> None:
        """Take the script."""
        self._opening = opening
        self._answers = list(answers)
        self.heard_texts: list[str] = []
        self.utterances: list[Utterance] = []
        self.drafts: list[ScriptedDraft] = []
        self.warmed = 0
        self.closed: str | None = None
        self.fail_next = False
        self.before_commit: Callable[[], Awaitable[None]] | None = None

    async def warm(self) -> None:
        """Count it."""
        self.warmed += 1

    async def open(self) -> Draft:
        """Return the opening."""
        return ScriptedDraft(self._opening)

    async def propose(self, utterance: Utterance) -> Draft:
        """Return the next answer; the last one is repeated."""
        self.utterances.append(utterance)
        place = min(sum(draft.committed for draft in self.drafts), len(self._answers) - 1)
        said = self._answers[place] if self._answers else ()
        draft = ScriptedDraft(said, fails=self.fail_next, before_commit=self.before_commit)
        self.fail_next = False
        self.drafts.append(draft)
        return draft

    def heard(self, text: str) -> None:
        """Keep what was heard."""
        self.heard_texts.append(text)

    async def close(self, reason: str) -> None:
        """Keep the reason."""
        self.closed = reason
