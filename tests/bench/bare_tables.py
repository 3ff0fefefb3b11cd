"""The two tables of the bare app."""

from __future__ import annotations

from sqlalchemy import create_engine, text

TABLES = (
    "CREATE TABLE bare_kit (slug text PRIMARY KEY, name text, price int, stock int)",
    "CREATE TABLE bare_order (id bigserial PRIMARY KEY, number text UNIQUE, email text, paid boolean)",
    "INSERT INTO bare_kit VALUES ('mesotherapy-kit', 'Mesotherapy kit', 8900, 1000000)",
)


def make(url: str) -> None:
    """Create and fill them in the database at `url`."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in TABLES:
            connection.execute(text(statement))
    engine.dispose()
