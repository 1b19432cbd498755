"""What each kind of visitor may do at each URL. A URL without a row here fails tests/access/test_every_url.py.

A row has the route as the URL patterns spell it, who may read it (GET), and who may change something by it (POST, for
the API also PUT and DELETE). The walk fills the parts of the route from `PARTS`, or from the row's own `parts`. `ids`
names the stored things (tests/access/world.py) whose ids are in the route: with the id of another team's thing the
answer must be 404.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field

from tests.cast import LINUX_313, LINUX_314


class Who(Enum):
    """The least that a visitor must be. A role is that in the team whose project the URL names."""

    # The method is not answered (405).
    NOBODY = "nobody"
    ANYONE = "anyone"
    # The request itself carries its permission (a signature, a key): nobody's session helps, and without it 403.
    SIGNATURE = "who signs"
    SIGNED_IN = "who is signed in"
    READER = "reader"
    MEMBER = "member"
    MANAGER = "manager"
    OWNER = "owner"
    STAFF = "staff"


class Row(Struct, frozen=True):
    """One URL, and who may read it and change something by it."""

    route: str
    read: Who = Who.NOBODY
    change: Who = Who.NOBODY
    # PUT and DELETE, which only the API answers.
    replace: Who = Who.NOBODY
    remove: Who = Who.NOBODY
    # What the change sends; an answer that the form is wrong (400, 422) is one to a visitor who may.
    data: Mapping[str, object] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    # Whether visitors without an account are sent to the page for signing in; otherwise they get 404.
    asks_to_sign_in: bool = True
    # The answer to strangers' PUT; 409 where they may create what has that slug elsewhere, and it is taken.
    put_by_strangers: int = 404
    # The answer to members whose role permits too little.
    to_lower_roles: int = 403
    # The world has no such thing, so that those who may are answered 404 as well: only refusals by role are seen.
    is_empty: bool = False
    # A further answer to those who may.
    answer: int = 0

    @property
    def methods(self) -> tuple[tuple[str, Who], ...]:
        """Each method with who may use it."""
        return ("GET", self.read), ("POST", self.change), ("PUT", self.replace), ("DELETE", self.remove)

    @property
    def by_key(self) -> bool:
        """Whether visitors send a key of theirs in the place of a session; without one the answer is 401."""
        return self.route.startswith("api/")


# What fills the parts of routes, by their names.
PARTS = {
    "slug": "practice-api",
    "target": LINUX_313,
    "package": "pyyaml",
    "name": "pyyaml",
    "hook_key": "unknown",
    "team": "practice-api",
    "token": "forged",
}

_FILES = {"files": {"requirements.txt": "pyyaml==1.0"}}

ROWS = (
    Row("healthz", read=Who.ANYONE),
    Row("", read=Who.SIGNED_IN),
    Row("export.<str:kind>", read=Who.SIGNED_IN, parts={"kind": "csv"}),
    # Signing in
    Row("sign-in/", read=Who.ANYONE, change=Who.ANYONE),
    Row("sign-in/<str:token>/", read=Who.ANYONE, change=Who.SIGNATURE),
    Row("sign-out/", change=Who.ANYONE),
    Row("theme/", change=Who.ANYONE),
    # The account
    Row("account/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/keys/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/keys/<row:pk>/revoke/", change=Who.SIGNED_IN, ids={"pk": "key"}),
    # What django-allauth brings
    Row("account/welcome/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/again/", read=Who.SIGNED_IN),
    Row("account/address/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/address/sent/", read=Who.ANYONE),
    Row("account/address/<str:key>/", read=Who.ANYONE, change=Who.ANYONE, parts={"key": "forged"}, is_empty=True),
    Row("account/password/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/password/set/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/forgotten/", read=Who.ANYONE, change=Who.ANYONE, data={"email": "nobody@team.example"}),
    Row("account/forgotten/sent/", read=Who.ANYONE),
    Row("account/forgotten/done/", read=Who.ANYONE),
    Row(
        "account/forgotten/<base36:uidb36>-<str:key>/",
        read=Who.ANYONE,
        change=Who.ANYONE,
        parts={"uidb36": "1", "key": "forged"},
    ),
    Row("account/confirm/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/inactive/", read=Who.ANYONE),
    Row("account/sign-up/", read=Who.ANYONE, change=Who.ANYONE),
    Row("account/factors/", read=Who.SIGNED_IN),
    Row("account/factors/authenticate/", read=Who.ANYONE, change=Who.ANYONE),
    Row("account/factors/reauthenticate/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/factors/totp/activate/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/factors/totp/deactivate/", read=Who.SIGNED_IN, change=Who.SIGNED_IN, is_empty=True),
    Row("account/factors/recovery-codes/", read=Who.SIGNED_IN, is_empty=True),
    Row("account/factors/recovery-codes/generate/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/factors/recovery-codes/download/", read=Who.SIGNED_IN, is_empty=True),
    Row("account/factors/webauthn/", read=Who.SIGNED_IN),
    Row("account/factors/webauthn/add/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/factors/webauthn/reauthenticate/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row(
        "account/factors/webauthn/keys/<int:pk>/remove/",
        read=Who.SIGNED_IN,
        change=Who.SIGNED_IN,
        parts={"pk": "1"},
        is_empty=True,
    ),
    Row(
        "account/factors/webauthn/keys/<int:pk>/edit/",
        read=Who.SIGNED_IN,
        change=Who.SIGNED_IN,
        parts={"pk": "1"},
        is_empty=True,
    ),
    Row("account/factors/webauthn/login/", read=Who.ANYONE, change=Who.ANYONE),
    Row("account/connections/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("account/connections/login/cancelled/", read=Who.ANYONE),
    Row("account/connections/login/error/", read=Who.ANYONE, answer=401),
    Row("account/connections/signup/", read=Who.ANYONE, change=Who.ANYONE),
    Row("views/", change=Who.SIGNED_IN),
    Row("views/<int:pk>/forget/", change=Who.SIGNED_IN, ids={"pk": "view"}),
    Row("alerts/", read=Who.SIGNED_IN),
    Row("alerts/test/", change=Who.SIGNED_IN),
    Row("alerts/<row:pk>/end/", change=Who.SIGNED_IN, ids={"pk": "watch"}),
    Row("alerts/stop/<str:token>/", read=Who.ANYONE, change=Who.ANYONE, ids={"token": "stop token"}),
    # Teams
    Row("teams/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("teams/<slug:team>/", read=Who.READER),
    Row("teams/<slug:team>/policy/", read=Who.READER),
    Row("teams/<slug:team>/rename/", change=Who.OWNER),
    Row("teams/<slug:team>/delete/", change=Who.OWNER),
    Row("teams/<slug:team>/leave/", change=Who.READER),
    Row("teams/<slug:team>/members/<row:pk>/", change=Who.MANAGER, data={"role": "member"}, ids={"pk": "teammate"}),
    Row("teams/<slug:team>/invite/", change=Who.MANAGER, data={"role": "reader"}),
    Row("teams/<slug:team>/invitations/<row:pk>/revoke/", change=Who.MANAGER, ids={"pk": "invitation"}),
    Row("teams/<slug:team>/endpoints/", read=Who.MANAGER, change=Who.MANAGER),
    Row("teams/<slug:team>/endpoints/<row:pk>/", Who.MANAGER, Who.MANAGER, ids={"pk": "team endpoint"}),
    Row("teams/<slug:team>/log/", read=Who.MANAGER),
    Row("teams/<slug:team>/log.<log:kind>", read=Who.MANAGER, parts={"kind": "csv"}),
    Row("invitations/<str:token>/", read=Who.ANYONE, change=Who.ANYONE, ids={"token": "invitation token"}),
    # What belongs to no team
    Row("ecosystem/", read=Who.SIGNED_IN),
    Row("find/", read=Who.SIGNED_IN),
    Row("help/", read=Who.SIGNED_IN),
    Row("packages/", read=Who.SIGNED_IN),
    Row("packages/<str:name>/", read=Who.SIGNED_IN),
    # Projects
    Row("projects/", read=Who.SIGNED_IN),
    Row("projects/add/", read=Who.SIGNED_IN, change=Who.SIGNED_IN),
    Row("projects/<slug:slug>/", read=Who.READER),
    Row("projects/<slug:slug>/cells/<slug:target>/<str:package>/", read=Who.READER),
    Row("projects/<slug:slug>/cells/<slug:target>/<str:package>/read/", change=Who.MEMBER),
    Row("projects/<slug:slug>/export.<str:kind>", read=Who.READER, parts={"kind": "csv"}),
    Row("projects/<slug:slug>/targets/", read=Who.MEMBER, change=Who.MEMBER),
    Row("projects/<slug:slug>/settings/", read=Who.MANAGER, change=Who.MANAGER),
    Row("projects/<slug:slug>/move-to-team/", change=Who.MANAGER),
    Row("projects/<slug:slug>/delete/", change=Who.MANAGER),
    Row("projects/<slug:slug>/restore/", change=Who.MANAGER, parts={"slug": "deleted"}, to_lower_roles=404),
    Row("projects/<slug:slug>/snapshots/", read=Who.READER),
    Row("projects/<slug:slug>/snapshots/<int:pk>/", read=Who.READER, ids={"pk": "snapshot"}),
    Row("projects/<slug:slug>/requirements/", read=Who.MEMBER, change=Who.MEMBER),
    Row("projects/<slug:slug>/reading/", read=Who.READER),
    Row("projects/<slug:slug>/repository/", read=Who.MEMBER, change=Who.MEMBER, data={"action": "add"}),
    Row(
        "projects/<slug:slug>/repository/<row:pk>/",
        read=Who.MEMBER,
        change=Who.MEMBER,
        ids={"pk": "repository"},
    ),
    Row("projects/<slug:slug>/packages/<str:name>/", read=Who.READER),
    Row("projects/<slug:slug>/indexes/", read=Who.READER, change=Who.MEMBER),
    Row(
        "projects/<slug:slug>/indexes/<row:index>/login/",
        read=Who.MEMBER,
        change=Who.MEMBER,
        ids={"index": "index"},
    ),
    Row(
        "projects/<slug:slug>/indexes/<row:index>/remove/",
        read=Who.MEMBER,
        change=Who.MEMBER,
        ids={"index": "index"},
    ),
    Row("projects/<slug:slug>/upgrade/<slug:target>/", read=Who.READER, change=Who.MEMBER),
    Row(
        "projects/<slug:slug>/upgrade/<slug:target>/<str:kind>/", read=Who.READER, parts={"kind": "pins"}, is_empty=True
    ),
    Row("projects/<slug:slug>/move-requests/<slug:target>/", read=Who.READER),
    Row("projects/<slug:slug>/move-requests/<slug:target>/<row:pk>/", change=Who.MEMBER, ids={"pk": "repository"}),
    Row("projects/<slug:slug>/when/<slug:target>/", read=Who.READER),
    Row("projects/<slug:slug>/graph/<slug:target>/", read=Who.READER),
    Row("projects/<slug:slug>/when/<slug:target>/watch/", change=Who.READER),
    Row("projects/<slug:slug>/report/<slug:target>/", read=Who.READER),
    Row("projects/<slug:slug>/waivers/", read=Who.READER),
    Row("projects/<slug:slug>/waivers/add/", read=Who.MEMBER, change=Who.MEMBER),
    Row("projects/<slug:slug>/waivers/<row:pk>/end/", change=Who.MEMBER, ids={"pk": "waiver"}),
    Row("projects/<slug:slug>/known-breaks/", read=Who.READER),
    Row("projects/<slug:slug>/known-breaks/add/", read=Who.MEMBER, change=Who.MEMBER),
    Row("projects/<slug:slug>/known-breaks/<row:pk>/end/", change=Who.MEMBER, ids={"pk": "break"}),
    Row(
        "projects/<slug:slug>/known-breaks/<slug:key>/contest/",
        *(Who.MEMBER, Who.MEMBER),
        parts={"key": "no-such-break"},
        is_empty=True,
    ),
    Row("projects/<slug:slug>/notes/<row:pk>/", change=Who.MEMBER, ids={"pk": "note"}),
    Row("projects/<slug:slug>/follow/", change=Who.READER),
    Row("projects/<slug:slug>/watch/", change=Who.READER),
    Row("projects/<slug:slug>/audit/", read=Who.READER),
    Row("projects/<slug:slug>/audit/archive/", change=Who.MEMBER),
    Row("projects/<slug:slug>/decide/<slug:target>/", read=Who.READER, change=Who.MEMBER),
    Row("projects/<slug:slug>/move/<slug:target>/", read=Who.READER),
    Row(
        "projects/<slug:slug>/move/<slug:target>/<slug:direction>/",
        read=Who.READER,
        parts={"direction": "patch"},
        is_empty=True,
    ),
    Row("projects/<slug:slug>/targets/add/", change=Who.MEMBER, data={"target": "cp312-win_amd64"}),
    Row("projects/<slug:slug>/badges/", read=Who.READER, change=Who.MEMBER),
    Row("projects/<slug:slug>/endpoints/", read=Who.MEMBER, change=Who.MEMBER),
    Row("projects/<slug:slug>/endpoints/<row:pk>/", Who.MEMBER, Who.MEMBER, ids={"pk": "endpoint"}),
    Row("badges/<slug:key>.<badge:kind>", read=Who.ANYONE, parts={"kind": "svg"}, ids={"key": "badge"}),
    # The API
    Row("api/v1/", read=Who.NOBODY),
    # The description is the same for each method.
    Row("api/v1/openapi.json", Who.ANYONE, Who.ANYONE, Who.ANYONE, Who.ANYONE),
    Row("api/v1/key", read=Who.SIGNED_IN),
    Row("api/v1/targets", read=Who.SIGNED_IN),
    Row("api/v1/packages", read=Who.SIGNED_IN),
    Row("api/v1/packages/<name>/matrix", read=Who.SIGNED_IN),
    Row("api/v1/projects", read=Who.SIGNED_IN, change=Who.SIGNED_IN, data={"name": "New", **_FILES}),
    Row("api/v1/projects/<slug:slug>", read=Who.READER),
    Row(
        "api/v1/projects/<slug:slug>/snapshots",
        read=Who.READER,
        change=Who.MEMBER,
        replace=Who.MEMBER,
        data=_FILES,
        put_by_strangers=409,
    ),
    Row("api/v1/projects/<slug:slug>/snapshots/<snapshot>", read=Who.READER, ids={"snapshot": "snapshot"}),
    Row("api/v1/projects/<slug:slug>/assessments", read=Who.READER),
    Row("api/v1/projects/<slug:slug>/assessment", read=Who.READER),
    Row("api/v1/projects/<slug:slug>/rows", read=Who.READER),
    Row("api/v1/projects/<slug:slug>/targets/<slug:target>/plan", read=Who.READER, is_empty=True),
    Row("api/v1/projects/<slug:slug>/evidence", read=Who.READER),
    Row("api/v1/projects/<slug:slug>/export.csv", read=Who.READER),
    Row("api/v1/projects/<slug:slug>/export.json", read=Who.READER),
    Row(
        "api/v1/projects/<slug:slug>/watches",
        read=Who.READER,
        change=Who.READER,
        data={"target": LINUX_314},
    ),
    Row("api/v1/projects/<slug:slug>/watches/<watch>", remove=Who.READER, ids={"watch": "watch"}),
    # Who sends by a signature
    Row("hooks/<slug:hook_key>/", change=Who.SIGNATURE),
    Row("hooks/<slug:hook_key>/upload/", change=Who.SIGNATURE),
    Row("hooks/<slug:hook_key>/proof/", change=Who.SIGNATURE),
    # The operator
    Row("operator/", read=Who.STAFF),
    Row("operator/log/", read=Who.STAFF),
    Row("operator/log.<log:kind>", read=Who.STAFF, parts={"kind": "json"}),
    Row("metrics", read=Who.STAFF, asks_to_sign_in=False),
    Row("mailbox/", read=Who.STAFF),
    Row("mailbox/<str:key>/", read=Who.STAFF, ids={"key": "mail"}),
    Row("mailbox/<str:key>/html/", read=Who.STAFF, ids={"key": "mail"}),
)
