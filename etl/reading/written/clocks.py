"""Halves of a day and time zones as exports write them, in words: "下午 3:45", "3:45 μ.μ. EEST", "GMT+1", "British Summer Time"."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

# Before or after noon in English, German, Greek, Spanish, Chinese, Japanese, Korean, Turkish, Hungarian, Vietnamese, Arabic, Swedish,
# Finnish, Czech, Welsh and Bulgarian.
_HALVES = {
    "AM": "a.m. a.m am a. vorm. vormittag π.μ. πμ 上午 午前 오전 öö de. sa ص fm f.m. ap. dop. yb пр.об.",
    "PM": "p.m. p.m pm p. nachm. nachmittag μ.μ. μμ 下午 午後 오후 ös du. ch م em e.m. ip. odp. yh сл.об.",
}
_HALF_OF = {word: half for half, words in _HALVES.items() for word in words.split()}
_WORDS = "|".join(
    re.escape(word).replace(r"\.m", r"\.?\s?m") for word in sorted(_HALF_OF, key=len, reverse=True)
)
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d{1,9})?(?!\d)"
_BEFORE = re.compile(rf"(?<!\w)({_WORDS})\s*({_TIME})", re.IGNORECASE)
_AFTER = re.compile(rf"({_TIME})\s*({_WORDS})(?!\w)", re.IGNORECASE)
# What some languages say of an hour behind it, or before it.
_HOUR_WORD = re.compile(rf"({_TIME})\s*(?:ч\.|uhr|uur|hrs?|h)\s*\Z", re.IGNORECASE)
_HOUR_NEXT = re.compile(
    rf"(?:\s*г\.,?|,)?(?:\s+(?:klo|kl\.?|um|à|at|om|alle|ob|o|la))?\s+(?={_TIME})", re.IGNORECASE
)
_MARKS = re.compile(r"[\u200e\u200f\u061c]")
_ZONE = re.compile(rf"({_TIME}(?: [AP]M)?+)\s+\(?((?:[^\W\d]|GMT|UTC)[\w /+:.-]*?)\)?\s*\Z", re.IGNORECASE)
_OFFSET = re.compile(r"(?:GMT|UTC)?\s*([+\u2212-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
# Hours from UTC. What several zones are called (IST, CST, AST) is left out; BST is that of the United Kingdom.
_HOURS = {
    0: "gmt utc z wet|greenwich mean time|coordinated universal time|western european time|western european standard time",
    1: "bst cet mez west wat|british summer time|irish standard time|central european time|central european standard time|western european summer time|mitteleuropäische zeit|mitteleuropäische normalzeit",
    2: "cest mesz eet sast cat|central european summer time|eastern european time|eastern european standard time|mitteleuropäische sommerzeit",
    3: "eest msk eat|eastern european summer time|moscow standard time",
    5: "pkt",
    5.5: "|india standard time|indian standard time",
    8: "hkt sgt awst",
    9: "jst kst|japan standard time",
    9.5: "acst",
    10: "aest|australian eastern standard time",
    10.5: "acdt",
    11: "aedt|australian eastern daylight time",
    12: "nzst",
    13: "nzdt",
    -3: "adt",
    -4: "edt|eastern daylight time",
    -5: "est cdt|eastern standard time|central daylight time",
    -6: "mdt|central standard time|mountain daylight time",
    -7: "mst pdt|mountain standard time|pacific daylight time",
    -8: "pst akdt|pacific standard time",
    -9: "akst",
    -10: "hst",
}
_HOURS_OF = {
    word: hours
    for hours, words in _HOURS.items()
    for word in (*words.split("|")[0].split(), *words.split("|")[1:])
}


class UnknownZone(ValueError):
    """A time zone in words that is not known, or that several zones are called by."""


def split_zone(text: str) -> tuple[str, tzinfo | None]:
    """A written time with its half of the day as AM or PM, and the zone that stands behind it in words; None without one.

    UnknownZone where the words are no zone, or more than one.
    """
    plain = _HOUR_WORD.sub(r"\1", _MARKS.sub("", text))
    plain = _HOUR_NEXT.sub(" ", plain, count=1) if plain[:1].isdigit() else plain
    if not plain.isascii() or ":" in plain or "." in plain:
        plain = _BEFORE.sub(lambda match: f"{match[2]} {_name_half(match[1])}", plain, count=1)
        plain = _AFTER.sub(lambda match: f"{match[1]} {_name_half(match[2])}", plain, count=1)
    match = _ZONE.search(plain)
    if match is None:
        return plain, None
    return plain[: match.end(1)], _read_zone(match[2].strip())


def _name_half(word: str) -> str:
    folded = "".join(word.casefold().split())
    return _HALF_OF[folded] if folded in _HALF_OF else "AM" if folded.startswith("a") else "PM"


def _read_zone(words: str) -> tzinfo:
    folded = " ".join(words.casefold().split())
    if folded in _HOURS_OF:
        return timezone(timedelta(hours=_HOURS_OF[folded])) if _HOURS_OF[folded] else UTC
    if offset := _OFFSET.fullmatch(words):
        return read_offset(offset[1], offset[2], offset[3])
    if "/" in words:
        try:
            return ZoneInfo(words)
        except (KeyError, ValueError, OSError):
            pass
    raise UnknownZone(
        f"the time zone {words[:40]} is not known, or several are called so: write it as +01:00"
    )


def read_offset(sign: str, hours: str, minutes: str | None) -> timezone:
    """The zone so many hours and minutes from UTC; ValueError for a day or more."""
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(span if sign == "+" else -span)
