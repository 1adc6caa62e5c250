"""What `leadline doctor` looks at."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from bootstrap.models import manifest, model_store
from domain.errors import LeadlineError
from settings.load import Settings
from settings.places import playbook_file


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is fine, what was found, and how to mend it."""

    part: str
    ok: bool
    detail: str
    mend: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return plain values."""
        return asdict(self)


def diagnose(settings: Settings) -> list[Finding]:
    """Look at every part without starting any."""
    environment = settings.environment
    return [
        _data_dir(environment.data_dir),
        _playbook(environment.playbook),
        *_models(settings),
        Finding("database", ok=True, detail="PostgreSQL" if environment.database_url else "embedded default: SQLite"),
        Finding("language model", ok=True, detail=environment.ollama_host or "embedded default"),
        Finding(
            "telephony",
            ok=True,
            detail="Twilio account" if environment.twilio.configured else "no account: only the demo's simulated calls",
        ),
        Finding("sheet", ok=True, detail="embedded default: local workbook"),
        _lead_voice(),
    ]


def _data_dir(folder: Path) -> Finding:
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if os.access(existing, os.W_OK):
        return Finding("data folder", ok=True, detail=str(folder))
    return Finding("data folder", ok=False, detail=f"{existing} can't be written", mend="set LEADLINE_DATA_DIR")


def _playbook(name: str) -> Finding:
    from agents.playbook import load_playbook

    try:
        load_playbook(playbook_file(name))
    except LeadlineError as error:
        return Finding("playbook", ok=False, detail=str(error), mend=error.mend or "correct the file")
    return Finding("playbook", ok=True, detail=name)


def _models(settings: Settings) -> list[Finding]:
    store = model_store(settings)
    findings = []
    for model in manifest().models:
        try:
            store.path(model.name)
        except LeadlineError as error:
            findings.append(Finding(f"model {model.name}", ok=False, detail=str(error), mend=error.mend or ""))
        else:
            findings.append(Finding(f"model {model.name}", ok=True, detail=model.licence))
    return findings


def _lead_voice() -> Finding:
    if importlib.util.find_spec("piper") is None:
        return Finding("lead's voice", ok=False, detail="piper-tts is not installed", mend="make setup")
    return Finding("lead's voice", ok=True, detail="Piper, in a process of its own, for demo and tests")
