import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.webhooks.events import PROVIDERS, IgnoredEvent, InvalidPayload, PingEvent, Push, push_to_branch
from projects.domain.webhooks.headers import WebhookHeaders, read_headers
from projects.domain.webhooks.payloads import read_payload

A, B, ZEROS = "a" * 40, "b" * 40, "0" * 40


def headers_of(provider: str, event: str) -> dict[str, str]:
    """The headers that tell the sender of a payload in the corpus."""
    github = {"X-GitHub-Event": event, "X-GitHub-Delivery": "d-1"}
    return {
        "github": github,
        "gitlab": {"X-Gitlab-Event": event, "Idempotency-Key": "d-1"},
        "gitea": {"X-Gitea-Event": event, "X-Gitea-Delivery": "d-1"} | github,
        "bitbucket-cloud": {"X-Event-Key": event, "X-Hook-UUID": "{h}", "X-Request-UUID": "d-1"},
        "bitbucket-server": {"X-Event-Key": event, "X-Request-Id": "d-1"},
        "azure-devops": {"Authorization": "Basic eDp5"},
    }[provider]


def read_json(provider: str, event: str, payload: object, content_type: str = "application/json") -> Any:
    return read_payload(WebhookHeaders(provider, event, "d"), content_type, json.dumps(payload).encode())


def github_push(**changes: Any) -> dict[str, Any]:
    commit = {"id": B, "timestamp": "2026-11-20T10:00:00+01:00", "added": ["a.txt"], "removed": [], "modified": []}
    payload = {
        "ref": "refs/heads/main",
        "before": A,
        "after": B,
        "created": False,
        "deleted": False,
        "forced": False,
        "commits": [commit],
        "head_commit": commit,
        "repository": {"id": 7, "full_name": "octo/app"},
        "pusher": {"name": "alice"},
    }
    return payload | changes


def expected_refs(expected: Mapping[str, Any]) -> list[tuple[str, str | None, str | None]]:
    """The refs that the index of the corpus tells, in one form for all hosts."""
    if "changes" in expected and expected["changes"] and "ref" in expected["changes"][0]:
        rows = [(row["ref"], row["from"], row["to"]) for row in expected["changes"]]
    elif "changes" in expected:
        folder = {"tag": "tags"}
        rows = [
            (f"refs/{folder.get(row['type'], 'heads')}/{row['name']}", row["old"], row["new"])
            for row in expected["changes"]
        ]
    elif "refs" in expected:
        rows = [(row["name"], row["old"], row["new"]) for row in expected["refs"]]
    else:
        rows = [(expected["ref"], expected["before"], expected["after"])]
    return [(ref, None if old == ZEROS else old, None if new == ZEROS else new) for ref, old, new in rows]


def test_every_payload_of_the_corpus_is_read_as_its_index_tells(shared: Path) -> None:
    folder = shared / "corpus/webhooks"
    pushes = 0
    for row in json.loads((folder / "index.json").read_text())["payloads"]:
        body, expected = (folder / row["file"]).read_bytes(), row["expected"]
        envelope = read_headers(headers_of(row["provider"], row["event"]), body)
        assert envelope is not None
        assert envelope.provider == row["provider"], row["file"]
        assert envelope.delivery_id == "d-1" or row["provider"] == "azure-devops"
        reading = read_payload(envelope, "application/json; charset=utf-8", body)
        if row["event"] == "ping":
            assert reading == PingEvent()
        elif isinstance(reading, tuple):
            assert all(push.repository == expected["repository_full_name"] for push in reading), row["file"]
            assert all(push.repository_id == str(expected["repository_id"]) for push in reading), row["file"]
            if row["provider"] == "gitea" and row["event"] == "delete":
                assert [(push.ref.split("/", 2)[2], push.deleted) for push in reading] == [(expected["ref"], True)]
                continue
            assert [(push.ref, push.before, push.after) for push in reading] == expected_refs(expected), row["file"]
            for push in reading:
                assert push.created is (push.before is None)
                if push.changed_paths is not None:
                    assert sorted(push.changed_paths) == expected["changed_files_union"]
            pushes += 1
        else:
            assert isinstance(reading, IgnoredEvent), (row["file"], reading)
            assert "push" not in row["event"].lower(), row["file"]
    assert pushes > 15


def test_a_branch_that_gitea_deletes_has_its_own_event() -> None:
    payload = {"ref": "old", "ref_type": "branch", "repository": {"id": 7, "full_name": "octo/app"}}
    (push,) = read_json("gitea", "delete", payload)
    assert (push.ref, push.deleted) == ("refs/heads/old", True)


def test_a_github_push_is_read_whole() -> None:
    (push,) = read_json("github", "push", github_push())
    assert push == Push(
        provider="github",
        repository_id="7",
        repository="octo/app",
        ref="refs/heads/main",
        before=A,
        after=B,
        forced=False,
        changed_paths=frozenset({"a.txt"}),
        pusher="alice",
        timestamp=push.timestamp,
    )
    assert push.timestamp.isoformat() == "2026-11-20T10:00:00+01:00"
    assert (push.branch, push.deleted, push.created) == ("main", False, False)


