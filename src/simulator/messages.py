"""The messages of Twilio's media stream, with every field that Twilio's have."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from simulator.sound import FRAME_MS, SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class StreamIdentity:
    """The ids of a stream and the parameters that the TwiML gave it."""

    account_sid: str
    call_sid: str
    stream_sid: str
    custom_parameters: dict[str, str]


class StreamMessages:
    """Writes messages to the server; sequence numbers count from 1 and leave out `connected`."""

    def __init__(self, identity: StreamIdentity) -> None:
        """Write for the stream of `identity`."""
        self._identity = identity
        self._sequence = 0
        self._chunk = 0

    def connected(self) -> str:
        """Return the first message."""
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self) -> str:
        """Return the message that describes the stream."""
        start = {
            "accountSid": self._identity.account_sid,
            "streamSid": self._identity.stream_sid,
            "callSid": self._identity.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": SAMPLE_RATE, "channels": 1},
            "customParameters": self._identity.custom_parameters,
        }
        return self._numbered("start", {"start": start})

    def media(self, payload: bytes) -> str:
        """Return 20 ms of µ-law; chunks count from 1, the timestamp is the chunk's start in milliseconds."""
        media = {
            "track": "inbound",
            "chunk": str(self._chunk + 1),
            "timestamp": str(self._chunk * FRAME_MS),
            "payload": base64.b64encode(payload).decode("ascii"),
        }
        self._chunk += 1
        return self._numbered("media", {"media": media})

    def dtmf(self, digit: str) -> str:
        """Return a pressed key."""
        return self._numbered("dtmf", {"dtmf": {"track": "inbound_track", "digit": digit}})

    def mark(self, name: str) -> str:
        """Return a mark whose audio has been played or cleared."""
        return self._numbered("mark", {"mark": {"name": name}})

    def stop(self) -> str:
        """Return the last message."""
        return self._numbered(
            "stop", {"stop": {"accountSid": self._identity.account_sid, "callSid": self._identity.call_sid}}
        )

    def _numbered(self, event: str, body: dict[str, object]) -> str:
        self._sequence += 1
        numbered = {"event": event, "sequenceNumber": str(self._sequence), **body}
        return json.dumps({**numbered, "streamSid": self._identity.stream_sid})


@dataclass(frozen=True, slots=True)
class Media:
    """µ-law audio from the server."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark from the server."""

    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    """The server drops what has not been played."""


def parse_message(text: str | bytes, *, stream_sid: str) -> Media | Mark | Clear:
    """Read a message of the server.

    Raises:
        ValueError: Twilio would refuse it (its warning 31951, invalid message); says why.
    """
    if isinstance(text, bytes):
        raise ValueError("binary message")
    message = json.loads(text)
    if not isinstance(message, dict):
        raise ValueError("not an object")
    if message.get("streamSid") != stream_sid:
        raise ValueError(f"streamSid {message.get('streamSid')!r} is not this stream's")
    match message:
        case {"event": "media", "media": {"payload": str(payload)}}:
            return Media(base64.b64decode(payload, validate=True))
        case {"event": "mark", "mark": {"name": str(name)}}:
            return Mark(name)
        case {"event": "clear"}:
            return Clear()
    raise ValueError(f"event {message.get('event')!r} is unknown or lacks its fields")
