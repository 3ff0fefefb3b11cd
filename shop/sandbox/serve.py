"""Serves the sandbox over HTTP/1.1 with connections kept alive, in one process, a thread a connection.

Flask's own server closes every connection and waits 10 ms on each; gunicorn forks. Faults must be able to drop a
connection, and the background work must run once: hence these few lines on top of werkzeug's server.
"""

from __future__ import annotations

import signal
import sys
import threading
from email.utils import formatdate
from io import BytesIO
from pathlib import Path
from types import FrameType

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from shop.sandbox.app import Sandbox, create_sandbox
from shop.sandbox.wire.door import HANG_UP

IDLE = 120.0
"""Seconds that a connection may stay open unused."""
LARGEST_BODY = 4 * 1024 * 1024


class Handler(WSGIRequestHandler):
    """Answers many requests on one connection, each in one write."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE

    def run_wsgi(self) -> None:
        """Read the whole body, run the app, write the whole answer; or hang up when a fault says so."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        environ = self.make_environ()
        environ["wsgi.input"] = BytesIO(self.rfile.read(length))
        environ[HANG_UP] = hang_up = threading.Event()
        chunks, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        if hang_up.is_set():
            self.close_connection = True
            return
        body = b"".join(chunks)
        lines = [f"HTTP/1.1 {status}", f"Date: {formatdate(usegmt=True)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if "Content-Length" not in headers:
            lines.append(f"Content-Length: {len(body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.wfile.write(head if self.command == "HEAD" else head + body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: there are hundreds of requests a second, and bodies hold secrets."""


def make_sandbox_server(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """A server that is bound but not yet serving: `serve_forever()` and `shutdown()` are its doors.

    `port` 0 picks a free one; the one chosen is `server.server_port`.
    """
    return make_server(host, port, app, threaded=True, request_handler=Handler)


def serve(
    host: str,
    port: int,
    *,
    database: Path,
    webhook_url: str | None,
    webhook_secret: str,
    key: str = "sk_test_sandbox",
    public_url: str | None = None,
    port_file: Path | None = None,
    begins: float | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; call it in the main thread.

    The port is printed and written to `port_file` once connections are taken. RefusedToStart beside a live key.
    """
    app = create_sandbox(
        database,
        webhook_url=webhook_url,
        webhook_secret=webhook_secret,
        key=key,
        public_url=public_url,
        begins=begins,
    )
    parts: Sandbox = app.extensions["sandbox"]
    server = make_sandbox_server(app, host, port)
    _stop_on_signals(server)
    _announce(server, host, port_file)
    try:
        server.serve_forever()
    finally:
        server.server_close()
        parts.close()


def _stop_on_signals(server: BaseWSGIServer) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        # shutdown() waits for the serving loop, which is this very thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _announce(server: BaseWSGIServer, host: str, port_file: Path | None) -> None:
    if port_file:
        written = port_file.with_name(f"{port_file.name}.new")
        written.write_text(f"{server.server_port}\n")
        written.replace(port_file)
    sys.stdout.write(f"Stripe sandbox on http://{host}:{server.server_port} (no real money)\n")
    sys.stdout.flush()
