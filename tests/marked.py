"""What became of the tests with a mark, by what the mark names: the machinery of the pages that tests write."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest


class Recorder:
    """Outcomes, what was tried and the sums of recorded numbers, by the values of one mark."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self.outcomes: dict[object, list[str]] = defaultdict(list)
        self.sums: dict[object, Counter[str]] = defaultdict(Counter)
        self.words: dict[object, list[str]] = defaultdict(list)
        self._named: dict[str, list[object]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            named = [name for mark in item.iter_markers(self._mark) for name in mark.args]
            self._named[item.nodeid] = named
            for name in named:
                words = describe(item.nodeid)
                if words not in self.words[name]:
                    self.words[name].append(words)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.outcome == "passed":
            return
        numbers = {name: int(str(value)) for name, value in report.user_properties if str(value).isdigit()}
        for name in self._named.get(report.nodeid, ()):
            self.outcomes[name].append(report.outcome)
            self.sums[name].update({"tries": 1} | numbers)

    def say_outcome(self, name: object) -> str:
        """Whether all that was tried held."""
        outcomes = self.outcomes[name]
        return "not tried" if not outcomes else "held" if set(outcomes) == {"passed"} else "got through"


def describe(nodeid: str) -> str:
    """The name of a test as words."""
    name = nodeid.split("::")[-1].split("[")[0]
    return re.sub(r"^test_(attack_)?(\d+_)*", "", name).replace("_", " ")
