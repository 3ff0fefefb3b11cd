"""CSRF on our own blueprints, alone and in a host."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask
from flask_wtf import CSRFProtect

Hosts = Callable[..., Flask]


def test_a_form_with_this_sessions_token_is_taken(host_app: Hosts) -> None:
    client = host_app().test_client()
    token = client.get("/form").text
    assert client.post("/form", data={"csrf_token": token}).text == "taken"


def test_a_script_may_send_the_token_as_a_header(host_app: Hosts) -> None:
    client = host_app().test_client()
    token = client.get("/form").text
    assert client.post("/form", headers={"X-CSRFToken": token}).text == "taken"


@pytest.mark.parametrize("token", ["", "wrong", "\x00", "ImFiYyI.aaaa.bbbb", "é" * 5000])
def test_a_form_without_the_right_token_is_told_to_go_back(host_app: Hosts, token: str) -> None:
    client = host_app().test_client()
    client.get("/form")
    answer = client.post("/form", data={"csrf_token": token})
    assert answer.status_code == 400
    assert "Go back, reload the page and try again." in answer.text


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_without_end_is_refused_unread(host_app: Hosts, kind: str) -> None:
    client = host_app().test_client()
    data = {"csrf_token": client.get("/form").text, "name": "x" * 300_000}
    answer = client.post("/form", data=data, content_type=kind)
    assert answer.status_code == 413


def test_another_sessions_token_is_refused(host_app: Hosts) -> None:
    app = host_app()
    token = app.test_client().get("/form").text
    mine = app.test_client()
    mine.get("/form")
    assert mine.post("/form", data={"csrf_token": token}).status_code == 400


def test_a_form_left_open_for_hours_is_still_taken_the_next_day_no_more(host_app: Hosts) -> None:
    client = host_app().test_client()
    with time_machine.travel("2027-01-04T09:00:00Z", tick=False) as clock:
        token = client.get("/form").text
        clock.shift(11 * 3600)
        assert client.post("/form", data={"csrf_token": token}).status_code == 200
        clock.shift(2 * 3600)
        assert client.post("/form", data={"csrf_token": token}).status_code == 400


def test_the_hosts_own_pages_are_left_alone(host_app: Hosts) -> None:
    client = host_app().test_client()
    answer = client.post("/own")
    assert answer.text == "the host's"
    assert "Content-Security-Policy" not in answer.headers


def test_a_hosts_protection_made_after_us_leaves_a_signed_address_alone(host_app: Hosts) -> None:
    app = host_app(csrf=False)
    CSRFProtect(app)
    client = app.test_client()
    assert client.post("/form").text == "taken"
    assert client.post("/own").status_code == 400


def test_in_a_host_with_its_own_protection_one_token_serves_both(host_app: Hosts) -> None:
    app = host_app()
    CSRFProtect(app)
    client = app.test_client()
    token = client.get("/form").text
    assert client.post("/form", data={"csrf_token": token}).text == "taken"
    assert client.post("/own", data={"csrf_token": token}).text == "the host's"
