"""A server process over fakes: `python -m tests.api.served_process`, settings from the environment."""

from __future__ import annotations

import os

from api.server import serve
from settings.load import load_settings
from settings.places import DEFAULT_CONFIG
from tests.api.support import TestApplication

if __name__ == "__main__":
    serve(load_settings(os.environ, DEFAULT_CONFIG), TestApplication)
