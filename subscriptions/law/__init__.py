"""Which law a plan's contract is made under, and what that law asks of us. See docs/subscription-law.md."""
