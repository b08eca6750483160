"""The only wording of numbers, periods and statuses. Pure: no Streamlit. Rounds last, half away from zero."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from indicators.definition import Indicator, Unit
from indicators.result import find_unit
from indicators.selection import word_attribute
from indicators.statistics.cells import explain_no_range
from ui.words.language import gettext, gettext_noop, ngettext

MINUS = "\u2212"
NO_FIGURE = gettext_noop("no figure")
UNREACHED = gettext_noop("No figure yet: ")
DECIMALS: dict[Unit, int] = {
    "people": 0,
    "organisations": 0,
    "events": 0,
    "share": 0,
    "score": 1,
    "difference": 2,
    "index": 2,
    "ties": 1,
    "net": 0,
    "points": 0,
    "coefficient": 2,
    "number": 1,
    "minutes": 0,
    "days": 0,
    "member-days": 0,
    "p": 3,
}
COUNTS: tuple[Unit, ...] = ("people", "organisations", "events")
LENGTHS: tuple[Unit, ...] = ("minutes", "days", "member-days")
SIGNED: tuple[Unit, ...] = ("difference", "net")
LONGEST = 58
MONTHS = (
    gettext_noop("January"),
    gettext_noop("February"),
    gettext_noop("March"),
    gettext_noop("April"),
    gettext_noop("May"),
    gettext_noop("June"),
    gettext_noop("July"),
    gettext_noop("August"),
    gettext_noop("September"),
    gettext_noop("October"),
    gettext_noop("November"),
    gettext_noop("December"),
)
WEEKDAYS = (
    gettext_noop("Monday"),
    gettext_noop("Tuesday"),
    gettext_noop("Wednesday"),
    gettext_noop("Thursday"),
    gettext_noop("Friday"),
    gettext_noop("Saturday"),
    gettext_noop("Sunday"),
)
DIMENSIONS = {
    "joined_period": gettext_noop("Joined"),
    "periods_since": gettext_noop("Months since joining"),
    "time_days": gettext_noop("Days since joining"),
}
HIDDEN, NO_DATA = gettext_noop("Hidden: "), gettext_noop("No data: ")
TOGETHER = re.compile(r"(?<=\d) (?=%)|(?<=\b[np]) (?=[=<>])|(?<=\b[np] [=<>]) (?=\d)")
MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&])")


def format_value(value: float | None, unit: Unit) -> str:
    """A figure: "231" people, "72 %" share, "3.8" score, "+0.31" difference, "−0.57" index, "2.4" ties.

    A net figure is in points ("+46 points"), an index of 0–100 as it is ("72"), a p-value "p = 0.031", "p < 0.001" or "p > 0.999".
    A share that would read 0 or 100 % without being it gets one decimal, so that some is never shown as none,
    nor most as all. A number that is whole, such as how many communities there are, has no decimals. A missing figure is "no figure": its row's status says why (describe_status).
    """
    if value is None or math.isnan(value):
        return gettext(NO_FIGURE)
    if unit == "share":
        if 0 < value < 0.0005:
            return gettext("under 0.1 %")
        if 0.9995 <= value < 1:
            return gettext("over 99.9 %")
        decimals = 1 if _is_nearly(value) else 0
        return f"{_format_share(value, decimals)} %"
    if unit == "p":
        if value < 0.001 or value >= 0.9995:
            return "p < 0.001" if value < 0.001 else "p > 0.999"
        return f"p = {_sign(value, 3, unit)}"
    if unit == "net":
        return gettext("{number} points").format(number=_format_share(value, 0, unit))
    decimals = 0 if unit == "number" and float(value).is_integer() else DECIMALS[unit]
    return _sign(value, decimals, unit) + (f" {gettext(unit)}" if unit in LENGTHS else "")


def format_interval(
    low: float | None, high: float | None, indicator: Indicator, unit: Unit | None = None
) -> str:
    """What low and high are, and from where to where: "95 % interval 66 to 78 %", "possible range 40 to 82 %".

    Empty for a figure that has none, such as a count. What is no confidence interval is never called one.
    """
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return ""
    return f"{gettext(indicator.range_words)} {format_range(low, high, unit or indicator.unit)}"


def format_range(low: float, high: float, unit: Unit) -> str:
    """From low to high, both with the same decimals: "66 to 78 %", "+0.12 to +0.50".

    A share's ends that would read alike have as many decimals as it takes to tell them apart, at most two.
    """
    if unit == "share":
        decimals = _count_decimals(low, high)
        return gettext("{low} to {high} %").format(
            low=_format_share(low, decimals), high=_format_share(high, decimals)
        )
    if unit == "net":
        return gettext("{low} to {high} points").format(
            low=_format_share(low, 0, unit), high=_format_share(high, 0, unit)
        )
    return gettext("{low} to {high}").format(
        low=_sign(low, DECIMALS[unit], unit), high=_sign(high, DECIMALS[unit], unit)
    )


def _is_nearly(share: float) -> bool:
    """Whether a share that is not none or all would be rounded to that."""
    return 0 < share < 0.005 or 0.995 <= share < 1


def _count_decimals(low: float, high: float) -> int:
    """With how many decimals the ends of a share's range are told apart."""
    decimals = 1 if 0 < high < 0.01 or 0.99 < low < 1 else 0
    while low < high and decimals < 2 and _format_share(low, decimals) == _format_share(high, decimals):
        decimals += 1
    return decimals


