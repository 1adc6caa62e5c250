"""Logs without personal data, and the ids that tie their lines together."""

from telemetry.logs import configure_logging, get_logger
from telemetry.trace import bind_trace, new_trace_id, trace_id

__all__ = ["bind_trace", "configure_logging", "get_logger", "new_trace_id", "trace_id"]
