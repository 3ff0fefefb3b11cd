"""Everything goes wrong at once, thousands of refills are due, and each ends as it should."""