def format_figure(row: Mapping[str, Any], unit: Unit) -> str:
    """The figure of a row as it stands beside its range: a share has no fewer decimals than that, so that it lies within it."""
    value, low, high = (row[name] for name in ("value", "low", "high"))
    if unit != "share" or any(one is None or math.isnan(one) for one in (value, low, high)):
        return format_value(value, unit)
    decimals, words = _count_decimals(low, high), format_value(value, unit)
    return words if not decimals or "." in words else f"{_format_share(value, decimals)} %"


def say_zero(*, is_in: bool, count: int = 1) -> str:
    """Whether the intervals of differences include no difference: "includes 0", "does not include 0", "do not include 0"."""
    if is_in:
        return ngettext("includes 0", "include 0", count)
    return ngettext("does not include 0", "do not include 0", count)


def format_count(count: float, noun: str = "member") -> str:
    """A count and its noun: "1 member", "4,500 members". Every noun stands in the catalogue with its plural forms."""
    one, many = pair_noun(noun)
    return ngettext(one, many, count).format(n=_sign(count, 0, "people"))


def pair_noun(noun: str) -> tuple[str, str]:
    """A counted noun as it stands in the catalogue: one, and several."""
    return f"{{n}} {noun}", "{n} people" if noun == "person" else f"{{n}} {noun}s"


def format_n(
    n: float | None,
    numerator: float | None = None,
    denominator: float | None = None,
    unit: Unit = "share",
    whom: str = "",
    step: float = 0,
) -> str:
    """What a figure rests on: "167 of 231" for a share, else "n = 231", and `whom` that counts; empty where it is not known.

    Counts told in steps of 5 are "20 to 24 of 55 to 59": each is the least of its step.
    """
    known = [part for part in (numerator, denominator) if part is not None and not math.isnan(part)]
    if unit == "share" and len(known) == 2:
        some, every = (_say_count(part, step) for part in known)
        counted = gettext("{some} of {every}").format(some=some, every=every)
        return f"{counted} {gettext(whom)}".rstrip()
    if n is None or math.isnan(n):
        return ""
    return f"n = {_say_count(n, step)} {gettext(whom)}".rstrip()


def format_basis(row: Mapping[Any, Any], unit: Unit = "share", whom: str = "") -> str:
    """What the figure of a row rests on, as `format_n` says it."""
    return format_n(row["n"], row["numerator"], row["denominator"], unit, whom, row.get("step", 0))


