"""The cards that pay a plan: saving, replacing, removing them, a backup, and cards that expire."""
