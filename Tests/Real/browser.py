#!/usr/bin/env python3
"""A browser without a window: signs in at the address given last, as $LOGIN_USER with $LOGIN_PASSWORD.

It follows redirects and fills in HTML forms until it has fetched the redirect URI, as a person's browser would.
"""

import os
import sys
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

CONSENT = ("accept", "allow", "yes", "confirm")


class Forms(HTMLParser):
    """The forms of a page, each with its fields and its buttons."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        field = dict(attributes)
        if tag == "form":
            self.found.append({"action": field.get("action") or "", "fields": {}, "buttons": {}, "kinds": set()})
        elif tag in ("input", "button") and self.found and field.get("name"):
            kind = field.get("type") or ("submit" if tag == "button" else "text")
            group = "buttons" if kind == "submit" else "fields"
            self.found[-1][group][field["name"]] = field.get("value") or ""
            self.found[-1]["kinds"].add(kind)


def fill(form):
    """What a person would send: the name, the password, and consent."""
    answers = dict(form["fields"])
    for name in answers:
        if "password" in name:
            answers[name] = os.environ["LOGIN_PASSWORD"]
        elif name in ("login", "username"):
            answers[name] = os.environ["LOGIN_USER"]
    for name, value in form["buttons"].items():
        if any(word in f"{name} {value}".lower() for word in CONSENT):
            answers[name] = value
            break
    return answers


def main(address):
    redirect_uri = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    session = requests.Session()
    session.trust_env = False
    # Python's own cookie rules refuse cookies of localhost; one jar for the one provider will do.
    cookies = {}
    method, answers = "GET", None
    for _ in range(30):
        at_home = address.split("?")[0].rstrip("/") == redirect_uri.rstrip("/")
        headers = {} if at_home else {"Cookie": "; ".join(f"{n}={v}" for n, v in cookies.items()), "Referer": address}
        page = session.request(method, address, data=answers, headers=headers, timeout=30, allow_redirects=False)
        if at_home:
            return 0 if page.ok else f"{page.status_code} from {redirect_uri}"
        cookies.update({cookie.name: cookie.value for cookie in page.cookies})
        session.cookies.clear()
        method, answers = "GET", None
        if page.is_redirect:
            address = urljoin(address, page.headers["Location"])
            continue
        forms = [form for form in Forms(page.text).found if form["kinds"] & {"password", "text", "submit"}]
        # A page has other forms too, as for its language: the one to fill in comes last.
        forms.sort(key=lambda form: bool({"password", "login", "answer"} & {*form["fields"], *form["buttons"]}))
        if not page.ok or not forms:
            return f"{page.status_code} and no form to fill in at {address}"
        method, answers, address = "POST", fill(forms[-1]), urljoin(address, forms[-1]["action"])
    return f"no end of forms and redirects, at last {address}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[-1]))
