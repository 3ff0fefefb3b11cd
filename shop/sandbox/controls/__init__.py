"""The test-only doors under /_sandbox/."""
