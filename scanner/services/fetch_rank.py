"""In which order a fetcher asks."""

from enum import IntEnum

__all__ = ["Rank"]


class Rank(IntEnum):
    """The order of fetches: what is needed first, and metadata before pages, since each page leads to more."""

    METADATA = 0
    PAGE = 1
    LIKELY_METADATA = 2
    LIKELY_PAGE = 3
