"""What the traces of a page and of the same page in Dash say about a target that is missed."""

from __future__ import annotations

from collections.abc import Mapping

from bench.paint.trace import FILES, OURS, RERUN, STREAMLIT, Parts

COLD, WARM = "first chart, cold", "first chart, warm"
CLICK = "click on a filter, all charts in sight painted"
HERE, PEER = "this page", "Dash"
START = (
    "Only a page without Streamlit's frontend would hold the targets of a first chart. Two things are in our hands and not enough. One is "
    "how many elements a page sends, as Streamlit's scripts go through all of them. The other is a wait: at the address of any page but "
    "the first they ask for their server below that address, get no answer there and wait 100 ms before they ask at the root. In a trial "
    "they were told the root at once: a warm visit took some 150 ms less, a cold one no less; the page that Streamlit sends would have to "
    "be rewritten for it."
)
MEANING = {
    COLD: START,
    WARM: START,
    CLICK: (
        "After each run Streamlit goes through all elements of the page, also through those that have not changed; Dash fills in the "
        "figures and nothing else. Fewer elements a page would make that shorter, but Streamlit's scripts alone take more than half of "
        "Dash's time."
    ),
}


def say_why(what: str, trace: Mapping[str, Parts], most_ratio: float) -> list[str]:
    """How far the page would be from its target if what is ours took no time, and what that means."""
    here = trace[HERE]
    whole, dash = (sum(trace[side].values()) for side in (HERE, PEER))
    ours = here.get(OURS, 0) + here.get(RERUN, 0)
    ratio = (whole - ours) / dash
    judged = "would still be missed" if ratio > most_ratio else "would be held"
    return [
        f"The scripts of our components and waiting for the rerun are {ours:,.0f} of {whole:,.0f} ms; Streamlit's scripts are "
        f"{here.get(STREAMLIT, 0):,.0f}, and waiting for script files is {here.get(FILES, 0):,.0f}. If ours took no time, the page would need "
        f"{ratio:.2f} × what Dash does: {most_ratio:g} × {judged}.",
        MEANING[what],
    ]
