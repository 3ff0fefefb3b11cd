"""When refills fall due: pure decisions from the plan, what happened, and the day."""
