"""Canaille (an identity provider) and moto (AWS), each behind a server on loopback that remembers what it was asked."""

import io
import json
import threading
import time
from dataclasses import dataclass
from urllib.parse import parse_qs

import canaille
from canaille.app import models
from canaille.backends import Backend
from joserfc import jwt
from joserfc.jwk import RSAKey
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

CLIENT_ID = "cli"
REDIRECT_PORTS = range(49152, 49216)


@dataclass(frozen=True)
class Request:
    """One request, as it came in."""

    method: str
    path: str
    query: dict
    form: dict


def fields(text):
    """The first value of each field of a query or a form."""
    return {name: values[0] for name, values in parse_qs(text).items()}


class Quiet(WSGIRequestHandler):
    def log_request(self, *_):
        pass


class Server:
    """Serves `app` on a port of its own and keeps each request, from before it is answered."""

    def __init__(self):
        self.app = None
        self.requests = []
        self.http = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self.port = self.http.server_port
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        query, form = fields(environ["QUERY_STRING"]), fields(body.decode("utf-8", "replace"))
        self.requests.append(Request(environ["REQUEST_METHOD"], environ["PATH_INFO"], query, form))
        return self.app(environ, start_response)


class IdentityProvider(Server):
    """Canaille over SQLite, with one public client that must use PKCE."""

    def __init__(self, folder):
        super().__init__()
        self.issuer = f"http://localhost:{self.port}"
        self.canaille = canaille.create_app(
            {
                "SECRET_KEY": "for these tests only",
                "SERVER_NAME": f"localhost:{self.port}",
                "PREFERRED_URL_SCHEME": "http",
                "CANAILLE": {"DATABASE": "sql", "JAVASCRIPT": False, "HTMX": False},
                "CANAILLE_SQL": {
                    "DATABASE_URI": f"sqlite:///{folder}/canaille.db",
                    "PASSWORD_SCHEMES": "pbkdf2_sha512",
                },
                "CANAILLE_OIDC": {
                    "ACTIVE_JWKS": [RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True)],
                },
            }
        )
        with self.canaille.app_context():
            Backend.instance.install(self.canaille)
            self._add_client()
        self.app = self.canaille

    def _add_client(self):
        client = models.Client(
            client_id=CLIENT_ID,
            client_name=CLIENT_ID,
            redirect_uris=[f"http://localhost:{port}" for port in REDIRECT_PORTS],
            grant_types=["authorization_code", "refresh_token"],
            response_types=["code"],
            token_endpoint_auth_method="none",
            scope=["openid", "email", "profile", "groups", "offline_access"],
            id_token_signed_response_alg="RS256",
        )
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)

    def add_user(self, name):
        """Adds a person whose password is `password` and whose address is NAME@example.com."""
        with self.canaille.app_context(), Backend.instance.session():
            Backend.instance.save(
                models.User(
                    user_name=name,
                    formatted_name=name.title(),
                    given_name=name.title(),
                    family_name="Example",
                    emails=[f"{name}@example.com"],
                    password="password",
                )
            )

    def sign_ins(self):
        """How many sign-ins were begun: each has a state of its own."""
        return len({r.query["state"] for r in self.requests if r.path == "/oauth/authorize" and "state" in r.query})

    def grants(self):
        """What was asked of the token endpoint."""
        return [r.form.get("grant_type") for r in self.requests if r.path == "/oauth/token"]


class AWS(Server):
    """moto, of which STS is used."""

    def __init__(self):
        super().__init__()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.app = DomainDispatcherApplication(create_backend_app)

    def actions(self):
        """The names of the calls so far."""
        return [r.form.get("Action") for r in self.requests]


class Issuer(Server):
    """An issuer of id_tokens, with its keys and no sign-in."""

    def __init__(self):
        super().__init__()
        self.url = f"http://localhost:{self.port}"
        self.key = RSAKey.generate_key(2048, auto_kid=True)
        self.app = self.answer
        # Cleared, its keys are not given out until it is set again.
        self.gives_keys = threading.Event()
        self.gives_keys.set()

    def id_token(self, client, **claims):
        now = int(time.time())
        claims = {"iss": self.url, "aud": client, "sub": "00u1", "iat": now, "exp": now + 3600, **claims}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def answer(self, environ, start_response):
        if environ["PATH_INFO"] == "/keys":
            self.gives_keys.wait(60)
            document = {"keys": [{**self.key.as_dict(private=False), "use": "sig", "alg": "RS256"}]}
        else:
            document = {
                "issuer": self.url, "jwks_uri": f"{self.url}/keys", "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            }
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(document).encode()]


class ConfigMaps(Server):
    """The ConfigMap API of Kubernetes with one namespace, its versions and its conflicts."""

    def __init__(self):
        super().__init__()
        self.app = self.answer
        self.objects = {}
        self.version = 0

    def answer(self, environ, start_response):
        collection = "/api/v1/namespaces/auth/configmaps"
        method, name = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(collection).removeprefix("/")
        if not environ["PATH_INFO"].startswith(collection):
            start_response("404 Not Found", [("Content-Type", "application/json")])
            return [b'{"message":"namespaces not found"}']
        body = environ["wsgi.input"].read()
        if method in ("POST", "PUT"):
            body = json.loads(body)
            name = body["metadata"]["name"]
        there = self.objects.get(name)
        if method == "GET":
            status, answer = ("200 OK", there) if there else ("404 Not Found", {"message": f"{name} not found"})
        elif method == "POST" and there or method == "PUT" and (
            not there or body["metadata"].get("resourceVersion") != there["metadata"]["resourceVersion"]
        ):
            status, answer = "409 Conflict", {"message": "the object has been modified"}
        else:
            self.version += 1
            body["metadata"]["resourceVersion"] = str(self.version)
            self.objects[name] = body
            status, answer = "200 OK", body
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]
