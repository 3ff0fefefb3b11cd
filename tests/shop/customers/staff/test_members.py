"""Staff: passwords, and who is let in."""

from __future__ import annotations

from datetime import datetime

import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import Flask
from sqlalchemy import select

from kits import host
from kits.audit import AuditEntry
from kits.errors import BadInput
from shop.customers.staff import members
from shop.customers.staff.members import add_staff, sign_in
from shop.customers.tables import StaffMember
from tests.shop.customers.conftest import PASSWORD


def test_the_right_password_lets_in_and_no_other(staff_member: str) -> None:
    found = sign_in(f" {staff_member.upper()} ", PASSWORD)
    assert found
    assert found.email == staff_member
    assert not host.session().in_transaction()
    for wrong in ("", PASSWORD + "x", PASSWORD.upper(), "\x00", "x" * 1_000_000):
        assert sign_in(staff_member, wrong) is None


@pytest.mark.parametrize("email", ["", "nobody@example.org", "\x00", "staff@example.org' OR 1=1 --"])
def test_nobody_else_is_let_in(staff_member: str, email: str) -> None:
    assert sign_in(email, PASSWORD) is None


def test_an_unknown_name_takes_the_same_work_as_a_known_one(staff_member: str, monkeypatch: pytest.MonkeyPatch) -> None:
    work = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            work.append(extract_parameters(str(hash)))
            return super().verify(hash, password)

    monkeypatch.setattr(members, "_hasher", Counting())
    for email in (staff_member, "nobody@example.org"):
        sign_in(email, "wrong password")
    known, unknown = work
    assert known == unknown


def test_who_left_is_not_let_in(staff_member: str) -> None:
    with host.unit() as session:
        session.scalars(select(StaffMember)).one().active = False
    assert sign_in(staff_member, PASSWORD) is None


def test_a_known_member_is_given_a_new_password(staff_member: str, now: datetime) -> None:
    with host.unit() as session:
        add_staff(session, staff_member, "another long password", now)
    assert sign_in(staff_member, PASSWORD) is None
    assert sign_in(staff_member, "another long password")


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("nobody", PASSWORD, "email"),
        ("a@b\x00", PASSWORD, "email"),
        ("a@" + "b" * 300, PASSWORD, "email"),
        ("a@b.c", "short", "password"),
        ("a@b.c", "x" * 201, "password"),
    ],
)
def test_a_bad_address_or_password_is_refused(app: Flask, now: datetime, email: str, password: str, field: str) -> None:
    with pytest.raises(BadInput) as refused, host.unit() as session:
        add_staff(session, email, password, now)
    assert refused.value.field == field


def test_passwords_are_kept_as_argon2_and_the_log_names_no_person(staff_member: str) -> None:
    member = host.session().scalars(select(StaffMember)).one()
    assert member.password_hash.startswith("$argon2id$")
    entry = host.session().scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject) == ("staff.password_set", f"staff:{member.id}")
