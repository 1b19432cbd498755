"""Files that are fetched from a repository at a commit."""

import re
from collections.abc import Iterable, Mapping, Sequence

from projects.domain.webhooks.clone_urls import parse_clone_url
from projects.hosts.git import open_repository
from projects.hosts.git_program import GitLimits, GitRemote
from tests.hosting.git_server import GitServer

LIMITS = GitLimits(allowed_hosts=["127.0.0.1"], seconds=30)


def includes(files: Mapping[str, bytes]) -> Iterable[str]:
    for content in files.values():
        yield from re.findall(r"^-r (\S+)", content.decode(), re.MULTILINE)


def detect(paths: Sequence[str]) -> Sequence[str]:
    return [path for path in paths if path.endswith(".txt")]


def fetch(
    host: GitServer, commit: str, *roots: str, limits: GitLimits = LIMITS, username: str = "", secret: str = ""
) -> tuple[dict[str, bytes], list[str]]:
    with open_repository(GitRemote(parse_clone_url(host.url), username, secret), limits) as repository:
        return repository.files(commit, roots, includes, detect)
