"""What the APIs of Bitbucket Cloud and of Bitbucket Data Center have in common."""

from __future__ import annotations

from projects.hosts.api.call import HostApi
from projects.hosts.api.change_request import STATUS_NAME, CommitStatus, RequestState, StatusState

STATES = {"OPEN": RequestState.OPEN, "MERGED": RequestState.MERGED}
_STATUSES = {
    StatusState.SUCCESS: "SUCCESSFUL",
    StatusState.FAILURE: "FAILED",
    StatusState.PENDING: "INPROGRESS",
}


def headers(api: HostApi) -> dict[str, str]:
    """Return the headers of each request."""
    return {"Accept": "application/json", "Authorization": f"Bearer {api.token}", "User-Agent": "wheelway"}


def status_document(status: CommitStatus) -> dict[str, str]:
    """Return the document of a build status; the key makes it take the place of the last one."""
    return {
        "key": STATUS_NAME,
        "name": STATUS_NAME,
        "state": _STATUSES[status.state],
        "description": status.text,
        "url": status.url,
    }
