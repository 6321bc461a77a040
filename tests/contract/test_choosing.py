"""Which operations of a document become tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from calltune.contract import Toolset
from calltune.contract.choosing import Choice
from calltune.errors import ConfigError

SHOP = Path(__file__).parents[2] / "examples" / "shop" / "openapi.yaml"


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Choice(include=("tag:Products",)), ["searchProducts"]),
        (Choice(include=("path:/orders/*", "method:GET")), ["orders_get", "get_orders_export"]),
        (Choice(include=("name:search*", "name:orders_l*")), ["searchProducts", "orders_list"]),
        (Choice(exclude=("method:get", "name:*create")), ["orders_move", "orders_cancel"]),
        (Choice(include=("path:/orders*",), deprecated=False, exclude=("path:/orders/{id}",)),
         ["orders_list", "orders_create"]),
    ],
)  # fmt: skip
def test_filters_of_one_kind_add_up_and_kinds_must_all_match(choice: Choice, names: list[str]) -> None:
    assert list(Toolset.load(SHOP, choice).names) == names


@pytest.mark.parametrize(
    ("choice", "parts"),
    [
        (Choice(include=("tags:orders",)), ["did you mean tag:orders", "method:get"]),
        (Choice(exclude=("orders",)), ["'orders' is no filter", "tag:orders"]),
        (Choice(include=("tag:",)), ["is no filter"]),
        (Choice(include=("tag:order",)), ["did you mean tag:orders", "There are: products, orders"]),
        (Choice(include=("tag:orders", "name:search*")), ["leave none"]),
    ],
)
def test_a_filter_that_means_nothing_says_what_is_near(choice: Choice, parts: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        Toolset.load(SHOP, choice)
    assert all(part in str(caught.value) for part in parts)


def test_other_sources_have_nothing_to_choose_from(tmp_path: Path) -> None:
    (tmp_path / "tools.json").write_text('[{"name": "now"}]')
    for source in (str(tmp_path / "tools.json"), "os.path", str(tmp_path / "x.py")):
        with pytest.raises(ConfigError, match="no OpenAPI document"):
            Toolset.load(source, Choice(include=("name:now",)))
