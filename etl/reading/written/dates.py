"""Dates, times and durations as exports write them: one order a file, local times to UTC, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from etl.reading.types import DateOrder, Refused
from etl.reading.written.clocks import read_offset, split_zone

_NUMERIC = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})(?!\d)")
_WRITTEN = re.compile(
    r"""\s*
    (?: (?P<iso_year>\d{4}) (?: [/.-] | \.\s | \s?[年년]\s? ) (?P<iso_month>\d{1,2}) (?: [/.-] | \.\s | \s?[月월]\s? )
          (?P<iso_day>\d{1,2}) (?: \s?[日일] | \.(?=\s|\Z) )?
      | (?P<first>\d{1,2}) [/.-] (?P<second>\d{1,2}) [/.-] (?P<year>\d{4}|\d{2})
      | (?P<month_name>[^\W\d_]{3,12}) \.? \s+ (?P<named_day>\d{1,2}) ,? \s+ (?P<named_year>\d{4})
      | (?P<day_first>\d{1,2}) (?:st|nd|rd|th|er)? [\s.-]+ (?:de\s+)? (?P<month_after>[^\W\d_]{3,12}) [\s.,-]+ (?:de\s+)? (?P<year_after>\d{4}|\d{2}) )
    (?: (?: T | ,\s* | \s+ )
      (?P<hour>\d{1,2}) [:.] (?P<minute>\d{2}) (?: [:.] (?P<second_of>\d{2}) (?: [.,] \d{1,9} )? )?
      (?: \s* (?P<half>[AaPp]) \.? \s? [Mm] \.? )?
      (?: \s* (?P<offset>Z | [+-]\d{2}:?\d{2} | [+-]\d{2}) )?
    )? \s*""",
    re.VERBOSE,
)
# English, of which three letters or more are enough, and the words of other languages with their usual abbreviations
_ENGLISH = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS = {
    **{
        month[:size]: number
        for number, month in enumerate(_ENGLISH, start=1)
        for size in range(3, len(month) + 1)
    },
    **{
        word: number
        for number, words in enumerate(
            (
                "januar janvier janv enero ene gennaio gen janeiro januari jän jänner stycznia ocak",
                "februar février févr fév febrero febbraio fevereiro fev februari lutego şubat",
                "märz mär mrz mars marzo março maart mrt mart marca marts",
                "avril avr abril abr aprile aprila kwietnia nisan",
                "mai mayo maggio mag maio mei maj maja mayıs",
                "juni juin junio giugno giu junho czerwca haziran",
                "juli juillet juil julio luglio lug julho lipca temmuz",
                "august août aoû agosto ago augustus augusti sierpnia ağustos",
                "septembre sept septiembre settembre set setembro września eylül",
                "oktober octobre okt octubre ottobre ott outubro out października ekim",
                "novembre noviembre novembro listopada kasım",
                "dezember décembre déc dez diciembre dic dicembre dezembro december desember grudnia aralık",
            ),
            start=1,
        )
        for word in words.split()
    },
}
_SERIAL = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?")
_SERIAL_ZERO = datetime(1899, 12, 30)
_EPOCH = re.compile(r"-?\d{1,10}(?:\.\d+)?|\d{12,13}|\d{15,16}")


def settle_order(values: Iterable[str], name: str, order: DateOrder | None) -> DateOrder:
    """The order of day, month and year in all the dates of the file called `name`.

    Dates that start with a four-digit year, or that name the month, need no order. Of the others one with a part
    above 12 settles it for all. Raises Refused where dates contradict each other or `order`, or leave it open.
    """
    numeric = [match for value in values if (match := _NUMERIC.match(value))]
    shown: dict[DateOrder, str] = {}
    is_open = ""
    for match in numeric:
        value = match[0].strip()
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second > 0:
            shown.setdefault("dmy", value)
        elif second > 12 >= first > 0:
            shown.setdefault("mdy", value)
        elif first != second:
            is_open = is_open or value
    if not numeric:
        return order or "ymd"
    if order == "ymd":
        raise Refused(
            f"{name} has the date {numeric[0][0].strip()}, which does not start with the year: say --date-order dmy or mdy."
        )
    if len(shown) == 2 and order is None:
        raise Refused(
            f"{name} mixes day first ({shown['dmy']}) and month first ({shown['mdy']}): export it again with one order of dates."
        )
    if order is not None:
        for other, value in shown.items():
            if other != order:
                words = "day first" if order == "dmy" else "month first"
                raise Refused(
                    f"{name} has the date {value}, which cannot be {words}: give another --date-order, or correct the date."
                )
        return order
    if shown:
        return next(iter(shown))
    if is_open:
        raise Refused(
            f"{name}: no date in it shows whether the day or the month comes first (for example {is_open}): "
            "say which with --date-order dmy or --date-order mdy."
        )
    return "dmy"


def parse_local(text: str, order: DateOrder) -> datetime:
    """A date, with or without a time, as written: naive local time, or aware where the text gives an offset.

    Fractions of a second are dropped. ValueError where it is not a date of this order, or has a year of two digits that could
    be of two centuries (`expand_year`).
    """
    plain, zone = split_zone(text)
    match = _WRITTEN.fullmatch(plain)
    if match is None:
        raise ValueError(f"not a date: {text!r}")
    year, month, day = _read_day(match, order)
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"not a time: {text!r}")
        hour = hour % 12 + (12 if match["half"] in "Pp" else 0)
    moment = datetime(year, month, day, hour, int(match["minute"] or 0), int(match["second_of"] or 0))
    if match["offset"]:
        return moment.replace(tzinfo=_read_offset(match["offset"]))
    return moment.replace(tzinfo=zone) if zone else moment


def _read_day(match: re.Match[str], order: DateOrder) -> tuple[int, int, int]:
    if match["iso_year"]:
        return int(match["iso_year"]), int(match["iso_month"]), int(match["iso_day"])
    if named := match["month_name"] or match["month_after"]:
        if named.casefold() not in _MONTHS:
            raise ValueError(f"not a month: {named!r}")
        written = match["named_year"] or match["year_after"]
        year = int(written) if len(written) == 4 else expand_year(int(written))
        return year, _MONTHS[named.casefold()], int(match["named_day"] or match["day_first"])
    if order == "ymd":
        raise ValueError(f"not a date that starts with the year: {match[0]!r}")
    year = int(match["year"]) if len(match["year"]) == 4 else expand_year(int(match["year"]))
    first, second = int(match["first"]), int(match["second"])
    return (year, second, first) if order == "dmy" else (year, first, second)


def expand_year(short: int) -> int:
    """The year of two digits: up to next year 20yy, at most 80 years ago 19yy; ValueError between, where only four digits tell."""
    this = date.today().year
    if 2000 + short <= this + 1:
        return 2000 + short
    if 1900 + short >= this - 80:
        return 1900 + short
    raise ValueError(f"the year {short:02d} could be {1900 + short} or {2000 + short}")


def _read_offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    return read_offset(text[0], digits[:2], digits[2:])


def load_zone(zone: str) -> ZoneInfo:
    """The time zone called `zone`; Refused where there is none of that name."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise Refused(f"There is no time zone {zone}: give one such as --zone Europe/London.") from None


