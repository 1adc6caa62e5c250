"""Twilio's call resource and its forms: REST answers and callback fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from domain.errors import InvalidPhone
from domain.phone import parse_phone

API_VERSION = "2010-04-01"

_SUBRESOURCES = (
    "events",
    "notifications",
    "payments",
    "recordings",
    "siprec",
    "streams",
    "transcriptions",
    "user_defined_message_subscriptions",
    "user_defined_messages",
)
_CAMEL = {
    "siprec": "Siprec",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}
_PLACES = ("City", "State", "Zip")


class RestError(Exception):
    """A request that Twilio refuses, with its code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        """Keep the HTTP status, Twilio's code and its words."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def to_json(self) -> dict[str, object]:
        """Return Twilio's shape."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A call as the server asks for it; times in seconds."""

    to: str
    from_: str
    url: str | None
    twiml: str | None
    method: str
    status_callback: str | None
    status_events: frozenset[str]
    status_method: str
    detects_machine: bool
    amd_callback: str | None
    timeout_s: float
    limit_s: float

    @classmethod
    def parse(cls, form: Mapping[str, Sequence[str]]) -> CallRequest:
        """Read the fields of a POST to Calls.json.

        Raises:
            RestError: a field is missing or wrong, with Twilio's code.
        """
        one = {name: values[0] for name, values in form.items() if values}
        if not one.get("To"):
            raise RestError(400, 21201, "No 'To' number is specified")
        if not one.get("From"):
            raise RestError(400, 21213, "No 'From' number is specified")
        if not one.get("Url") and not one.get("Twiml"):
            raise RestError(400, 21205, "Url parameter is required.")
        events = " ".join(form.get("StatusCallbackEvent", ["completed"])).split()
        is_async = one.get("AsyncAmd", "").lower() == "true"
        return cls(
            to=_number(one["To"], 21211, "To"),
            from_=_number(one["From"], 21212, "From"),
            url=one.get("Url"),
            twiml=one.get("Twiml"),
            method=one.get("Method", "POST").upper(),
            status_callback=one.get("StatusCallback"),
            status_events=frozenset(events),
            status_method=one.get("StatusCallbackMethod", "POST").upper(),
            detects_machine="MachineDetection" in one,
            amd_callback=one.get("AsyncAmdStatusCallback") if is_async else None,
            timeout_s=_seconds(one.get("Timeout", "60"), "Timeout"),
            limit_s=_seconds(one.get("TimeLimit", "14400"), "TimeLimit"),
        )


@dataclass(slots=True)
class CallState:
    """What Twilio knows of a call; times aware."""

    sid: str
    account_sid: str
    request: CallRequest
    created: datetime
    updated: datetime
    status: str = "queued"
    started: datetime | None = None
    ended: datetime | None = None
    answered_by: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen."""
        return self.ended is not None

    @property
    def duration_s(self) -> int:
        """Whole seconds from answer to end, 0 for a call that nobody took."""
        return round((self.ended - self.started).total_seconds()) if self.started and self.ended else 0

    def to_json(self) -> dict[str, object]:
        """Return the call resource."""
        uri = f"/{API_VERSION}/Accounts/{self.account_sid}/Calls/{self.sid}"
        return {
            "sid": self.sid,
            "date_created": _date(self.created),
            "date_updated": _date(self.updated),
            "parent_call_sid": None,
            "account_sid": self.account_sid,
            "to": self.request.to,
            "to_formatted": _formatted(self.request.to),
            "from": self.request.from_,
            "from_formatted": _formatted(self.request.from_),
            "phone_number_sid": "",
            "status": self.status,
            "start_time": _date(self.started),
            "end_time": _date(self.ended),
            "duration": str(self.duration_s) if self.ended else None,
            "price": None,
            "price_unit": "USD",
            "direction": "outbound-api",
            "answered_by": self.answered_by,
            "annotation": None,
            "api_version": API_VERSION,
            "forwarded_from": None,
            "group_sid": None,
            "caller_name": None,
            "queue_time": "0",
            "trunk_sid": None,
            "uri": f"{uri}.json",
            "subresource_uris": {name: f"{uri}/{_CAMEL.get(name, name.title())}.json" for name in _SUBRESOURCES},
        }

    def to_form(self) -> dict[str, str]:
        """Return the fields that every webhook about this call carries."""
        form = {
            "CallSid": self.sid,
            "AccountSid": self.account_sid,
            "ApiVersion": API_VERSION,
            "CallStatus": self.status,
            "Direction": "outbound-api",
        }
        for names, number in ((("To", "Called"), self.request.to), (("From", "Caller"), self.request.from_)):
            for name in names:
                form[name] = number
                form[f"{name}Country"] = "US" if number.startswith("+1") else ""
                form.update({f"{name}{place}": "" for place in _PLACES})
        return form

    def to_status_form(self, sequence: int, at: datetime) -> dict[str, str]:
        """Return the fields of the status callback number `sequence`, from 0."""
        form = {
            **self.to_form(),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(sequence),
            "Timestamp": _date(at) or "",
        }
        if self.is_over:
            form["CallDuration"] = str(self.duration_s)
            form["Duration"] = str(-(-self.duration_s // 60))
            form["SipResponseCode"] = {"completed": "200", "busy": "486", "no-answer": "487", "canceled": "487"}.get(
                self.status, "404"
            )
            if self.answered_by:
                form["AnsweredBy"] = self.answered_by
        return form


def _number(text: str, code: int, field: str) -> str:
    try:
        return parse_phone(text)
    except InvalidPhone as error:
        raise RestError(400, code, f"The '{field}' number {text} is not a valid phone number.") from error


def _seconds(text: str, field: str) -> float:
    try:
        return float(int(text))
    except ValueError as error:
        raise RestError(400, 20001, f"Invalid value for {field}: {text}") from error


def _date(time: datetime | None) -> str | None:
    return format_datetime(time) if time else None


def _formatted(number: str) -> str:
    if number.startswith("+1") and len(number) == 12:
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number
