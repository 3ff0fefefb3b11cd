"""Every table of the stock, so that one import brings them all to the metadata."""

from kits.stock import tables
from kits.stock.buying import tables as buying
from kits.stock.outlook import tables as outlook
from kits.stock.recall import tables as recall

__all__ = ["buying", "outlook", "recall", "tables"]
