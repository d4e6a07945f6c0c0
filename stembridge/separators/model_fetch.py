"""Downloads of model files: resumed where they stopped, whole or not at all, and held against a SHA-256."""

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO

from stembridge.durable import sync_file, sync_folder
from stembridge.errors import SeparationError
from stembridge.separators.model_files import hash_file

TIMEOUT_S = 30.0
_PART = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")

Told = Callable[[int, int], None]
"""Told how many bytes are there, and how many there will be (0 when the server does not say)."""


@dataclass(frozen=True)
class Download:
    """A file to get.

    Attributes:
        url: where it is.
        target: where it goes.
        sha256: what it has to be: its SHA-256 or the start of it; empty for what the server says.

    """

    url: str
    target: Path
    sha256: str


class NotThere(Exception):  # noqa: N818 - not an error: there may be another place
    """The server does not have the file."""


def download(wanted: Download, told: Told) -> str:
    """Get a file and return its SHA-256.

    What has come lies beside the target as ``.part``; a download that was cut off goes on from there.

    Raises:
        NotThere: if the server does not have it.
        SeparationError: ``no-network`` if the server cannot be reached, ``disk-full``, ``model-damaged`` if what
            came is not what it has to be.

    """
    part = wanted.target.with_name(f"{wanted.target.name}.part")
    try:
        try:
            digest = _try(wanted, part, told)
        except _Other:
            digest = _try(wanted, part, told)
    except _Other as error:
        raise SeparationError(
            f"What came from {wanted.url} is not the published file: its SHA-256 is {error}.",
            path=wanted.target,
            code="model-damaged",
            hint="Try again; if it stays so, a proxy may be changing it.",
        ) from error
    sync_file(part)
    part.replace(wanted.target)
    sync_folder(wanted.target.parent)
    return digest


class _Other(Exception):  # noqa: N818
    """What came is another file; it has been thrown away."""


def _try(wanted: Download, part: Path, told: Told) -> str:
    stated = _transfer(wanted.url, part, told)
    digest, expected = hash_file(part), wanted.sha256 or stated
    if not digest.startswith(expected):
        part.unlink()
        raise _Other(digest)
    return digest


def _transfer(url: str, part: Path, told: Told) -> str:
    """Get what is missing of a file; return the SHA-256 that the server states, or nothing."""
    have = part.stat().st_size if part.exists() else 0
    redirects = _Redirects()
    try:
        with _open(url, have, redirects) as answer:
            resumed = answer.status == http.HTTPStatus.PARTIAL_CONTENT
            have = have if resumed else 0
            total = have + int(answer.headers.get("Content-Length") or 0)
            with part.open("ab" if resumed else "wb") as target:
                _copy(answer, target, have, total, told)
            short = total and part.stat().st_size < total
        if short:
            raise _unreachable(url, "the connection ended early")
        return redirects.stated or _stated(answer.headers)
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            return redirects.stated or _stated(error.headers)
        if error.code in (http.HTTPStatus.NOT_FOUND, http.HTTPStatus.GONE, http.HTTPStatus.UNAUTHORIZED):
            raise NotThere(url) from error
        raise _unreachable(url, f"it answers {error.code} {error.reason}") from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise _unreachable(url, str(getattr(error, "reason", error))) from error
    except OSError as error:
        raise SeparationError(
            f"The download cannot be written: {error.strerror or error}.",
            path=part,
            code="disk-full",
            hint="Make room on this disk, or use another folder for the models.",
            retryable=True,
        ) from error


def _open(url: str, have: int, redirects: "_Redirects") -> http.client.HTTPResponse:
    if not url.startswith(("https://", "http://")):
        raise NotThere(url)
    request = urllib.request.Request(url, headers={"User-Agent": "stembridge"})  # noqa: S310 - checked above
    if have:
        request.add_header("Range", f"bytes={have}-")
    answer: http.client.HTTPResponse = urllib.request.build_opener(redirects).open(request, timeout=TIMEOUT_S)
    return answer


def _copy(source: http.client.HTTPResponse, target: IO[bytes], have: int, total: int, told: Told) -> None:
    told(have, total)
    while part := source.read(_PART):
        target.write(part)
        have += len(part)
        told(have, total)


def _unreachable(url: str, why: str) -> SeparationError:
    server = url.split("/")[2]
    return SeparationError(
        f"The model cannot be fetched from {server}: {why}.",
        code="no-network",
        hint="Without network: run `stembridge models fetch` on a machine that has it, carry the files of its "
        "`stembridge models path` over, and run `stembridge models import FILE...` here.",
        retryable=True,
    )


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, and keeps the SHA-256 that the hub states before it sends one to its store."""

    def __init__(self) -> None:
        self.stated = ""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        self.stated = self.stated or _stated(headers)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _stated(headers: Message) -> str:
    """Return the SHA-256 in the headers with which the hub answers for a large file, or nothing."""
    tag = headers.get("X-Linked-ETag") or headers.get("ETag") or ""
    found = _SHA256.fullmatch(tag.removeprefix("W/").strip('"'))
    return found.group() if found else ""
