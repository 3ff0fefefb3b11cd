"""Whether the shop is ready to sell."""

from shop.admin.checking import pages

PARTS = (pages,)
