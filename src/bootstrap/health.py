"""What state the parts are in."""

from __future__ import annotations

from typing import Literal

State = Literal["ok", "warming", "down", "absent"]
PARTS = ("database", "cache", "llm", "stt", "tts", "telephony")


class Health:
    """The state of each part; a part is `warming` until it says otherwise."""

    def __init__(self) -> None:
        """Start with all parts warming; there is no cache server unless one is configured."""
        self._states: dict[str, State] = dict.fromkeys(PARTS, "warming")
        self._states["cache"] = "absent"
        self._reasons: dict[str, str] = {}
        self._failure = ""

    def set(self, part: str, state: State, reason: str = "") -> None:
        """Note the state of a part, and why it is down."""
        self._states[part] = state
        self._reasons[part] = reason

    def fail(self, reason: str) -> None:
        """Note that the start failed: what still warms is down, and no call can be taken."""
        self._failure = reason
        for part, state in self._states.items():
            if state == "warming":
                self.set(part, "down", reason)

    @property
    def checks(self) -> dict[str, State]:
        """Every part's state."""
        return dict(self._states)

    @property
    def ready(self) -> bool:
        """Whether calls can be taken: the start didn't fail, and no part warms or is down."""
        return not self._failure and all(state in ("ok", "absent") for state in self._states.values())

    @property
    def reason(self) -> str:
        """Why the start failed, or why a part is down, the first such."""
        down = (reason for part, reason in self._reasons.items() if self._states[part] == "down")
        return self._failure or next(down, "")
