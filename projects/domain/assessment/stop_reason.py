"""Why an assessment was left undecided although its indexes answer."""

from enum import StrEnum


class StopReason(StrEnum):
    """The limit of the budget of one job that was reached; a later job goes on."""

    TIME = "time"
    REQUESTS = "requests"
    MEMORY = "memory"
