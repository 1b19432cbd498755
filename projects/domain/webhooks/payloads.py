"""The bodies of webhook deliveries, in the format of each provider.

A payload is trusted only for what it says about refs and commits: no URL in it is ever fetched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from projects.domain.failures import NOT_A_PUSH, RENAMED
from projects.domain.webhooks.events import (
    AZURE_DEVOPS,
    BITBUCKET_CLOUD,
    BITBUCKET_SERVER,
    GITEA,
    GITHUB,
    GITLAB,
    IgnoredEvent,
    InvalidPayload,
    PingEvent,
    Push,
    WebhookEvent,
)
from projects.domain.webhooks.headers import WebhookHeaders
from projects.domain.webhooks.payload_fields import InvalidField, PayloadField, changed_paths, full_ref


def read_payload(envelope: WebhookHeaders, content_type: str, body: bytes) -> WebhookEvent:
    """Parse the body of a delivery. Never raises: an invalid one returns InvalidPayload with the reason."""
    try:
        text = _form_field(body) if content_type.partition(";")[0].strip().lower() == _FORM else body
        return _READERS[envelope.provider](envelope.event, PayloadField(json.loads(text), "payload"))
    except InvalidField as problem:
        return InvalidPayload(str(problem))
    except (ValueError, RecursionError):
        return InvalidPayload("the body is not JSON")


_FORM = "application/x-www-form-urlencoded"


def _form_field(body: bytes) -> str:
    fields = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=20, errors="strict")
    values = fields.get("payload", [])
    if len(values) != 1:
        raise InvalidField("the form has no single field named payload")
    return values[0]


def _github(event: str, payload: PayloadField) -> WebhookEvent:
    if event == "ping":
        return PingEvent()
    if event == "repository" and payload.get("action").text() in ("renamed", "transferred"):
        return IgnoredEvent(RENAMED.format(name=payload.get("repository").get("full_name").text()))
    if event != "push":
        return IgnoredEvent(NOT_A_PUSH.format(event=event))
    return (_listed_push(GITHUB, payload, payload.get("pusher").opt("name").text_or("")),)


def _gitea(event: str, payload: PayloadField) -> WebhookEvent:
    repository = payload.get("repository")
    if event == "delete":
        kind = {"branch": "heads", "tag": "tags"}.get(payload.get("ref_type").text())
        if kind is None:
            raise InvalidField("ref_type is neither branch nor tag")
        name, identity = repository.get("full_name").text(), repository.get("id").identity()
        ref = full_ref(f"refs/{kind}/{payload.get('ref').text()}")
        return (Push(GITEA, identity, name, ref, None, None),)
    if event != "push":
        # A create event is followed by a push event, which has the commit.
        return IgnoredEvent(NOT_A_PUSH.format(event=event))
    return (_listed_push(GITEA, payload, payload.get("pusher").opt("login").text_or("")),)


def _listed_push(provider: str, payload: PayloadField, pusher: str) -> Push:
    """Parse GitHub's push format, which Gitea shares except for the flags."""
    repository = payload.get("repository")
    before, after = payload.get("before").commit(), payload.get("after").commit()
    forced = payload.opt("forced").flag()
    commits = payload.get("commits").items()
    whole = before is not None and after is not None and forced is False
    return Push(
        provider=provider,
        repository_id=repository.get("id").identity(),
        repository=repository.get("full_name").text(),
        ref=full_ref(payload.get("ref").text()),
        before=before,
        after=after,
        created=before is None,
        forced=forced,
        changed_paths=changed_paths(commits) if whole else None,
        pusher=pusher,
        timestamp=payload.opt("head_commit").opt("timestamp").moment(),
    )


