"""uuid7: identifiers that sort by the time they were made (RFC 9562, section 5.7)."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """Return a version 7 UUID: 48 bits of Unix milliseconds, then 74 random bits.

    Our own because the standard library has one only from Python 3.14 on.
    """
    number = int.from_bytes(os.urandom(16))
    number = (number & ((1 << 80) - 1)) | ((time.time_ns() // 1_000_000) & ((1 << 48) - 1)) << 80
    number = (number & ~(0xF << 76)) | (0x7 << 76)
    number = (number & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=number)
