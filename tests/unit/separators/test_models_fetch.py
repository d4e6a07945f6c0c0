"""Downloads, from a server on this machine that behaves like the hub, and misbehaves."""

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from demucs_models import FOUR, save_safetensors, save_th, small_demucs

from stembridge.errors import Cancelled, SeparationError
from stembridge.separators import model_catalogue
from stembridge.separators.demucs import load_model
from stembridge.separators.model_catalogue import hub_path, legacy_path
from stembridge.separators.models import ModelStore

MODEL, MEMBER = "hdemucs_mmi", "75fc33f5"


@dataclass
class Server:
    """What a server has, and what it was asked for."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)
    cut_at: int = 0
    ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)

    def offer(self, path: str, content: bytes) -> None:
        self.files[f"/store/{path}"] = content
        self.stated[f"/{path}"] = hashlib.sha256(content).hexdigest()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            server.asked.append((self.path, wanted))
            if self.path in server.stated:
                self.send_response(302)
                self.send_header("X-Linked-ETag", f'"{server.stated[self.path]}"')
                self.send_header("Location", f"/store{self.path}")
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif self.path in server.files:
                self._send(server.files[self.path], wanted)
            else:
                self.send_error(404)

        def _send(self, content: bytes, wanted: str) -> None:
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and server.ranges else 0
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            end = server.cut_at or len(content)
            self.wfile.write(content[start:end])

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    state = Server()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield state
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def store(server: Server, tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", hub=server.url, publisher=server.url)


@pytest.fixture
def weights(server: Server, tmp_path: Path) -> bytes:
    """Return a model that the hub has."""
    content = save_safetensors(small_demucs(), tmp_path, "x").read_bytes()
    server.offer(hub_path(MODEL, MEMBER), content)
    return content


def quiet(_fraction: float) -> None:
    pass


def test_a_fetched_model_is_verified_and_loads(store: ModelStore, weights: bytes) -> None:
    told: list[float] = []
    files = store.fetch(MODEL, told.append)
    assert load_model(files).sources == tuple(FOUR)
    assert files.hashes == {f"{MEMBER}.safetensors": hashlib.sha256(weights).hexdigest()}
    assert [each.state for each in store.verify()] == ["good"]
    assert (told == sorted(told), told[-1]) == (True, 1.0)


def test_a_model_that_is_here_is_not_asked_for_again(
    store: ModelStore, weights: bytes, server: Server
) -> None:
    store.fetch(MODEL, quiet)
    server.asked.clear()
    store.fetch(MODEL, quiet)
    assert server.asked == []


def test_a_download_that_was_cut_off_goes_on_where_it_stopped(
    store: ModelStore, weights: bytes, server: Server
) -> None:
    server.cut_at = 1000
    with pytest.raises(SeparationError) as caught:
        store.fetch(MODEL, quiet)
    assert (caught.value.code, caught.value.retryable) == ("no-network", True)
    assert [path.name for path in store.folder.glob("[!.]*")] == [f"{MEMBER}.safetensors.part"]
    server.cut_at = 0
    store.fetch(MODEL, quiet)
    assert server.asked[-1][1] == "bytes=1000-"
    assert (store.folder / f"{MEMBER}.safetensors").read_bytes() == weights


def test_a_server_that_cannot_go_on_starts_anew(store: ModelStore, weights: bytes, server: Server) -> None:
    store.folder.mkdir()
    (store.folder / f"{MEMBER}.safetensors.part").write_bytes(weights[:5000])
    server.ranges = False
    store.fetch(MODEL, quiet)
    assert (store.folder / f"{MEMBER}.safetensors").read_bytes() == weights


@pytest.mark.parametrize("left", [b"of another file", b"\0" * 1_000_000])
def test_what_is_left_of_another_download_does_no_harm(
    left: bytes, store: ModelStore, weights: bytes
) -> None:
    store.folder.mkdir()
    (store.folder / f"{MEMBER}.safetensors.part").write_bytes(left)
    store.fetch(MODEL, quiet)
    assert (store.folder / f"{MEMBER}.safetensors").read_bytes() == weights


def test_a_complete_part_only_has_to_be_verified(store: ModelStore, weights: bytes) -> None:
    store.folder.mkdir()
    (store.folder / f"{MEMBER}.safetensors.part").write_bytes(weights)
    store.fetch(MODEL, quiet)
    assert not list(store.folder.glob("*.part"))


def test_what_is_not_the_published_file_is_thrown_away(
    store: ModelStore, weights: bytes, server: Server
) -> None:
    server.stated[f"/{hub_path(MODEL, MEMBER)}"] = "0" * 64
    with pytest.raises(SeparationError, match="not the published file") as caught:
        store.fetch(MODEL, quiet)
    assert caught.value.code == "model-damaged"
    assert list(store.folder.glob("[!.]*")) == []


def test_a_known_hash_counts_more_than_what_the_server_says(
    store: ModelStore, weights: bytes, server: Server
) -> None:
    server.offer(hub_path("htdemucs", "955717e8"), weights)
    with pytest.raises(SeparationError) as caught:
        store.fetch("htdemucs", quiet)
    assert caught.value.code == "model-damaged"


def test_what_the_hub_lacks_comes_from_its_publisher(
    store: ModelStore, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pickle = save_th(small_demucs(), tmp_path, MEMBER)
    monkeypatch.setitem(model_catalogue.PUBLISHED, MEMBER, pickle.stem[-8:])
    server.files[f"/{legacy_path(MEMBER)}"] = pickle.read_bytes()
    assert load_model(store.fetch(MODEL, quiet)).sources == tuple(FOUR)
    assert (store.folder / pickle.name).exists()


def test_a_model_that_nobody_has_is_an_error(store: ModelStore) -> None:
    with pytest.raises(SeparationError, match="Neither server has") as caught:
        store.fetch(MODEL, quiet)
    assert caught.value.code == "model-gone"


def test_without_network_the_way_to_carry_a_model_over_is_said(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, hub="http://127.0.0.1:9", publisher="http://127.0.0.1:9")
    with pytest.raises(SeparationError) as caught:
        store.fetch(MODEL, quiet)
    assert (caught.value.code, caught.value.retryable) == ("no-network", True)
    assert "stembridge models import" in caught.value.hint


def test_a_cancelled_download_can_go_on(store: ModelStore, weights: bytes) -> None:
    def cancel(_fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        store.fetch(MODEL, cancel)
    assert not (store.folder / f"{MEMBER}.safetensors").exists()
    assert store.fetch(MODEL, quiet).name == MODEL


def test_two_processes_that_fetch_the_same_model_download_it_once(
    store: ModelStore, weights: bytes, server: Server
) -> None:
    code = (
        "import sys; from pathlib import Path; from stembridge.separators.models import ModelStore; "
        "ModelStore(Path(sys.argv[1]), hub=sys.argv[2], publisher=sys.argv[2]).fetch(sys.argv[3], lambda _: None)"
    )
    arguments = [sys.executable, "-c", code, str(store.folder), server.url, MODEL]
    running = [subprocess.Popen(arguments) for _ in range(2)]
    assert [each.wait(timeout=60) for each in running] == [0, 0]
    assert len([path for path, _ in server.asked if path.startswith("/store/")]) == 1
    assert [each.state for each in store.verify()] == ["good"]


def test_a_full_disk_is_said_before_the_download(
    store: ModelStore, weights: bytes, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = model_catalogue.KNOWN[MODEL]
    huge = model_catalogue.Known(known.bag, known.stems, 10**9, known.about)
    monkeypatch.setitem(model_catalogue.KNOWN, MODEL, huge)
    with pytest.raises(SeparationError, match="MB free") as caught:
        store.fetch(MODEL, quiet)
    assert (caught.value.code, server.asked) == ("disk-full", [])
