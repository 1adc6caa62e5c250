"""The part of TwiML that connects a call to a media stream."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamVerb:
    """`<Connect><Stream url>` with its parameters."""

    url: str
    parameters: dict[str, str]


class TwimlError(Exception):
    """The document can't be run; `code` is Twilio's error code."""

    def __init__(self, code: int, text: str) -> None:
        """Keep Twilio's code and words."""
        super().__init__(f"{code} {text}")
        self.code = code


def parse_twiml(document: str) -> StreamVerb | None:
    """Return the stream that `document` connects to, None for a response that only hangs up.

    Raises:
        TwimlError: 12100 for no XML, 12200 for a verb other than Connect and Hangup, 31920 for a url of no WebSocket.
    """
    try:
        root = ET.fromstring(document)  # noqa: S314 - comes from the server under test on loopback
    except ET.ParseError as error:
        raise TwimlError(12100, f"Document parse failure: {error}") from error
    if root.tag != "Response":
        raise TwimlError(12100, f"Document parse failure: root is {root.tag}")
    for verb in root:
        if verb.tag == "Hangup":
            return None
        if verb.tag != "Connect":
            raise TwimlError(12200, f"Schema validation warning: {verb.tag}")
        return _stream(verb)
    return None


def _stream(connect: ET.Element) -> StreamVerb:
    stream = connect.find("Stream")
    url = stream.get("url", "") if stream is not None else ""
    if stream is None or not url.startswith(("ws://", "wss://")):
        raise TwimlError(31920, f"Stream url {url!r} is no WebSocket")
    parameters = {item.get("name", ""): item.get("value", "") for item in stream.findall("Parameter")}
    return StreamVerb(url, parameters)