def _say_count(count: float, step: float) -> str:
    least = _sign(count, 0, "people")
    if step < 2 or math.isnan(step):
        return least
    return gettext("{least} to {most}").format(least=least, most=_sign(count + step - 1, 0, "people"))


def format_day(day: date) -> str:
    """A day: "19 November 2015"."""
    return f"{day.day} {gettext(MONTHS[day.month - 1])} {day.year}"


def format_weekday(day: date) -> str:
    """A day with its weekday: "Thursday 19 November 2015"."""
    return f"{gettext(WEEKDAYS[day.weekday()])} {format_day(day)}"


def format_moment(text: str) -> str:
    """An ISO time in words: "19 November 2015, 14:05 UTC"; other text unchanged."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    utc = moment.astimezone(UTC) if moment.tzinfo else moment
    return gettext("{day}, {utc:%H:%M} UTC").format(day=format_day(utc.date()), utc=utc)


def format_period(period: str, labels: Mapping[str, str] | None = None) -> str:
    """A period: "all time", "2015", "quarter 3, 2015", "September 2015", "week 37, 2015", a day, a wave's label."""
    if labels and period in labels:
        return labels[period]
    if period == "all":
        return gettext("all time")
    if match := re.fullmatch(r"(\d{4})-Q([1-4])", period):
        return gettext("quarter {quarter}, {year}").format(quarter=match[2], year=match[1])
    if match := re.fullmatch(r"(\d{4})-W(\d{2})", period):
        return gettext("week {week}, {year}").format(week=int(match[2]), year=match[1])
    if match := re.fullmatch(r"(\d{4}-\d{2}-\d{2})( \(\d+\))?", period):
        return format_day(date.fromisoformat(match[1])) + (match[2] or "")
    if match := re.fullmatch(r"(\d{4})-(\d{2})", period):
        return f"{gettext(MONTHS[int(match[2]) - 1])} {match[1]}"
    return period


def shorten_period(period: str, labels: Mapping[str, str]) -> str:
    """A period where there is little room: of a wave called "Attitude wave 3, November 2015" the time alone."""
    return format_period(period, labels).rpartition(", ")[2] if period in labels else format_period(period)


def find_monday(period: str) -> date:
    """First day of an ISO week such as 2015-W37; ValueError when it is not one."""
    year, _, week = period.partition("-W")
    return date.fromisocalendar(int(year), int(week), 1)


def find_month(period: str) -> str:
    """The month that most of an ISO week lies in, or that a month is ("2015-09"); '' of any other period."""
    if re.fullmatch(r"\d{4}-W\d{2}", period):
        return (find_monday(period) + timedelta(days=3)).isoformat()[:7]
    return period if re.fullmatch(r"\d{4}-\d{2}", period) else ""


def format_week_span(period: str) -> str:
    """The days of an ISO week: "7 to 13 September 2015", "28 September to 4 October 2015"."""
    monday = find_monday(period)
    sunday = monday + timedelta(days=6)
    if monday.month == sunday.month:
        return gettext("{first} to {last}").format(first=monday.day, last=format_day(sunday))
    start = f"{monday.day} {gettext(MONTHS[monday.month - 1])}"
    return gettext("{first} to {last}").format(
        first=start if monday.year == sunday.year else format_day(monday), last=format_day(sunday)
    )


def name_dimension(name: str, *, is_within: bool = False) -> str:
    """A dimension in words: "Organisation type", "QI experience", "Months since joining"; within a sentence "organisation type"."""
    written = word_attribute(name)
    told = gettext(DIMENSIONS.get(name, written[:1].upper() + written[1:]))
    return told if told[:2].isupper() or not is_within else told[:1].lower() + told[1:]