def test_a_form_encoded_body_carries_the_same_push() -> None:
    body = urlencode({"payload": json.dumps(github_push())}).encode()
    envelope = WebhookHeaders("github", "push", "d")
    assert read_payload(envelope, "application/x-www-form-urlencoded", body) == read_json(
        "github", "push", github_push()
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"before": ZEROS, "created": True, "commits": []},
        {"forced": True},
        {"after": ZEROS, "deleted": True, "commits": [], "head_commit": None},
        {"commits": [{"id": B}]},
        {"commits": [{"id": B, "added": [], "removed": [], "modified": []}] * 2048},
        {"commits": [{"id": B, "added": ["x"] * 3000, "removed": [], "modified": []}]},
        {"commits": []},
    ],
)
def test_the_changed_paths_are_unknown_where_the_list_may_have_gaps(changes: dict[str, Any]) -> None:
    (push,) = read_json("github", "push", github_push(**changes))
    assert push.changed_paths is None


def test_a_deleted_branch_has_no_commit_after() -> None:
    (push,) = read_json("github", "push", github_push(after=ZEROS, deleted=True, commits=[], head_commit=None))
    assert push.deleted
    assert push.timestamp is None


def test_a_renamed_repository_is_told() -> None:
    payload = {"action": "renamed", "repository": {"id": 7, "full_name": "octo/new"}}
    assert read_json("github", "repository", payload) == IgnoredEvent("the repository is now octo/new")


def test_the_connection_test_of_bitbucket_server_is_a_ping() -> None:
    assert read_json("bitbucket-server", "diagnostics:ping", {"test": True}) == PingEvent()


def test_one_delivery_may_carry_several_refs() -> None:
    def change(name: str, old: str, new: str) -> dict[str, Any]:
        return {"ref": {"id": f"refs/heads/{name}"}, "fromHash": old, "toHash": new}

    payload = {
        "repository": {"id": 1, "slug": "app", "project": {"key": "PRJ"}},
        "changes": [change("dev", A, B), change("main", ZEROS, B)],
    }
    pushes = read_json("bitbucket-server", "repo:refs_changed", payload)
    assert isinstance(push_to_branch(pushes, "main"), Push)
    assert push_to_branch(pushes, "release") == IgnoredEvent(
        "it updates refs/heads/dev, refs/heads/main, not the followed branch release"
    )
    assert isinstance(push_to_branch((), "main"), IgnoredEvent)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ref": "main"}, "the ref is not a full ref name"),
        ({"ref": "refs/heads/a..b"}, "the ref is not a full ref name"),
        ({"ref": "refs/heads/--upload-pack=x"}, "the ref is not a full ref name"),
        ({"ref": "refs/heads/a b"}, "the ref is not a full ref name"),
        ({"ref": "refs/heads/\ud800"}, "payload.ref is not a printable text"),
        ({"ref": 5}, "payload.ref is not a printable text"),
        ({"after": "main"}, "payload.after is not a commit id"),
        ({"after": B[:39]}, "payload.after is not a commit id"),
        ({"repository": None}, "payload.repository has no id"),
        (
            {"repository": {"id": True, "full_name": "x/y"}},
            "payload.repository.id is not a printable text",
        ),
        ({"repository": {"id": "", "full_name": "x/y"}}, "payload.repository.id is not an id"),
        (
            {"repository": {"id": 1, "full_name": "x\x00y"}},
            "payload.repository.full_name is not a printable text",
        ),
        ({"commits": {}}, "payload.commits is not a list"),
    ],
)
def test_a_wrong_field_is_named(changes: dict[str, Any], reason: str) -> None:
    assert read_json("github", "push", github_push(**changes)) == InvalidPayload(reason)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"1" * 5000, b"payload"])
def test_what_is_not_json_is_a_bad_payload(body: bytes) -> None:
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        assert isinstance(read_payload(WebhookHeaders("github", "push", "d"), content_type, body), InvalidPayload)


FIELDS = [
    "ref",
    "before",
    "after",
    "commits",
    "repository",
    "id",
    "full_name",
    "changes",
    "push",
    "old",
    "new",
    "resource",
    "refUpdates",
    "eventType",
    "project",
    "object_kind",
    "project_id",
    "target",
    "pusher",
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from([A, ZEROS]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS) | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)
EVENTS = ["push", "repo:push", "repo:refs_changed", "delete", "repository", "Push Hook", "ping"]


@given(st.sampled_from(PROVIDERS), st.sampled_from(EVENTS), json_values)
def test_no_json_raises(provider: str, event: str, payload: object) -> None:
    assert isinstance(read_json(provider, event, payload), (tuple, PingEvent, IgnoredEvent, InvalidPayload))


@given(
    st.sampled_from(["before", "after", "ref", "commits", "repository", "forced", "pusher", "head_commit"]), json_values
)
def test_no_wrong_field_of_a_push_raises(field: str, value: object) -> None:
    reading = read_json("github", "push", github_push(**{field: value}))
    assert isinstance(reading, (tuple, InvalidPayload))


@given(st.sampled_from(PROVIDERS), st.binary(max_size=40))
def test_no_bytes_raise(provider: str, body: bytes) -> None:
    for content_type in ("", "application/x-www-form-urlencoded"):
        assert isinstance(
            read_payload(WebhookHeaders(provider, "push", "d"), content_type, body),
            (tuple, PingEvent, IgnoredEvent, InvalidPayload),
        )