def to_utc(moment: datetime, zone: str) -> datetime:
    """`moment` as naive UTC. A naive moment is local time in `zone`: of a time that occurs twice, when clocks go back,
    the first is meant, and a time that does not exist, when they go forward, moves forward by the gap."""
    local = moment if moment.tzinfo else moment.replace(tzinfo=load_zone(zone), fold=0)
    try:
        return local.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(f"out of range: {moment}") from error


def to_local(moment: datetime, zone: str) -> datetime:
    """Naive UTC as naive local time in `zone`."""
    return moment.replace(tzinfo=UTC).astimezone(load_zone(zone)).replace(tzinfo=None, fold=0)


def iso_utc(text: str, order: DateOrder, zone: str) -> str:
    """A written date and time as 'YYYY-MM-DD HH:MM:SS' in UTC; '' stays ''. ValueError as in `parse_local`."""
    return format_utc(to_utc(parse_local(text, order), zone)) if text.strip() else ""


def iso_written(text: str, order: DateOrder, zone: str | None) -> str:
    """A written date, or date and time, as ISO: a time without an offset in UTC where a `zone` is given, otherwise as it stands.
    What is no date of this order stays as it is."""
    try:
        moment = parse_local(text, order)
        has_time = _WRITTEN.fullmatch(split_zone(text)[0])["hour"] is not None  # type: ignore[index]
        if zone is not None and has_time:
            return format_utc(to_utc(moment, zone))
    except ValueError:
        return text
    return moment.isoformat(sep=" ") if has_time else moment.date().isoformat()


def format_utc(moment: datetime) -> str:
    """Naive UTC as the text that DuckDB casts to TIMESTAMP: 'YYYY-MM-DD HH:MM:SS'."""
    return moment.isoformat(sep=" ", timespec="seconds")


def read_serial(text: str) -> str:
    """A time that a spreadsheet shows as a number of days, such as 42079.38, as ISO; other text as it is, without spaces around it."""
    if not _SERIAL.fullmatch(text.strip()):
        return text.strip()
    moment = _SERIAL_ZERO + timedelta(days=float(text.strip().replace(",", ".")))
    return format_utc(moment + timedelta(milliseconds=500))


def read_epoch(text: str) -> str:
    """Seconds, milliseconds or microseconds since 1970 as ISO with its offset, by how many digits there are; other text as it is."""
    plain = text.strip()
    if not _EPOCH.fullmatch(plain):
        return plain
    scale = {12: 1e3, 13: 1e3, 15: 1e6, 16: 1e6}.get(len(plain) if plain.isdigit() else 0, 1.0)
    moment = datetime(1970, 1, 1) + timedelta(seconds=int(float(plain) / scale))
    return f"{format_utc(moment)}+00:00"
