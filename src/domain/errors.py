"""Every error that Leadline raises on purpose, as one tree.

LeadlineError
├── InvalidInput            the user gave something that can't be used (exit 2, HTTP 422)
│   ├── InvalidPhone        a number that is none
│   ├── InvalidFile         a settings, playbook or persona file, with file, line and field
│   ├── AddressInUse        the server's port is taken
│   └── DirectoryInUse      another process writes the same data
├── Refused                 a rule forbids it (HTTP 409)
│   ├── Suppressed          the number opted out
│   └── Closed              the gate is closed: hours, drain, limits
├── NotFound                no such call, model or conversation (HTTP 404)
├── MissingPart             a part isn't installed (exit 3, HTTP 503)
│   └── ModelMissing        a model file, with the command that gets it
├── CorruptFile             a file whose hash differs from the one on record (exit 3)
├── StorageFailed           a disk or database refused a write that is kept in memory and tried again (HTTP 503)
├── TelephonyError          the carrier refused or failed, with its code and text (HTTP 502)
│   └── DialUncertain       it may have taken the call all the same, so nothing is dialled again
├── StreamViolation         a media message that breaks the protocol; ends that stream only
├── ModelError              the language model
│   ├── ModelUnavailable    not reachable, or died while answering
│   ├── ModelOverloaded     refused for load, with the seconds to wait
│   └── ModelRejected       the request was wrong and would be again
├── SpeechError             recognition or synthesis failed
└── ToolRefused             a tool's input failed its checks, with a suggestion
"""

from __future__ import annotations

from pathlib import Path


class LeadlineError(Exception):
    """Root of the tree. `str(error)` is one line for a person; `mend` says what to do about it."""

    exit_code = 4
    http_status = 500

    def __init__(self, message: str, *, mend: str | None = None) -> None:
        """Keep the line and, where there is one, the way to mend it."""
        super().__init__(message)
        self.mend = mend


class InvalidInput(LeadlineError):
    """Bad input or settings."""

    exit_code = 2
    http_status = 422


class InvalidPhone(InvalidInput):
    """A phone number that is none."""


class InvalidFile(InvalidInput):
    """A file that a person writes has an error at `line` (from 1) in `field`."""

    def __init__(self, file: Path, reason: str, *, line: int | None = None, field: str | None = None) -> None:
        """Name the place as `file:line: field: reason`."""
        place = f"{file}:{line}" if line is not None else str(file)
        super().__init__(": ".join(part for part in (place, field, reason) if part))
        self.file, self.line, self.field, self.reason = file, line, field, reason


class AddressInUse(InvalidInput):
    """Another process listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        """Name host and port."""
        super().__init__(
            f"port {port} on {host} is in use", mend="stop the other process or set LEADLINE_PORT to a free port or 0"
        )


class DirectoryInUse(InvalidInput):
    """Another process writes to the data directory."""

    def __init__(self, directory: Path) -> None:
        """Name the directory."""
        super().__init__(
            f"{directory} is in use by another process", mend="stop the other process or set LEADLINE_DATA_DIR"
        )


class Refused(LeadlineError):
    """A rule forbids it; `reason` is a stable word for programs."""

    exit_code = 1
    http_status = 409
    reason = "refused"


class Suppressed(Refused):
    """The number opted out and is never dialled."""

    reason = "suppressed"


class Closed(Refused):
    """The gate is closed just now."""

    reason = "closed"


class NotFound(LeadlineError):
    """Nothing of that name or id."""

    exit_code = 2
    http_status = 404


class MissingPart(LeadlineError):
    """A part isn't there; `mend` holds the command that gets it."""

    exit_code = 3
    http_status = 503


class ModelMissing(MissingPart):
    """A model file isn't in the cache."""

    def __init__(self, name: str) -> None:
        """Name the model and the command that gets it."""
        super().__init__(f"model {name!r} is missing", mend=f"leadline models pull {name}")


class CorruptFile(LeadlineError):
    """A file's SHA-256 isn't the one on record."""

    exit_code = 3

    def __init__(self, file: str, *, expected: str, found: str) -> None:
        """Name the file and both hashes."""
        super().__init__(
            f"{file} has SHA-256 {found[:12]}…, expected {expected[:12]}…",
            mend="delete it and run: leadline models pull",
        )


class StorageFailed(LeadlineError):
    """A disk or database refuses to write; what should be written is kept in memory and tried again."""

    http_status = 503


class TelephonyError(LeadlineError):
    """The carrier refused or failed; its own code and text are kept."""

    http_status = 502

    def __init__(self, code: str, text: str) -> None:
        """Keep the carrier's code and text."""
        super().__init__(f"carrier error {code}: {text}")
        self.code, self.text = code, text


class DialUncertain(TelephonyError):
    """The carrier's answer is missing or unreadable: the phone may ring, so nothing is dialled again."""


class StreamViolation(LeadlineError):
    """A message on the media stream breaks Twilio's protocol."""


class ModelError(LeadlineError):
    """The language model failed."""

    http_status = 503


class ModelUnavailable(ModelError):
    """The model's server can't be reached, or died while answering."""


class ModelOverloaded(ModelError):
    """The model's server refuses for load; ask again after `retry_after_s`."""

    http_status = 429

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        """Keep the wait in seconds."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelRejected(ModelError):
    """The request itself is wrong; repeating it is no use."""


class SpeechError(LeadlineError):
    """Recognition or synthesis failed."""


class ToolRefused(LeadlineError):
    """A tool's input failed its checks; `mend` is the suggestion back to the caller."""
