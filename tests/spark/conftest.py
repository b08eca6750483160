"""What the tests of Spark share: whether it is there, and a release of the sample with nothing kept."""

from __future__ import annotations

import os

import pytest

from tests.recorded.figures import load_sample
from warehouse.release import Release
from warehouse.spark import NoSpark, check_url


@pytest.fixture(scope="session")
def spark_url() -> str:
    """A local session; without PySpark, SQLGlot or Java the tests are skipped, but not by CI."""
    try:
        check_url("local[2]")
    except NoSpark as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
    return "local[2]"


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The sample as a release."""
    engine = load_sample(tmp_path_factory.mktemp("spark") / "data")
    engine.close()
    return engine.release
