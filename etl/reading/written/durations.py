"""Durations as Teams, Zoom and other tools write them, in many languages."""

from __future__ import annotations

import re

# hours, minutes and seconds as Teams and other tools write them: English, Polish, German, Indonesian, Portuguese, Dutch, Danish,
# Norwegian, Swedish, Finnish, French, Spanish, Italian, Romanian, Lithuanian, Czech, Hungarian, Turkish, Greek, Russian, Ukrainian, Arabic, Hebrew, Chinese, Japanese, Korean, Thai
_UNITS = {
    "h": "h hr hrs hour hours godz godzina godziny godzin std stunde stunden heure heures hora horas ora ore jam u uur t time timer tim timmar hod hodina hodiny hodin óra ó sa saat ώ ώρα ώρες ч час часа часов год година години годин val valanda valandos valandų "
    "ساعة ساعات س שעה שעות 小时 小時 时 時間 時 시간 ชั่วโมง ชม giờ",
    "m": "m min mins minute minutes menit mnt minuten minuut minuter minutter minuto minutos minuta minuty minut minute minuti perc p dk dakika λ λεπτά мин м минута минуты минут хв хвилина хвилини хвилин минути "
    "دقيقة دقائق د דקה דקות 分钟 分鐘 分 분 นาที phút",
    "s": "s sec secs second seconds sek seg detik dtk seconden sekunder segundo segundos sekunda sekundy sekund secondes secondi secunde másodperc mp sn saniye δ с сек "
    "ثانية ثوان ثوانٍ ث שנייה שניות 秒 초 วินาที giây",
}
_UNIT_SECONDS = {"h": 3600, "m": 60, "s": 1}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_PART = r"(\d+)\s*([^\d\s.,]+)\.?\s*,?\s*"
_MARKS = re.compile(r"[\u200e\u200f\u061c]")
_CLOCK = re.compile(r"(\d+):([0-5]\d):([0-5]\d)")


def parse_duration(text: str) -> float:
    """Minutes of "1h 12m 45s", "3h 26s", "1 godz. 12 min 45 sek.", "25 分 30 秒", "01:12:45" or a plain number of minutes ("53").

    ValueError for anything else, a word of a language that is not known, for a unit given twice and for units out of order.
    """
    plain = _MARKS.sub("", text).strip().casefold()
    if clock := _CLOCK.fullmatch(plain):
        return (int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])) / 60
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return float(plain)
    parts = re.findall(_PART, plain)
    units = [_UNIT_OF.get(word, "") for _, word in parts]
    is_whole = re.fullmatch(f"(?:{_PART})+", plain) is not None
    if not is_whole or "" in units or units != sorted(set(units), key="hms".index):
        raise ValueError(f"not a duration: {text!r}")
    return sum(int(count) * _UNIT_SECONDS[unit] for (count, _), unit in zip(parts, units, strict=True)) / 60
