"""One JSON object a line on standard error, from our own loggers and from those of the standard library alike."""

from __future__ import annotations

import logging
import sys
from typing import TextIO, cast

import loguru
import structlog
from structlog.typing import FilteringBoundLogger, Processor

from telemetry.privacy import mask_event
from telemetry.trace import add_trace

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    add_trace,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)


def configure_logging(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log line of the process to `stream` (standard error when None) as JSON; repeating it replaces it.

    Personal data is masked last, after the traceback has become text.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                mask_event,
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Their request lines hold phone numbers and media tokens.
    for name in ("httpx", "twilio.http_client", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    _adopt_loguru()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _adopt_loguru() -> None:
    """Take over what Pipecat logs through loguru; below warnings it holds what people say, so that is dropped."""
    loguru.logger.remove()
    loguru.logger.add(_to_standard_library, level="WARNING")


def _to_standard_library(message: loguru.Message) -> None:
    record = message.record
    exception = record["exception"]
    error = exception.value if exception else None
    level = min(record["level"].no, logging.CRITICAL)
    logging.getLogger(record["name"]).log(level, "%s", record["message"], exc_info=error)


def get_logger(name: str) -> FilteringBoundLogger:
    """Return the logger `name`; fields are given as keywords: `log.info("call_placed", call_id=...)`."""
    return cast(FilteringBoundLogger, structlog.stdlib.get_logger(name))
