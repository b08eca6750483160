"""The names of the waves of a release."""

from __future__ import annotations

from ui.shell.once import Once
from ui.shell.session import View

_WAVES: Once[dict[str, str]] = Once(1)


def label_waves(view: View) -> dict[str, str]:
    """Name of each wave for readers, by wave id."""
    return _WAVES.get(view.engine, None, lambda: _label_waves(view))


def _label_waves(view: View) -> dict[str, str]:
    waves = view.engine.query("SELECT wave_id, coalesce(label, wave_id) AS label FROM wave_order")
    return {str(wave): str(label) for wave, label in zip(waves["wave_id"], waves["label"], strict=True)}
