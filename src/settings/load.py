"""All settings of a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from settings.environment import Environment, read_environment
from settings.places import model_cache_dir
from settings.tuning import CallSettings, ModelSettings, SpeechSettings, Tuning, VoiceSettings
from settings.yaml_file import load_yaml_model


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says, and what config/default.yaml tunes."""

    environment: Environment
    voice: VoiceSettings
    speech: SpeechSettings
    llm: ModelSettings
    calls: CallSettings

    @property
    def database_url(self) -> str:
        """The database: SQLite in the data folder unless one is given."""
        given = self.environment.database_url
        if given is not None:
            return given.get_secret_value()
        return f"sqlite+aiosqlite:///{self.environment.data_dir / 'leadline.db'}"

    @property
    def model_cache(self) -> Path:
        """The folder that model files are kept in."""
        return self.environment.model_cache or model_cache_dir()


def load_settings(env: Mapping[str, str], config: Path) -> Settings:
    """Read the environment's variables from `env` and the rest from the YAML file `config`.

    Raises:
        InvalidInput: a variable's value can't be used, or the host needs a key; the message names the variable.
        InvalidFile: `config` has an error, with file, line and field.
    """
    environment = read_environment(env)
    tuning = load_yaml_model(config, Tuning)
    return Settings(
        environment=environment, voice=tuning.voice, speech=tuning.speech, llm=tuning.llm, calls=tuning.calls
    )
