"""A person at a browser that runs no script: reads pages, follows links, fills in forms, presses buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests

LONELY = frozenset({"input", "meta", "link", "br", "hr", "img", "stop"})


@dataclass
class Form:
    """What it would send as it stands; a box that is not ticked waits in `boxes` with its value."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def filled(self, button: str, **typed: object) -> dict[str, str]:
        """What pressing `button` sends with `typed` in its fields; every field must be there. True ticks a box."""
        sent = dict(self.values)
        for name, value in typed.items():
            assert name in self.values or name in self.boxes, f"there is no field {name!r}"
            sent[name] = self.boxes[name] if value is True else str(value)
        _, name, value = next(each for each in self.buttons if each[0].startswith(button))
        return {**sent, name: value} if name else sent


class Page(HTMLParser):
    """One page as it is read: its `words`, its `heading`, its links and its forms."""

    def __init__(self, html: str, url: str = "", status: int = 200) -> None:
        super().__init__()
        self.html, self.url, self.status = html, url, status
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._said: list[str] = []
        self._open: list[tuple[str, dict[str, str], int]] = []
        self._select = ""
        self.heading = ""
        self.feed(html)
        self.words = " ".join(" ".join(self._said).split())

    def form(self, button: str) -> Form:
        """The form whose button begins with these words."""
        found = [form for form in self.forms if any(words.startswith(button) for words, _, _ in form.buttons)]
        assert found, f"no button {button!r} at {self.url} ({self.status}): {self.words[:1500]}"
        return found[0]

    def link(self, words: str) -> str:
        """Where the link with these words leads."""
        found = [href for said, href in self.links if said.startswith(words)]
        assert found, f"no link {words!r} at {self.url} ({self.status}): {self.words[:1500]}"
        return urljoin(self.url, found[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(urljoin(self.url, given.get("action", "")), given.get("method", "get").lower()))
        elif tag == "input" and self.forms:
            _take_input(self.forms[-1], given)
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and ("selected" in given or self._select not in self.forms[-1].values):
            self.forms[-1].values[self._select] = given["value"]
        if tag not in LONELY:
            self._open.append((tag, given, len(self._said)))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            opened, given, before = self._open.pop()
            if opened == tag:
                self._read(tag, given, " ".join(" ".join(self._said[before:]).split()))
                return

    def handle_data(self, data: str) -> None:
        self._said.append(data)

    def _read(self, tag: str, given: dict[str, str], words: str) -> None:
        if tag == "a" and "href" in given:
            self.links.append((words, given["href"]))
        elif tag == "button" and self.forms:
            self.forms[-1].buttons.append((words, given.get("name", ""), given.get("value", "")))
        elif tag == "textarea" and self.forms:
            self.forms[-1].values[given["name"]] = words
        elif tag == "h1":
            self.heading = words


def _take_input(form: Form, given: dict[str, str]) -> None:
    if given.get("type") in ("checkbox", "radio") and "checked" not in given:
        form.boxes[given["name"]] = given.get("value", "on")
    else:
        form.values[given["name"]] = given.get("value", "")


class Person:
    """Someone at a browser; `page` is what they see."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.browser = requests.Session()
        # A connection that is kept may be closed by the shop just as the next form is sent over it.
        self.browser.headers["Connection"] = "close"
        self.page = Page("")

    def open(self, where: str) -> Page:
        """Type an address, or a path of the shop."""
        return self._see(self.browser.get(urljoin(self.address, where), timeout=30))

    def follow(self, words: str) -> Page:
        """Click the link that begins with these words."""
        return self.open(self.page.link(words))

    def press(self, button: str, **typed: Any) -> Page:
        """Fill in `typed` and press the button that begins with these words; redirects are followed."""
        return self._see(self.send(button, True, **typed))

    def send(self, button: str, follow: bool = False, **typed: Any) -> requests.Response:
        """The answer to pressing it, as it came."""
        form = self.page.form(button)
        sent = {"params" if form.method == "get" else "data": form.filled(button, **typed)}
        return self.browser.request(form.method, form.action, timeout=30, allow_redirects=follow, **sent)

    def _see(self, answer: requests.Response) -> Page:
        self.page = Page(answer.text, answer.url, answer.status_code)
        return self.page
