"""A list on its way through a form: packed between the look at it and its booking, byte for byte what was sent."""

from __future__ import annotations

import binascii
import zlib
from base64 import b64decode, b64encode

from kits.errors import BadInput
from kits.spreadsheet import MOST_BYTES

MOST_SENT = 4 * MOST_BYTES // 3 + 64 * 1024
"""Bytes of a form that carries a list which cannot be packed any smaller, with its other fields."""


def packed(raw: bytes) -> str:
    """`raw` as a field of a form: letters and digits that no browser changes."""
    return b64encode(zlib.compress(raw)).decode()


def unpacked(text: str) -> bytes:
    """What `packed` was given; raises BadInput at `file` for anything else."""
    try:
        unpacking = zlib.decompressobj()
        raw = unpacking.decompress(b64decode(text, validate=True), MOST_BYTES + 1)
    except (ValueError, binascii.Error, zlib.error):
        raw = b""
    if not raw or not unpacking.eof:
        raise BadInput("file", "The list was lost on its way. Send the file again.")
    return raw
