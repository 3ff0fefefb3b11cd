"""Parameters: what is known, what is refused, and the data that says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import stripe

from shop.sandbox.wire.checks import PARAMETERS
from shop.sandbox.wire.derive import DESCRIPTIONS, UNDESCRIBED, derive
from shop.sandbox.wire.forms import build_tree
from shop.sandbox.wire.operations import OPERATIONS

FILE = Path(__file__).parents[3].parent / "shared" / "stripe" / "openapi.json"
beside_description = pytest.mark.skipif(
    not FILE.exists(), reason=f"NOT CHECKED against Stripe's description: there is no {FILE}"
)


@pytest.fixture(scope="module")
def description() -> Any:
    """Stripe's own."""
    return json.loads(FILE.read_text())


@beside_description
def test_the_parameter_data_is_what_stripes_description_says(description: Any) -> None:
    assert derive(description) == PARAMETERS


@beside_description
@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each.name not in UNDESCRIBED], ids=lambda operation: operation.name
)
def test_the_names_known_are_exactly_those_of_the_description(operation: Any, description: Any) -> None:
    found = description["paths"][operation.path][operation.method.lower()]
    form = found["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"]
    query = {entry["name"] for entry in found.get("parameters", []) if entry["in"] == "query"}
    lost = {"description"} if () in DESCRIPTIONS.get(operation.name, ()) else set()
    assert set(PARAMETERS[operation.name]["fields"]) == set(form) | query | lost


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"foo": "1"}, "foo"),
        ({"shipping": {"name": "A", "address": {"street": "1"}}}, "shipping[address][street]"),
        ({"automatic_payment_methods": {"enabled": True, "x": "1"}}, "automatic_payment_methods[x]"),
        ({"amount[": "1"}, "amount["),
    ],
)
def test_an_unknown_parameter_is_named(sandbox: Any, wrong: dict[str, Any], place: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.stripe.v1.payment_intents.create(params={"amount": 500, "currency": "gbp", **wrong})
    error = refused.value
    assert (error.code, error.param, error.http_status) == ("parameter_unknown", place, 400)
    assert str(error.user_message) == f"Received unknown parameter: {place}"


def test_an_unknown_parameter_of_a_list_and_of_a_read_is_refused_too(sandbox: Any) -> None:
    for path in ("/v1/customers?foo=1", "/v1/account?foo=1"):
        assert sandbox.raw("GET", path).json()["error"]["code"] == "parameter_unknown"


def test_an_unknown_name_inside_a_line_item_is_named_with_its_place(sandbox: Any) -> None:
    price = {"currency": "gbp", "unit_amount": 500, "product_data": {"name": "Kit", "colour": "red"}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.session(line_items=[{"price_data": price, "quantity": 1}])
    assert refused.value.param == "line_items[0][price_data][product_data][colour]"


@pytest.mark.parametrize("name", ["amount", "currency"])
def test_a_missing_parameter_is_named(sandbox: Any, name: str) -> None:
    params: Any = {"amount": 500, "currency": "gbp"}
    del params[name]
    with pytest.raises(stripe.InvalidRequestError, match=f"Missing required param: {name}") as refused:
        sandbox.stripe.v1.payment_intents.create(params=params)
    assert (refused.value.code, refused.value.param) == ("parameter_missing", name)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"amount": "x"}, "Invalid integer: x"),
        ({"amount": "4.5"}, "Invalid integer: 4.5"),
        ({"amount": "9" * 19}, "Invalid integer"),
        ({"amount": {"a": "1"}}, "Invalid integer"),
        ({"confirm": "perhaps"}, "Invalid boolean: perhaps"),
        ({"capture_method": "later"}, "must be one of automatic, automatic_async, or manual"),
        ({"customer": ""}, "empty string for 'customer'"),
        ({"customer": {"a": "1"}}, "Invalid string"),
        ({"shipping": "x"}, "Invalid object"),
        ({"payment_method_types": "card"}, "Invalid array"),
        ({"metadata": "x"}, "Invalid object"),
        ({"metadata": {"k" * 41: "1"}}, "at most 40 characters"),
        ({"metadata": {"k": "v" * 501}}, "at most 500 characters"),
        ({"metadata": {f"k{n}": "1" for n in range(51)}}, "more than 50"),
        ({"metadata": {"k": {"a": "1"}}}, "must be strings"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(sandbox: Any, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        sandbox.stripe.v1.payment_intents.create(params={"amount": 500, "currency": "gbp", **wrong})
    assert refused.value.http_status == 400


def test_brackets_are_read_as_trees() -> None:
    pairs = [
        ("a[b][c]", "1"),
        ("a[b][d]", "2"),
        ("l[0][x]", "3"),
        ("l[1][x]", "4"),
        ("e[]", "5"),
        ("e[]", "6"),
        ("p", ""),
    ]
    assert build_tree(pairs) == {
        "a": {"b": {"c": "1", "d": "2"}},
        "l": {"0": {"x": "3"}, "1": {"x": "4"}},
        "e": {"0": "5", "1": "6"},
        "p": "",
    }


def test_what_is_no_text_does_no_harm(sandbox: Any) -> None:
    answer = sandbox.raw("POST", "/v1/customers", data=b"name=%ff%fe&email=\xff")
    assert answer.status_code == 200