def _gitlab(event: str, payload: PayloadField) -> WebhookEvent:
    kind = payload.opt("object_kind").text_or("") or payload.opt("event_name").text_or("")
    if kind not in ("push", "tag_push"):
        return IgnoredEvent(NOT_A_PUSH.format(event=kind or event))
    commits, after = payload.get("commits").items(), payload.get("after").commit()
    stamps = [commit.opt("timestamp").moment() for commit in commits if commit.opt("id").text_or("") == after]
    before = payload.get("before").commit()
    push = Push(
        provider=GITLAB,
        repository_id=payload.get("project_id").identity(),
        repository=payload.get("project").get("path_with_namespace").text(),
        ref=full_ref(payload.get("ref").text()),
        before=before,
        after=after,
        created=before is None,
        pusher=payload.opt("user_username").text_or("") or payload.opt("user_name").text_or(""),
        timestamp=stamps[0] if stamps else None,
    )
    return (push,)


def _bitbucket_cloud(event: str, payload: PayloadField) -> WebhookEvent:
    if event != "repo:push":
        return IgnoredEvent(NOT_A_PUSH.format(event=event))
    repository = payload.get("repository")
    identity, name = repository.get("uuid").identity(), repository.get("full_name").text()
    pushes = []
    for change in payload.get("push").get("changes").items():
        old, new = change.opt("old"), change.opt("new")
        side = old if new.is_null else new
        # Old Mercurial repositories call a branch named_branch.
        kind = "tags" if side.get("type").text() == "tag" else "heads"
        ref = full_ref(f"refs/{kind}/{side.get('name').text()}")
        before = None if old.is_null else old.get("target").get("hash").commit()
        after = None if new.is_null else new.get("target").get("hash").commit()
        pusher = payload.opt("actor").opt("display_name").text_or("")
        moment = None if new.is_null else new.get("target").opt("date").moment()
        forced = change.opt("forced").flag()
        pushes.append(
            Push(BITBUCKET_CLOUD, identity, name, ref, before, after, forced, None, pusher, moment, before is None)
        )
    return tuple(pushes)


def _bitbucket_server(event: str, payload: PayloadField) -> WebhookEvent:
    if event == "diagnostics:ping":
        return PingEvent()
    if event != "repo:refs_changed":
        return IgnoredEvent(NOT_A_PUSH.format(event=event))
    repository = payload.get("repository")
    name = f"{repository.get('project').get('key').text()}/{repository.get('slug').text()}"
    identity, pusher = repository.get("id").identity(), payload.opt("actor").opt("name").text_or("")
    pushes = []
    for change in payload.get("changes").items():
        before, after = change.get("fromHash").commit(), change.get("toHash").commit()
        ref = full_ref(change.get("ref").get("id").text())
        pushes.append(Push(BITBUCKET_SERVER, identity, name, ref, before, after, pusher=pusher, created=before is None))
    return tuple(pushes)


def _azure(event: str, payload: PayloadField) -> WebhookEvent:
    kind = payload.get("eventType").text()
    if kind != "git.push":
        return IgnoredEvent(NOT_A_PUSH.format(event=kind))
    resource = payload.get("resource")
    repository = resource.get("repository")
    name = f"{repository.get('project').get('name').text()}/{repository.get('name').text()}"
    identity, pusher = repository.get("id").identity(), resource.opt("pushedBy").opt("displayName").text_or("")
    moment = resource.opt("date").moment()
    pushes = []
    for update in resource.get("refUpdates").items():
        before, after = update.get("oldObjectId").commit(), update.get("newObjectId").commit()
        ref = full_ref(update.get("name").text())
        pushes.append(
            Push(AZURE_DEVOPS, identity, name, ref, before, after, None, None, pusher, moment, before is None)
        )
    return tuple(pushes)


_READERS: Mapping[str, Callable[[str, PayloadField], WebhookEvent]] = {
    GITHUB: _github,
    GITLAB: _gitlab,
    GITEA: _gitea,
    BITBUCKET_CLOUD: _bitbucket_cloud,
    BITBUCKET_SERVER: _bitbucket_server,
    AZURE_DEVOPS: _azure,
}
