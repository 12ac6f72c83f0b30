"""Lists are fetched over https from the publisher's hosts alone, bounded in size and time."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandrail.screening import FetchError, Publisher, fetch_list, fetching, publisher
from tests.screening.samples import UN


class Answers(BaseHTTPRequestHandler):
    """Answers like a publisher in every mood."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/list":
            self._send(UN)
        elif path == "/moved":
            self._redirect("/list?signature=secret")
        elif path == "/elsewhere":
            self._redirect(f"https://127.0.0.1:{self.server.server_port}/list?signature=secret")
        elif path == "/plain":
            self._redirect(f"http://localhost:{self.server.server_port}/list")
        elif path == "/ring":
            self._redirect("/ring")
        elif path == "/page":
            self._send(b"<!DOCTYPE html><html>sorry</html>", kind="text/xml")
        elif path == "/html":
            self._send(b"<p>sorry", kind="text/html; charset=utf-8")
        elif path == "/cut":
            self._send(UN[:500], length=len(UN))
        elif path == "/long":
            self._send(UN * 3)
        else:
            self.send_error(403, "Forbidden")

    def _send(self, data: bytes, *, kind: str = "text/xml", length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)

    def _redirect(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    alternatives = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(scope="module")
def port(certificate: Path) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def trust(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def here(port: int, path: str) -> Publisher:
    address = f"https://localhost:{port}{path}"
    return replace(publisher("un"), address=address, hosts=("localhost",))


@pytest.mark.parametrize("path", ["/list", "/moved"])
def test_a_list_is_brought_also_from_the_publisher_s_store(
    port: int, trust: ssl.SSLContext, tmp_path: Path, path: str
) -> None:
    fetch_list(here(port, path), tmp_path / "list", context=trust)
    assert (tmp_path / "list").read_bytes() == UN


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/elsewhere", "not a host of the publisher"),
        ("/plain", "over https only"),
        ("/ring", "infinite loop"),
        ("/page", "may have moved"),
        ("/html", "may have moved"),
        ("/cut", "was cut"),
        ("/absent", "403 Forbidden"),
    ],
)
def test_whatever_is_no_list_is_refused(
    port: int, trust: ssl.SSLContext, tmp_path: Path, path: str, why: str
) -> None:
    with pytest.raises(FetchError) as caught:
        fetch_list(here(port, path), tmp_path / "list", context=trust)
    assert why in caught.value.why and "--file" in caught.value.fix
    assert "secret" not in f"{caught.value.what} {caught.value.why}", "a signature is not shown"


def test_what_is_too_large_is_cut_while_it_comes(
    port: int, trust: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LIST_BYTES_MAX", len(UN) * 2)
    monkeypatch.setattr(fetching, "_CHUNK", 256)
    with pytest.raises(FetchError, match="more than"):
        fetch_list(here(port, "/long"), tmp_path / "list", context=trust)
    assert (tmp_path / "list").stat().st_size <= len(UN) * 2


def test_what_is_too_slow_is_given_up(
    port: int, trust: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "FETCH_SECONDS_MAX", -1)
    with pytest.raises(FetchError, match="bytes in"):
        fetch_list(here(port, "/list"), tmp_path / "list", context=trust)


def test_a_stranger_s_certificate_and_a_closed_door_are_said(port: int, tmp_path: Path) -> None:
    with pytest.raises(FetchError) as caught:
        fetch_list(here(port, "/list"), tmp_path / "list")
    assert "CERTIFICATE_VERIFY_FAILED" in caught.value.why
    with pytest.raises(FetchError, match="could not be fetched"):
        fetch_list(here(1, "/list"), tmp_path / "list")


def test_only_the_publisher_s_hosts_over_https_are_asked() -> None:
    un = publisher("un")
    for address in (
        "http://scsanctions.un.org/x",
        "file:///etc/passwd",
        "ftp://a/b",
        "https://un.org.example/x",
        "https://evilun.org/x",
        "https://user@scsanctions.un.org/x",
        "https://scsanctions.un.org:8443/x",
        "https://scsanctions.un.org:port/x",
        "https://other.blob.core.windows.net/x",
        "https://127.0.0.1/x",
    ):
        with pytest.raises(FetchError, match="is not fetched"):
            fetching._check_address(address, un)
    for address in ("https://scsanctions.un.org/x", "https://www.un.org:443/x?a=b"):
        fetching._check_address(address, un)
