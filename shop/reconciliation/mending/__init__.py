"""What staff do about a finding: a repair for each kind, and putting it aside with a reason."""
