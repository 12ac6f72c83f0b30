"""``sandrail serve``: read on this machine, in a browser, what a demonstration wrote."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from sandrail.cli.speaking import JsonFlag, Speaker
from sandrail.world import EnvironmentFault

__all__ = ["ReadOnlyPages", "serve"]

HOST = "127.0.0.1"


class ReadOnlyPages(SimpleHTTPRequestHandler):
    """Files of one folder, with headers that let a page load nothing from anywhere else."""

    POLICY: ClassVar[str] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

    def end_headers(self) -> None:
        """Add the headers to every answer."""
        self.send_header("Content-Security-Policy", self.POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet; the address is all that people need."""


def serve(
    folder: Annotated[Path, typer.Option(help="What to show.")] = Path("demo"),
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 picks a free one.")] = 8000,
    json_: JsonFlag = False,
) -> None:
    """Show a folder, such as demo/, on this machine only, until it is interrupted."""
    speaker = Speaker(as_json=json_)
    if not folder.is_dir():
        raise EnvironmentFault(
            f"There is no folder {folder}.",
            why="A demonstration has not been run here.",
            fix="Run `sandrail demo` first.",
            code="cli.nothing_to_serve",
        )
    pages = partial(ReadOnlyPages, directory=str(folder))
    with ThreadingHTTPServer((HOST, port), pages) as server:
        address = f"http://{HOST}:{server.server_port}/report.html"
        speaker.line(f"{address}   (Ctrl-C ends it)")
        speaker.answer({"address": address})
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            speaker.line("Closed.")
