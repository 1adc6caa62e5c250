"""What can be tuned in a voice session. Times are milliseconds unless named otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice.endpointing import EndpointOptions


@dataclass(frozen=True, slots=True)
class VoiceOptions:
    """Timings of one call.

    opening_silence_ms: silence after the answer before the agent opens the conversation.
    greeting_ms: the longest first utterance that counts as a mere greeting.
    unclear_ms: sound without words that is long enough to ask for a repeat.
    reprompt_ms: silence after the agent's last heard word before a re-prompt.
    mark_grace_ms: how long past its reckoned end a clause's mark may stay away.
    """

    endpoint: EndpointOptions = field(default_factory=EndpointOptions)
    opening_silence_ms: int = 1_200
    greeting_ms: int = 1_500
    unclear_ms: int = 600
    reprompt_ms: int = 6_000
    mark_grace_ms: int = 2_000
