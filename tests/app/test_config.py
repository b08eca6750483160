"""The settings of the server: nothing is sent out, nothing is told to a viewer about a failure."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path

from streamlit.config import get_option
from streamlit.runtime.scriptrunner import script_runner

from ui.shell.fonts import ADDRESS, HEADING

CONFIG = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"


def test_the_server_is_hardened() -> None:
    config = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    assert config["browser"]["gatherUsageStats"] is False
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["fileWatcherType"] == "none"
    assert config["server"]["enableAgentApi"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["disableDataExport"] is True


def test_no_full_collection_follows_each_run() -> None:
    """The option is hidden and may go: then a run ends with a collection again, and twenty people wait for one another."""
    config = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    assert config["runner"]["postScriptGC"] is False
    assert get_option("runner.postScriptGC") is False
    assert 'config.get_option("runner.postScriptGC")' in inspect.getsource(script_runner)


def test_no_font_or_image_comes_from_outside() -> None:
    settings = [line for line in CONFIG.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert not any("http" in line for line in settings)


def test_the_font_of_headings_is_the_one_that_is_served() -> None:
    config = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    (face,) = config["theme"]["fontFaces"]
    assert face["url"] == ADDRESS
    assert config["theme"]["headingFont"].startswith(face["family"])
    assert HEADING.stat().st_size < 30_000
