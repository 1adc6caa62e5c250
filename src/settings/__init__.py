"""Settings from the environment and the files under config/: read by the composition root, the API and the CLI."""

from settings.clock import ShiftedClock, SystemClock, clock_from
from settings.environment import Environment
from settings.load import Settings, load_settings
from settings.places import CONFIG_DIR, DEFAULT_CONFIG, MODELS_FILE, playbook_file
from settings.yaml_file import load_yaml_model

__all__ = [
    "CONFIG_DIR",
    "DEFAULT_CONFIG",
    "MODELS_FILE",
    "Environment",
    "Settings",
    "ShiftedClock",
    "SystemClock",
    "clock_from",
    "load_settings",
    "load_yaml_model",
    "playbook_file",
]
