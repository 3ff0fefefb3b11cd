"""How duties are run: what is looked for, who performs it, and how a worker ends."""
