"""How often something may be asked for."""

from __future__ import annotations

import re
from typing import Self

from msgspec import Struct

_FORM = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


class RequestRate(Struct, frozen=True):
    """At most so many requests within so many seconds. 0 requests: no limit."""

    most: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the rate in a text such as "10/300". Raises ValueError."""
        found = _FORM.fullmatch(text.strip())
        if found is None or not int(found[2]):
            raise ValueError(f"{text!r} is not REQUESTS/SECONDS, such as 10/300")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        """Return the rate as `parse` reads it."""
        return f"{self.most}/{self.seconds}"
