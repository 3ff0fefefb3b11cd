"""What the sign-in pages and the account hand in, checked for its shape."""

from __future__ import annotations

from shop.customers.people import LONGEST_EMAIL
from shop.storefront.forms import Form, email, filled, tick, words

NO_NUMBER = "Please give the number of your order. It stands in every mail about it."


class SignInForm(Form):
    """Who wants a link."""

    email = email(LONGEST_EMAIL)


class LookUpForm(SignInForm):
    """Whose order is looked for, and which."""

    number = filled(NO_NUMBER)


class NameForm(Form):
    """The customer's name."""

    name = filled("Please give your name.")


class AddressForm(Form):
    """One address of the book."""

    name = filled("Please give the name that goes on the parcel.")
    line1 = filled("Please give the street and the number of the house.")
    line2 = words()
    city = filled("Please give the city.")
    postcode = filled("Please give the postcode.")
    country = words()
    is_default = tick()


class EraseForm(Form):
    """That the person means it."""

    sure = tick()
