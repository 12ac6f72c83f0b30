"""Fetching a list from its publisher: https only, its own hosts only, bounded in every way."""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import urlsplit

from sandrail.screening.errors import FetchError
from sandrail.screening.limits import (
    FETCH_REDIRECTS_MAX,
    FETCH_SECONDS_MAX,
    FETCH_SILENCE_SECONDS_MAX,
    LIST_BYTES_MAX,
)
from sandrail.screening.publishers import Publisher

__all__ = ["Fetcher", "fetch_list"]

_CHUNK = 1 << 16
_BY_HAND = "Download the file elsewhere and give it with --file."


class Fetcher(Protocol):
    """Brings a publisher's file; replaced by a local folder in tests and offline."""

    def __call__(self, one: Publisher, target: Path) -> None:
        """Write the file to ``target``, or raise :class:`FetchError`."""
        ...


class _Within(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to the publisher's own hosts."""

    max_redirections = FETCH_REDIRECTS_MAX
    max_repeats = FETCH_REDIRECTS_MAX

    def __init__(self, one: Publisher) -> None:
        self.one = one

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        try:
            _check_address(newurl, self.one)
        except FetchError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_address(address: str, one: Publisher) -> None:
    parts = urlsplit(address)
    try:
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        host, port = "", None
    if parts.scheme != "https":
        raise FetchError(
            f"The address {_shown(address)!r} is not fetched.",
            why="Lists come over https only.",
            fix=f"Use the publisher's https address. {_BY_HAND}",
        )
    ours = any(host == known or host.endswith(f".{known}") for known in one.hosts)
    if (
        not ours
        or parts.username is not None
        or port not in (None, 443, urlsplit(one.address).port)
    ):
        raise FetchError(
            f"The address {_shown(address)!r} is not fetched.",
            why=f"It is not a host of the publisher of {one.source}: {', '.join(one.hosts)}.",
            fix=f"See the publisher's page whether its store moved. {_BY_HAND}",
        )


def _shown(address: str) -> str:
    """An address without its query: a signature or a token is nobody else's business."""
    return address.partition("?")[0][:200]


def fetch_list(one: Publisher, target: Path, *, context: ssl.SSLContext | None = None) -> None:
    """Bring a list from its publisher into a file, up to the limits of size and time.

    Args:
        one: the publisher; redirects stay within its hosts.
        target: where the bytes go.
        context: whom to trust, where that is not the system's choice.

    Raises:
        FetchError: no connection, an error status, a strange host, a web page, or a file that is
            too large, too slow or cut short.
    """
    _check_address(one.address, one)
    opener = urllib.request.build_opener(_Within(one), urllib.request.HTTPSHandler(context=context))
    request = urllib.request.Request(one.address, headers={"User-Agent": "sandrail"})
    deadline = time.monotonic() + FETCH_SECONDS_MAX
    try:
        with (
            opener.open(request, timeout=FETCH_SILENCE_SECONDS_MAX) as answer,
            target.open("wb") as file,
        ):
            _check_kind(answer, one)
            _copy(answer, file, one, deadline)
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise FetchError(
            f"{_shown(one.address)} could not be fetched.",
            why=f"{_reason(error)}.",
            fix=f"Check the connection. {_BY_HAND}",
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"The publisher answered {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return f"{error.reason}"
    return f"{error}" or type(error).__name__


def _check_kind(answer: http.client.HTTPResponse, one: Publisher) -> None:
    if "html" in answer.headers.get("Content-Type", "").lower():
        raise _wrong(one, "a web page instead of the list", "Its address may have moved.")


def _copy(
    answer: http.client.HTTPResponse, file: IO[bytes], one: Publisher, deadline: float
) -> None:
    size = 0
    while part := answer.read1(_CHUNK):
        if size == 0 and part[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")):
            raise _wrong(one, "a web page instead of the list", "Its address may have moved.")
        size += len(part)
        if size > LIST_BYTES_MAX:
            raise _wrong(one, f"more than {LIST_BYTES_MAX:,} bytes", "No real list is that large.")
        if time.monotonic() > deadline:
            raise _wrong(one, f"{size:,} bytes in {FETCH_SECONDS_MAX} s", "That is too slow.")
        file.write(part)
    said = answer.headers.get("Content-Length", "")
    if said.isdigit() and int(said) != size:
        raise _wrong(one, f"{size:,} of {int(said):,} bytes", "The connection was cut.")


def _wrong(one: Publisher, sent: str, why: str) -> FetchError:
    return FetchError(f"{_shown(one.address)} sent {sent}.", why=why, fix=f"Try again. {_BY_HAND}")
