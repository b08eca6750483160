"""The names of the waves of a release."""

from __future__ import annotations

import streamlit as st

from ui.shell.session import View
from warehouse.engine import Engine


def label_waves(view: View) -> dict[str, str]:
    """Name of each wave for readers, by wave id."""
    return _label_waves(str(view.release.path), view.engine)


@st.cache_resource(max_entries=3, show_spinner=False)
def _label_waves(path: str, _engine: Engine) -> dict[str, str]:
    waves = _engine.query("SELECT wave_id, coalesce(label, wave_id) AS label FROM wave_order")
    return {str(wave): str(label) for wave, label in zip(waves["wave_id"], waves["label"], strict=True)}
