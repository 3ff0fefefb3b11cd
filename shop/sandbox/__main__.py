"""`python -m shop.sandbox`: the sandbox as a process of its own."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from shop.sandbox.clock import read_moment
from shop.sandbox.errors import RefusedToStart
from shop.sandbox.serve import serve


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m shop.sandbox", description="A local Stripe. No real money.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--port-file", type=Path, help="where to write the port that was chosen")
    parser.add_argument("--database", type=Path, required=True, help="the SQLite file that keeps the state")
    parser.add_argument("--webhook-url", help="where events are delivered")
    parser.add_argument("--webhook-secret", default="whsec_sandbox", help="what events are signed with")
    parser.add_argument("--public-url", help="where browsers reach the hosted pages, when not where the API is called")
    parser.add_argument("--begins", type=read_moment, help="the time a new state starts at, ISO-8601")
    parser.add_argument("--key", default="sk_test_sandbox")
    return parser.parse_args()


def main() -> None:
    """Serve until SIGTERM; exit status 2 beside a live key."""
    given = vars(_arguments())
    try:
        serve(given.pop("host"), given.pop("port"), **given)
    except RefusedToStart as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
