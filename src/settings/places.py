"""Where files are found that Leadline doesn't write itself."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from domain.errors import InvalidInput

CONFIG_DIR = Path(__file__).resolve().parents[2] / "config"
"""The folder config/ beside src/."""

DEFAULT_CONFIG = CONFIG_DIR / "default.yaml"

MODELS_FILE = CONFIG_DIR / "models.yaml"
"""The list of model files: a `weights.manifest.Manifest`."""


def playbook_file(playbook: str, *, config_dir: Path = CONFIG_DIR) -> Path:
    """Return the file of `playbook`: a path, or a name in `config_dir`/playbooks.

    Raises:
        InvalidInput: there is no such playbook; the message lists the names that there are.
    """
    folder = config_dir / "playbooks"
    is_path = playbook.endswith((".yaml", ".yml")) or "/" in playbook
    file = Path(playbook) if is_path else folder / f"{playbook}.yaml"
    if file.is_file():
        return file
    known = ", ".join(sorted(path.stem for path in folder.glob("*.yaml"))) or "none"
    raise InvalidInput(f"LEADLINE_PLAYBOOK: no playbook {playbook!r}", mend=f"give a path, or one of: {known}")


def model_cache_dir() -> Path:
    """Return the user's cache folder for model files."""
    return platformdirs.user_cache_path("leadline") / "models"
