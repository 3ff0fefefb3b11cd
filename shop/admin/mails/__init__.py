"""Mails for staff: the outbox, one mail and what to do with it, and the list of all templates."""

from __future__ import annotations

from shop.admin.mails import acting, outbox, templates

PARTS = (outbox, acting, templates)
