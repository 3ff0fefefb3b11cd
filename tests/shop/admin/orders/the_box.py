"""One order's box as a packer uses it: scanned into, shipped, another lot taken."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from kits import host
from shop.orders.find import order_by_number
from tests.shop.admin.conftest import Staff

ROLLER, SERUM = "LOT-ROLLER-025", "LOT-SERUM-3M"


def box(number: str) -> str:
    return f"/admin/orders/{number}/pack"


def scan(staff: Staff, number: str, code: str) -> TestResponse:
    """Scan a code; the page that comes after."""
    page = box(number)
    answer = staff.post(f"{page}/scan", page=page, code=code)
    assert (answer.status_code, answer.location) == (303, page)
    return staff.get(page)


def ship(staff: Staff, number: str, **more: object) -> TestResponse:
    """Send the form as the page wrote it."""
    page = box(number)
    form = re.search(r'action="[^"]+/pack/ship">(.*?)</form>', staff.get(page).text, re.S)
    hidden = dict(re.findall(r'type="hidden" name="(parcel|lot-\d+)" value="(\d+)"', form.group(1) if form else ""))
    return staff.post(f"{page}/ship", page=page, **{**hidden, "tracking": "", **more})


def exchange(page: TestResponse) -> dict[str, str]:
    """What the form for another lot carries, but for the reason."""
    return dict(re.findall(r'type="hidden" name="(lot|instead_of|submission)" value="([^"]+)"', page.text))


def told(number: str) -> tuple[str, int]:
    """The order's state, and how many parcels it has."""
    order = order_by_number(host.session(), number)
    found = order.state, len(order.parcels)
    host.end_reads()
    return found
