"""A thousand customers, two years: who they are and what they do is drawn from one seed."""
