"""Take this page with you: the results that a page has just shown, as a file made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import plotly.graph_objects as go
import streamlit as st

from indicators.result import Result
from ui.charts.figures import label_all
from ui.export import FORMATS, Exhibit, Format, Handout, name_file
from ui.shell.session import View, current_view, find_scope
from ui.words.language import ENGLISH, gettext, ngettext, speak
from ui.words.numbers import escape_markdown, format_count

LARGE = 2000
_SHOWN = "shown_on_page"


@dataclass
class _Run:
    """What one run of a page has shown so far; a chart that runs again alone adds nothing."""

    exhibits: list[Exhibit] = field(default_factory=list)
    warned: dict[str, str] = field(default_factory=dict)
    is_open: bool = True

    def add(self, exhibit: Exhibit) -> None:
        result = exhibit.result
        is_known = any(
            known.result.indicator == result.indicator
            and known.result.selection == result.selection
            and known.result.table.equals(result.table)
            for known in self.exhibits
        )
        if self.is_open and not is_known:
            self.exhibits.append(exhibit)


def note_shown(
    result: Result,
    *,
    reading: str = "",
    notes: str = "",
    label: str = "",
    chart: go.Figure | None = None,
    alt: str = "",
) -> None:
    """Remember that this page shows these rows, with their chart, the sentence and the notes beside them."""
    run = st.session_state.get(_SHOWN)
    if isinstance(run, _Run):
        said = " ".join(part for part in (notes, result.passport.unfollowed) if part)
        run.add(Exhibit(result, reading, said, label=label, chart=chart, alt=alt))


def warns_first(warning: str, key: str) -> bool:
    """Whether a chart is the first of its page to give a warning: what holds for all of them is said once."""
    run = st.session_state.get(_SHOWN)
    return not isinstance(run, _Run) or run.warned.setdefault(warning, key) == key


@contextmanager
def offer_page(title: str) -> Iterator[None]:
    """Around the run of a page: collects the results it shows and offers them at its end."""
    run = _Run()
    st.session_state[_SHOWN] = run
    yield
    run.is_open = False
    if run.exhibits:
        _show_offer(title, tuple(run.exhibits))


@st.fragment
def _show_offer(title: str, exhibits: tuple[Exhibit, ...]) -> None:
    view = current_view()
    role = exhibits[0].result.passport.role
    if view is None or find_scope().role != role:
        st.caption(gettext("What you may see has changed: open the page again."))
        return
    with st.expander(gettext("Take this page with you"), key="take-away"):
        count = format_count(len(exhibits), "result")
        st.markdown(
            ngettext(
                "The {count} on this page as you see it now.",
                "The {count} on this page as you see them now.",
                len(exhibits),
            ).format(count=count)
        )
        kind = st.radio(
            gettext("As"), FORMATS, format_func=_name_format, key="take-away-format", horizontal=True
        )
        if st.button(gettext("Make the file"), key="take-away-make"):
            chosen = ", ".join(value for _, value in view.filters)
            lead = f"Only {chosen}." if chosen else ""
            _make_file(kind, Handout(title, exhibits, _label_in_english(view), lead=lead))


def _label_in_english(view: View) -> dict[str, str]:
    with speak(ENGLISH):
        return label_all(view)


def _make_file(kind: Format, handout: Handout) -> None:
    is_large = sum(len(result.table) for result in handout.results) > LARGE
    with st.status(gettext("Making the file …")) if is_large else nullcontext(), speak(ENGLISH):
        content = kind.write(handout)
    name = name_file(handout.title, handout.release, content, role=handout.role, ending=kind.ending)
    st.download_button(
        gettext("Download"),
        content,
        file_name=name,
        mime=kind.media_type,
        key="take-away-download",
        on_click="ignore",
    )
    st.caption(
        escape_markdown(
            gettext("{name}, {size:,} KB. {facts}.").format(
                name=name, size=max(len(content) // 1024, 1), facts=handout.list_facts()[0]
            )
        )
    )


def _name_format(kind: Format) -> str:
    return gettext(kind.title)
