"""From events to rows: a pure fold over one call's events."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatchmethod
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import Table

from db import tables
from domain.events import (
    AgentHeard,
    AgentSaid,
    Answered,
    Appointment,
    Ended,
    Event,
    EventData,
    FollowUp,
    HandedOver,
    LeadSaid,
    Objection,
    OptedOut,
    Placed,
    Scored,
    SlotFilled,
    Transferred,
    Verdict,
)
from domain.lead import lead_id_of

Row = dict[str, object]

_ROWS: Final = UUID("0d6a0c40-53c7-5b57-8c5b-3f1a8f0b7a52")


def row_id(*key: object) -> str:
    """Return the UUID of the row with this natural key: the same on every replay."""
    return str(uuid5(_ROWS, "/".join(str(part) for part in key)))


class CallFold:
    """The rows of one call, kept up event by event. A conversation never placed as a call has none."""

    def __init__(self, call_id: str) -> None:
        """Start before the first event."""
        self.call_id = call_id
        self.seq = 0
        self.ended = False
        self._rows: dict[tuple[Table, str], Row] = {}
        self._changed: dict[tuple[Table, str], None] = {}
        self._call: Row | None = None
        self._reply: tuple[Table, str] | None = None
        self._reply_is_open = False

    def apply(self, event: Event) -> None:
        """Take the next event; one already taken changes nothing."""
        if event.seq <= self.seq:
            return
        self.seq = event.seq
        self.ended = isinstance(event.data, Ended)
        if self._call is not None or isinstance(event.data, Placed):
            self._on(event.data, event)

    def changed(self) -> Mapping[Table, list[Row]]:
        """Return the whole rows that changed since `saved`, in the order that foreign keys need."""
        found: dict[Table, list[Row]] = {table: [] for table in tables.metadata.sorted_tables}
        for table, key in self._changed:
            found[table].append(self._rows[table, key])
        return {table: rows for table, rows in found.items() if rows}

    def saved(self) -> None:
        """Forget which rows changed."""
        self._changed.clear()

    def _put(self, table: Table, key: str, row: Row) -> None:
        self._rows[table, key] = row
        self._changed[table, key] = None

    def _insert(self, table: Table, event: Event, **values: object) -> tuple[Table, str]:
        key = row_id(table.name, self.call_id, event.seq)
        self._put(table, key, {"id": key, "call_id": self.call_id, "seq": event.seq, "at": event.at, **values})
        return table, key

    def _update_call(self, **values: object) -> None:
        if self._call is not None:
            self._call.update(values)
            self._changed[tables.calls, self.call_id] = None

    @singledispatchmethod
    def _on(self, data: EventData, event: Event) -> None:
        """Events without rows of their own change nothing."""

    @_on.register(Placed)
    def _placed(self, data: Placed, event: Event) -> None:
        lead_id = lead_id_of(data.to)
        lead: Row = {"id": lead_id, "phone": data.to, "name": data.lead_name, "updated_at": event.at}
        lead |= {"timezone": data.timezone, "address": data.address, "value": data.value}
        self._put(tables.leads, lead_id, lead)
        self._call = dict.fromkeys(tables.calls.columns.keys())
        self._call |= {"id": self.call_id, "lead_id": lead_id, "phone": data.to, "playbook": data.playbook}
        self._call |= {"status": "placed", "placed_at": event.at}
        self._put(tables.calls, self.call_id, self._call)

    @_on.register(Answered)
    def _answered(self, data: Answered, event: Event) -> None:
        self._update_call(status="answered", answered_at=event.at)

    @_on.register(Verdict)
    def _verdict(self, data: Verdict, event: Event) -> None:
        self._update_call(verdict=data.label)

    @_on.register(Transferred)
    def _transferred(self, data: Transferred, event: Event) -> None:
        self._update_call(transferred_at=event.at)

    @_on.register(Ended)
    def _ended(self, data: Ended, event: Event) -> None:
        self._update_call(
            status="ended", outcome=data.outcome, reason=data.reason, ended_at=event.at, duration_ms=event.t_ms
        )

    @_on.register(LeadSaid)
    def _lead_said(self, data: LeadSaid, event: Event) -> None:
        self._reply_is_open = False
        row = dict.fromkeys(tables.turns.columns.keys()[4:]) | data.model_dump(exclude={"type"})
        self._insert(tables.turns, event, **row | {"speaker": "lead", "interrupted": False})

    @_on.register(AgentSaid)
    def _agent_said(self, data: AgentSaid, event: Event) -> None:
        """Join the clauses of one reply; its wording and times are those of the first that is no filler."""
        values: Row = {"agent": data.agent.value, "wording": data.wording, "tier": data.tier}
        values |= {f"{stage}_ms": value for stage, value in data.latency_ms.model_dump().items()}
        if self._reply is not None and self._reply_is_open:
            reply = self._rows[self._reply]
            reply["text"] = f"{reply['text']} {data.text}"
            if reply["wording"] == "filler":
                reply.update(values)
            self._changed[self._reply] = None
            return
        row: Row = dict.fromkeys(tables.turns.columns.keys()[4:])
        row |= {"speaker": "agent", "text": data.text, "interrupted": False, "start_ms": data.start_ms}
        self._reply = self._insert(tables.turns, event, **row | values)
        self._reply_is_open = True

    @_on.register(AgentHeard)
    def _agent_heard(self, data: AgentHeard, event: Event) -> None:
        """Close the reply; what is heard of it later is added."""
        self._reply_is_open = False
        if self._reply is None:
            return
        reply = self._rows[self._reply]
        heard = reply["heard_text"]
        grows = heard is None or data.text.startswith(str(heard))
        reply["heard_text"] = data.text if grows else f"{heard} {data.text}"
        reply["end_ms"] = data.end_ms
        reply["interrupted"] = data.interrupted
        self._changed[self._reply] = None

    @_on.register(HandedOver)
    def _handed_over(self, data: HandedOver, event: Event) -> None:
        self._insert(tables.transitions, event, from_agent=data.from_.value, to_agent=data.to.value, reason=data.reason)

    @_on.register(SlotFilled)
    def _slot_filled(self, data: SlotFilled, event: Event) -> None:
        self._insert(tables.slots, event, **data.model_dump(exclude={"type"}))

    @_on.register(Objection)
    def _objection(self, data: Objection, event: Event) -> None:
        self._insert(tables.objections, event, kind=data.kind)

    @_on.register(Scored)
    def _scored(self, data: Scored, event: Event) -> None:
        factors = {name: factor.model_dump() for name, factor in data.factors.items()}
        self._insert(tables.scores, event, score=data.score, factors=factors)
        self._update_call(score=data.score)

    @_on.register(Appointment)
    def _appointment(self, data: Appointment, event: Event) -> None:
        """Keep the standing appointment; a time merely held doesn't replace one that is booked."""
        key = row_id("appointments", self.call_id)
        standing = self._rows.get((tables.appointments, key), {}).get("status")
        if data.action == "held" and standing in ("booked", "moved"):
            return
        row: Row = {"id": key, "call_id": self.call_id, "seq": event.seq, "at": event.at, "status": data.action}
        self._put(tables.appointments, key, row | {"starts_at": data.start, "zone": data.zone, "place": data.place})

    @_on.register(FollowUp)
    def _follow_up(self, data: FollowUp, event: Event) -> None:
        lead_id = self._call["lead_id"] if self._call else None
        self._insert(tables.follow_ups, event, lead_id=lead_id, due_at=data.at, urgency=data.urgency)

    @_on.register(OptedOut)
    def _opted_out(self, data: OptedOut, event: Event) -> None:
        """Suppress the number even if the process dies before the gate has done so."""
        phone = str(self._call["phone"]) if self._call else ""
        key = row_id("suppressions", phone)
        self._put(tables.suppressions, key, {"id": key, "phone": phone, "reason": data.quote, "at": event.at})
