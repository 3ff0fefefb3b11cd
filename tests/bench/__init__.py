"""What the shop costs, as ratios to a bare Flask app and a bare SDK loop in the same run: `make bench`."""
