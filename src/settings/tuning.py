"""What config/default.yaml holds. Every field must be in the file, so that reading it shows every value in force."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Milliseconds = Annotated[int, Field(ge=0, le=600_000)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Count = Annotated[int, Field(ge=1, le=1_024)]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Section(BaseModel):
    """A section of the file: unknown fields are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EndpointSettings(Section):
    """When a turn of the lead begins and ends.

    start, stop: voice probability at which speech starts and stops.
    start_ms: speech needed for a turn to start. pause_ms: silence after which thinking starts on a guess.
    quick_ms, usual_ms, patient_ms: silence that ends a turn that is surely over, unsure, surely unfinished.
    """

    start: Probability
    stop: Probability
    start_ms: Milliseconds
    pause_ms: Milliseconds
    quick_ms: Milliseconds
    usual_ms: Milliseconds
    patient_ms: Milliseconds

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.stop > self.start:
            raise ValueError("stop must not be above start")
        if not self.pause_ms <= self.quick_ms <= self.usual_ms <= self.patient_ms:
            raise ValueError("pause_ms, quick_ms, usual_ms and patient_ms must rise in this order")
        return self


class VoiceSettings(Section):
    """Timings of a voice session.

    opening_silence_ms: silence after the answer before the agent opens the conversation.
    greeting_ms: the longest first utterance that counts as a mere greeting.
    unclear_ms: sound without words that is long enough to ask for a repeat.
    reprompt_ms: silence after the agent's last heard word before a re-prompt.
    mark_grace_ms: how long past its reckoned end a clause's mark may stay away.
    """

    endpoint: EndpointSettings
    opening_silence_ms: Milliseconds
    greeting_ms: Milliseconds
    unclear_ms: Milliseconds
    reprompt_ms: Milliseconds
    mark_grace_ms: Milliseconds


class SpeechSettings(Section):
    """Recognition and synthesis.

    recogniser: a name in config/models.yaml. threads, voice_threads: CPU threads of one recognition and one synthesis.
    """

    recogniser: str
    threads: Count
    voice_threads: Count


class ModelSettings(Section):
    """The language model.

    deadline_ms: how long the first clause may take before the planned line is spoken instead.
    concurrency: requests at a time. queue: background requests that may wait.
    context_tokens, threads: of the embedded server.
    breaker_failures, breaker_rest_s: failures in a row that open the breaker, and how long it stays open.
    """

    deadline_ms: Milliseconds
    concurrency: Count
    queue: Count
    context_tokens: Annotated[int, Field(ge=512, le=131_072)]
    threads: Count
    breaker_failures: Count
    breaker_rest_s: Seconds


class CallSettings(Section):
    """Limits of a call.

    max_call_s: a call is ended politely after that long. ring_timeout_s: unanswered calls are given up.
    media_token_s: how long the stream's single-use token stays valid. drain_s: live calls' time to finish at shutdown.
    region: country of a number written without its code.
    """

    max_call_s: Seconds
    ring_timeout_s: Annotated[int, Field(ge=5, le=600)]
    media_token_s: Seconds
    drain_s: Seconds
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Tuning(Section):
    """The whole file."""

    voice: VoiceSettings
    speech: SpeechSettings
    llm: ModelSettings
    calls: CallSettings
