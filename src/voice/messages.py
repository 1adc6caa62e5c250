"""Twilio's Media Streams messages, as Twilio documents them.

Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from domain.errors import StreamViolation


class Message(BaseModel):
    """Base of the messages and their parts; unknown fields are Twilio's to add."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Numbered(Message):
    """A message of the stream; all but `connected` carry a number, from 1 without gaps."""

    sequence_number: int | None = Field(alias="sequenceNumber", default=None, ge=0)


class MediaFormat(Message):
    """Twilio sends 8 kHz mono µ-law and nothing else."""

    encoding: Literal["audio/x-mulaw"]
    sample_rate: Literal[8000] = Field(alias="sampleRate")
    channels: Literal[1]


class StartDetails(Message):
    """What the start message says of the call."""

    call_sid: str = Field(alias="callSid", min_length=1)
    stream_sid: str = Field(alias="streamSid", min_length=1)
    media_format: MediaFormat = Field(alias="mediaFormat")
    custom_parameters: dict[str, str] = Field(alias="customParameters", default_factory=dict)


class Connected(Numbered):
    """The first message."""

    event: Literal["connected"]
    protocol: Literal["Call"]


class Start(Numbered):
    """The second message: the stream begins."""

    event: Literal["start"]
    start: StartDetails


class MediaPayload(Message):
    """A piece of audio; `timestamp` is milliseconds since the stream began."""

    payload: str
    timestamp: int = Field(ge=0)
    chunk: int = Field(ge=0)
    track: str = "inbound"


class Media(Numbered):
    """Audio from the call."""

    event: Literal["media"]
    media: MediaPayload

    def audio(self) -> bytes:
        """Return the µ-law bytes.

        Raises:
            StreamViolation: the payload is not base64.
        """
        try:
            return base64.b64decode(self.media.payload, validate=True)
        except binascii.Error as error:
            raise StreamViolation(f"media payload is not base64: {error}") from error


class DtmfDetails(Message):
    """A key."""

    digit: str = Field(pattern=r"^[0-9*#A-D]$")


class Dtmf(Numbered):
    """The caller pressed a key."""

    event: Literal["dtmf"]
    dtmf: DtmfDetails


class MarkDetails(Message):
    """A mark's name."""

    name: str


class Mark(Numbered):
    """All audio sent before the mark of that name has been played, or was cleared."""

    event: Literal["mark"]
    mark: MarkDetails


class Stop(Numbered):
    """The stream is over."""

    event: Literal["stop"]


Incoming = Annotated[Connected | Start | Media | Dtmf | Mark | Stop, Field(discriminator="event")]
_INCOMING: TypeAdapter[Incoming] = TypeAdapter(Incoming)

MAX_MESSAGE_CHARS = 64_000


def parse(raw: str | bytes) -> Incoming:
    """Return the message in `raw`.

    Raises:
        StreamViolation: `raw` is too long, no JSON, or no message that Twilio sends.
    """
    if len(raw) > MAX_MESSAGE_CHARS:
        raise StreamViolation(f"message of {len(raw)} characters, at most {MAX_MESSAGE_CHARS} are taken")
    try:
        return _INCOMING.validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StreamViolation(f"bad message: {place or 'message'}: {first['msg']}") from error


def media(stream_sid: str, ulaw: bytes) -> str:
    """Return the message that plays `ulaw`, 8 kHz µ-law bytes."""
    payload = base64.b64encode(ulaw).decode("ascii")
    return json.dumps({"event": "media", "streamSid": stream_sid, "media": {"payload": payload}})


def mark(stream_sid: str, name: str) -> str:
    """Return the message that asks for a mark once all audio before it has been played."""
    return json.dumps({"event": "mark", "streamSid": stream_sid, "mark": {"name": name}})


def clear(stream_sid: str) -> str:
    """Return the message that empties the play-out buffer."""
    return json.dumps({"event": "clear", "streamSid": stream_sid})
