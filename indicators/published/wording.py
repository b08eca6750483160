"""What the words of an item are in a figure: of a reversed item a figure counts the other end of the scale, and says so."""

from __future__ import annotations

from collections.abc import Mapping

from indicators.definition import Indicator, Turned
from warehouse.engine import Engine

_ITEMS = """
SELECT i.item_id, min(i.text) AS asked, min(i.reversed_text) AS turned_text, count(DISTINCT coalesce(i.reversed, false)) AS ways,
  bool_or(coalesce(i.reversed, false)) AS is_reversed
FROM items i GROUP BY i.item_id ORDER BY i.item_id"""
_STEPS = "SELECT item_id, value, min(label) AS step FROM scale_points GROUP BY item_id, value ORDER BY item_id, value"
DISAGREE = "disagree"
REVERSED = " (reversed: the lower end is favourable)"


def word_items(engine: Engine, indicator: Indicator) -> dict[str, str]:
    """By item the question, or, where the indicator turns a reversed one round, what its number counts. Where it shows the steps as
    asked, a reversed one says so.

    Where surveys ask an item both ways, it says that it is turned round where it is reversed.
    """
    steps: dict[str, dict[float, str]] = {}
    for item, value, step in engine.lookup(_STEPS).itertuples(index=False, name=None):
        steps.setdefault(str(item), {})[float(value)] = str(step)
    words = {}
    for row in engine.lookup(_ITEMS).to_dict(orient="records"):
        item, asked, turned_text = str(row["item_id"]), str(row["asked"]), row["turned_text"]
        if indicator.turned and row["ways"] > 1:
            asked = f"{asked} (turned round where it is reversed)"
        elif indicator.turned and row["is_reversed"]:
            turned_text = turned_text if isinstance(turned_text, str) else ""
            asked = word_reversed(asked, turned_text, steps.get(item, {}), indicator.turned)
        elif indicator.chart == "likert" and row["is_reversed"] and row["ways"] == 1:
            asked += REVERSED
        words[item] = asked
    return words


def word_reversed(asked: str, turned_text: str, steps: Mapping[float, str], turned: Turned) -> str:
    """The words of a reversed item that is turned round.

    `asked` is the question, `turned_text` how the codebook words its opposite ('' where it does not), `steps` the words of the
    scale by value, from the lowest on. The favourable half is the lower one as asked, without the middle of an odd scale.
    """
    if turned == "score":
        least = next(iter(steps.values()), "")
        best = f": {max(steps):g} is “{least}”" if least and not least.isdigit() else ""
        return f"{turned_text or asked} (turned round{best})"
    if turned_text:
        return turned_text
    half = list(steps.values())[: 1 if turned == "top" else len(steps) // 2]
    if turned == "top" and half:
        return f"{asked} (share who answered “{half[0]}”)"
    does_disagree = bool(half) and all(step.casefold().split()[-1:] == [DISAGREE] for step in half)
    named = " or ".join(f"“{step}”" for step in half)
    who = f"who {DISAGREE}" if does_disagree or not half else f"who answered {named}"
    if turned == "net":
        less = "agree" if does_disagree or not half else "answered the other end"
        return f"{asked} (those {who} less those who {less})"
    return f"{asked} (share {who})"
