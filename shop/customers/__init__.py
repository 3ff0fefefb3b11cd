"""People: customers by e-mail, their magic links, staff and their sign-in."""