def describe_range(row: Mapping[str, Any], indicator: Indicator) -> str:
    """What low and high of a row are and where they lie, or why it has none: for beside a figure."""
    unit = find_unit(indicator, row)
    return format_interval(row["low"], row["high"], indicator, unit) or gettext(
        explain_no_range(indicator, row)
    )


def describe_status(row: Mapping[str, Any]) -> str:
    """Why a row has no figure: "Hidden: …" or "No data: …"; empty for a row that has one."""
    if row["status"] == "ok":
        return ""
    prefix = HIDDEN if row["status"] == "suppressed" else NO_DATA
    reason = str(row["reason"] or "") or gettext_noop("no reason was recorded.")
    told = tell_reason(reason)
    return told if reason.startswith((prefix, UNREACHED)) else gettext(prefix) + told


def tell_reason(reason: str) -> str:
    """Why there is no figure, as an indicator says it: what to load is looked up by itself."""
    before, after = "No data: load ", "."
    if not reason.startswith(before) or not reason.endswith(after):
        return gettext(reason)
    needs = reason.removeprefix(before).removesuffix(after)
    return gettext("No data: load {needs}.").format(needs=gettext(needs))


def name_status(status: object) -> str:
    """A hidden or missing figure in a word: "hidden", "no data"."""
    return gettext("hidden") if status == "suppressed" else gettext("no data")


def say_what_to_load(indicator: Indicator) -> str:
    """What to load to see an indicator: "No data: load events and attendance."."""
    return gettext("No data: load {needs}.").format(needs=gettext(indicator.needs))


def describe_estimate(row: Mapping[str, Any], indicator: Indicator) -> str:
    """One row in words: "72 % (95 % interval 66 to 78 %; 167 of 231)", or why there is no figure."""
    if row["status"] != "ok":
        return describe_status(row)
    unit = find_unit(indicator, row)
    basis = "" if unit in COUNTS else format_basis(row, unit, indicator.n_words)
    span = format_interval(row["low"], row["high"], indicator, unit)
    why = explain_no_range(indicator, row) if indicator.is_interval else ""
    span = span or (gettext("no interval") if why and not why.endswith("by definition.") else "")
    inside = "; ".join(part for part in (span, basis) if part)
    return format_figure(row, unit) + (f" ({inside})" if inside else "")


def say_list(parts: Sequence[str]) -> str:
    """Parts as a list in words: "a", "a and b", "a, b and c"."""
    return gettext(" and ").join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def shorten(text: str, most: int = LONGEST) -> str:
    """A label of at most about so many characters; what stands in brackets at its end, which says what is counted, stays."""
    if len(text) <= most:
        return text
    place = text.rfind(" (") if text.endswith(")") else -1
    tail = text[place:] if place > 0 else ""
    if len(tail) > most // 2 and ":" in tail:
        tail = tail.partition(":")[0] + ")"
    tail = tail if len(tail) <= most * 3 // 4 else ""
    head = text[:place] if tail else text
    if len(head) + len(tail) <= most:
        return head + tail
    return head[: most - 2 - len(tail)].rsplit(" ", 1)[0] + " …" + tail


def keep_together(text: str) -> str:
    """Text of which no line ends within "35 %", "n = 134" or "p < 0.001"."""
    return TOGETHER.sub("\u00a0", text)


def escape_markdown(text: str) -> str:
    """Text from the data, made inert for Streamlit's Markdown (labels, captions, sentences)."""
    return MARKDOWN.sub(r"\\\1", keep_together(" ".join(text.split())))


def _format_share(value: float, decimals: int, unit: Unit = "share") -> str:
    return _sign(float(Decimal(repr(float(value))) * 100), decimals, unit)


def _sign(value: float, decimals: int, unit: Unit) -> str:
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
    digits = f"{abs(rounded):,.{decimals}f}"
    if rounded < 0:
        return MINUS + digits
    return f"+{digits}" if unit in SIGNED and rounded > 0 else digits
