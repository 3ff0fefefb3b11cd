"""Watching: what goes wrong in silence, told in the admin, by mail and to a monitor."""
