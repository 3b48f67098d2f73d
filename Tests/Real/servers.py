"""Canaille (an identity provider) and moto (AWS), each behind a server on loopback that remembers what it was asked."""

import io
import threading
from dataclasses import dataclass
from urllib.parse import parse_qs

import canaille
from canaille.app import models
from canaille.backends import Backend
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
