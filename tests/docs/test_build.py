"""The generated pages are fresh, and nothing in them is left unsaid."""

from __future__ import annotations

import pytest

from docs.build import PAGES
from indicators.catalogue import list_indicators
from settings import PROJECT
from warehouse.contracts import TABLES


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_fresh(name: str) -> None:
    assert (PROJECT / name).read_text(encoding="utf-8") == PAGES[name](), "run make docs"


def test_every_indicator_and_every_column_is_described() -> None:
    methods, dictionary = (PAGES[name]() for name in ("docs/methods.md", "docs/data_dictionary.md"))
    assert [id for id in list_indicators() if f"`{id}`" not in methods] == []
    columns = [column.name for table in TABLES.values() for column in table.columns]
    assert [name for name in columns if f"`{name}`" not in dictionary] == []
