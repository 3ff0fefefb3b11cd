"""Paying in person on the gateway's own page: buying, opening the page, going on with it, letting go."""
