"""Reports of figures: bars, percentiles and the machine they were measured on."""

from __future__ import annotations

import contextlib
import json
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from domain.errors import InvalidInput

SCHEMA_VERSION = 1
MET, MISSED = 0, 1
"""Exit codes of a command that measures."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure against its threshold; `measured` is None where there was nothing to measure, and then it isn't met."""

    name: str
    bar: str
    measured: float | None
    met: bool
    n: int
    peer: float | None = None


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value that `share` of `values` do not exceed (nearest rank), None without values."""
    if not values:
        return None
    rank = max(math.ceil(share * len(values)), 1)
    return sorted(values)[rank - 1]


def spread(values: Sequence[float]) -> dict[str, float | int | None]:
    """Return p50, p95 and n."""
    return {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "n": len(values)}


def at_most(name: str, limit: float, values: Sequence[float], *, share: float = 0.5) -> Bar:
    """Return the bar that a percentile of `values` stays under `limit`."""
    measured = percentile(values, share)
    return Bar(name, f"< {limit:g}", measured, measured is not None and measured < limit, len(values))


def at_least(name: str, limit: float, part: int, whole: int) -> Bar:
    """Return the bar that `part` of `whole` reaches the share `limit`."""
    measured = round(part / whole, 4) if whole else None
    return Bar(name, f">= {limit:g}", measured, measured is not None and measured >= limit, whole)


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def write_json(path: Path, report: dict[str, Any]) -> None:
    """Write `report` with its schema version, atomically.

    Raises:
        InvalidInput: `path` can't be written.
    """
    write_text(path, json.dumps({"schema_version": SCHEMA_VERSION, **report}, indent=2) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write `text`, atomically, into folders that are made where they are missing.

    Raises:
        InvalidInput: `path` can't be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise InvalidInput(f"{path} can't be written: {error.strerror or error}") from error


def bars_as_dicts(bars: Sequence[Bar]) -> list[dict[str, Any]]:
    """Return the bars in the report's shape."""
    return [asdict(bar) for bar in bars]


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
