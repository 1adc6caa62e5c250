"""A small manifest, packages that carry its parts, and a hub on loopback."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from weights.manifest import Manifest
from weights.packages import Locate

CONTENT = bytes(range(256)) * 5_000
"""1.28 MB: more than one chunk."""


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def entry(name: str, content: bytes) -> dict[str, object]:
    """Return a file's fields."""
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@pytest.fixture
def small() -> Manifest:
    """One model of each kind: `brain` one file, `ears` a folder, `inside` within a dependency."""
    parts = [{"package": f"brain-{part}", "path": f"brain/{part}.bin"} for part in (1, 2)]
    hub = {"from": "hub", "repo": "org/brain", "revision": "v1"}
    ears = [("model.bin", b"model"), ("config.json", b"{}")]
    return Manifest.model_validate(
        {
            "models": [
                {
                    "name": "brain",
                    "purpose": "thinks",
                    "licence": "MIT",
                    "origin": "org",
                    "editions": [
                        {"from": "packages", "files": [entry("brain.gguf", CONTENT) | {"parts": parts}]},
                        hub | {"files": [entry("brain.gguf", CONTENT) | {"path": "q4/brain.gguf"}]},
                    ],
                },
                {
                    "name": "ears",
                    "purpose": "hears",
                    "licence": "MIT",
                    "origin": "org",
                    "directory": True,
                    "editions": [
                        {
                            "from": "packages",
                            "files": [
                                entry(name, content) | {"parts": [{"package": "ears", "path": f"ears/{name}"}]}
                                for name, content in ears
                            ],
                        }
                    ],
                },
                {
                    "name": "inside",
                    "purpose": "comes along",
                    "licence": "MIT",
                    "origin": "org",
                    "editions": [
                        {
                            "from": "dependency",
                            "package": "dep",
                            "folder": "dep/data",
                            "files": [entry("vad.onnx", b"vad")],
                        }
                    ],
                },
            ]
        }
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with the files that the packages of `small` carry."""
    root = tmp_path / "site"
    files = {
        "brain/1.bin": CONTENT[:700_000],
        "brain/2.bin": CONTENT[700_000:],
        "ears/model.bin": b"model",
        "ears/config.json": b"{}",
        "dep/data/vad.onnx": b"vad",
    }
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


@pytest.fixture
def locate(site: Path) -> Locate:
    """Find the packages' files in `site`."""

    def locate(_package: str, path: str) -> Path | None:
        file = site / path
        return file if file.is_file() else None

    return locate


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[str]:
    """Serve the hub's edition of `brain`; yields the hub's URL."""
    folder = tmp_path / "hub" / "org" / "brain" / "resolve" / "v1" / "q4"
    folder.mkdir(parents=True)
    (folder / "brain.gguf").write_bytes(CONTENT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(tmp_path / "hub")))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()
