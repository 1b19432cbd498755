"""A stand-in for the sites that say who somebody is: OpenID Connect, and the OAuth of GitHub and GitLab."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from msgspec import Struct, field

CLIENT, SECRET = "wheelway", "the secret of the client"


class IdentitySite(Struct):
    """Whoever comes is `person`: an id and a name. `refuses` makes it refuse each code."""

    port: int = 0
    person: tuple[int, str] = (7, "ada")
    refuses: bool = False
    # The codes that were given, each with the query of the request for it.
    codes: dict[str, Mapping[str, list[str]]] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, str]:
        """The environment of a site that asks this one, in all three ways."""
        names = {
            f"WHEELWAY_{provider}_{what}": value
            for provider in ("OIDC", "GITHUB", "GITLAB")
            for what, value in (("CLIENT_ID", CLIENT), ("CLIENT_SECRET", SECRET), ("URL", self.root))
        }
        return names | {"WHEELWAY_OIDC_NAME": "the house"}

    def authorise(self, query: Mapping[str, list[str]]) -> str:
        """Return where the browser goes with a new code."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        back = {"code": code, "state": query["state"][0]}
        return f"{query['redirect_uri'][0]}?{urlencode(back)}"

    def token(self, form: Mapping[str, list[str]], headers: Mapping[str, str]) -> tuple[int, object]:
        """Give a token for a code, once, to the client that has the secret and asked for the code."""
        asked = self.codes.pop(form["code"][0], None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        is_client = headers.get("Authorization") == f"Basic {basic}" or form.get("client_secret") == [SECRET]
        if asked is None or self.refuses or not is_client or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if "code_challenge" in asked:
            digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
            if _base64(digest) != asked["code_challenge"][0]:
                return 400, {"error": "invalid_grant"}
        number, name = self.person
        claims = {"iss": self.root, "aud": CLIENT, "sub": str(number), "exp": int(time.time()) + 60, "name": name}
        parts = ({"alg": "RS256", "kid": "1"}, claims)
        signed = ".".join(_base64(json.dumps(part).encode()) for part in parts)
        return 200, {"access_token": "t0ken", "token_type": "Bearer", "id_token": f"{signed}.{_base64(b'signature')}"}

    def answer(self, path: str) -> tuple[int, object]:
        """Return what the site says of itself, and of the person."""
        number, name = self.person
        address = f"{name}@house.example"
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
            found = {key: f"{self.root}/{place}" for key, place in places.items()}
            return 200, {**found, "issuer": self.root, "jwks_uri": f"{self.root}/jwks"}
        if path == "/userinfo":
            return 200, {"sub": str(number), "preferred_username": name, "email": address, "email_verified": True}
        if path == "/api/v3/user/emails":
            return 200, [{"email": address, "primary": True, "verified": True}]
        if path in ("/api/v3/user", "/api/v4/user"):
            return 200, {"id": number, "login": name, "username": name, "email": address, "name": name}
        return 404, {"error": "not found"}


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@contextmanager
def identity_site() -> Iterator[IdentitySite]:
    """Serve the stand-in at a free port of this machine."""
    site = IdentitySite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path.endswith("/authorize"):
                self.send_response(302)
                self.send_header("Location", site.authorise(parse_qs(parts.query)))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self._send(*site.answer(parts.path))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._send(*site.token(form, dict(self.headers.items())))

        def _send(self, status: int, document: object) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
