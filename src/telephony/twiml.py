"""TwiML that connects a call to our media stream."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from twilio.twiml.voice_response import Connect, Stream, VoiceResponse


def connect_stream(public_url: str, *, token: str, parameters: dict[str, str]) -> str:
    """Return TwiML with `<Connect><Stream>` to the stream behind `token`, and its parameters."""
    parts = urlsplit(public_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    url = urlunsplit((scheme, parts.netloc, f"{parts.path.rstrip('/')}/twilio/media/{token}", "", ""))
    stream = Stream(url=url)
    for name, value in parameters.items():
        stream.parameter(name=name, value=value)
    connect = Connect()
    connect.append(stream)
    response = VoiceResponse()
    response.append(connect)
    return str(response)


def hang_up() -> str:
    """Return TwiML that ends the call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def nothing() -> str:
    """Return TwiML without any verb."""
    return str(VoiceResponse())
