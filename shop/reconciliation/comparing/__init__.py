"""One side beside the other: pure comparisons, and the rows of ours that each needs."""
