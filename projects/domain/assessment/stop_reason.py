"""Why a job of an assessment left targets undecided."""

from enum import StrEnum


class StopReason(StrEnum):
    """The limit of the budget of one job that was reached, or that the index did not answer; a later job goes on."""

    TIME = "time"
    REQUESTS = "requests"
    MEMORY = "memory"
    INDEX = "index"
