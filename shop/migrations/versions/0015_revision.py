"""The owner's facts and pages and the shipping table say when they were changed."""

from __future__ import annotations

from kits.migrations.marked import mark_changes

revision = "shop_0015"
down_revision = "shop_0014"
branch_labels = None
depends_on = "kits_0005"

TABLES = ("shop_fact", "shop_page_version", "shop_shipping_zone", "shop_shipping_method", "shop_shipping_rate")


def upgrade() -> None:
    for table in TABLES:
        mark_changes(table)
