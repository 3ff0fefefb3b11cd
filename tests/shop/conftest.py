"""What tests of every room of the shop ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kits import host


@pytest.fixture
def read(app: object) -> Callable[[Any], list[Any]]:
    """`read(select(…))`: rows, the first column of each, with no transaction left open."""

    def ask(query: Any) -> list[Any]:
        found = list(host.session().scalars(query))
        host.end_reads()
        return found

    return ask
