from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.reading.types import DateOrder, Refused
from etl.reading.written.clocks import UnknownZone
from etl.reading.written.dates import (
    format_utc,
    iso_utc,
    parse_local,
    settle_order,
    to_local,
    to_utc,
)
from etl.reading.written.durations import parse_duration
from etl.reading.written.names import normalise_email, normalise_name

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)
ORDERS: st.SearchStrategy[DateOrder] = st.sampled_from(["dmy", "mdy", "ymd"])


def write(moment: datetime, order: DateOrder, separator: str, short: bool, half: bool) -> str:
    year = f"{moment.year % 100:02}" if short and order != "ymd" else str(moment.year)
    parts = {
        "dmy": (str(moment.day), str(moment.month), year),
        "mdy": (str(moment.month), str(moment.day), year),
        "ymd": (year, f"{moment.month:02}", f"{moment.day:02}"),
    }[order]
    time = moment.strftime("%I:%M:%S %p") if half else moment.strftime("%H:%M:%S")
    return f"{separator.join(parts)}, {time}"


@settings(deadline=None)
@given(
    st.lists(MOMENTS, min_size=1, max_size=8), ORDERS, st.sampled_from("/.-"), st.booleans(), st.booleans()
)
def test_an_order_is_settled_rightly_or_refused(
    moments: list[datetime], order: DateOrder, separator: str, short: bool, half: bool
) -> None:
    short = short and all(moment.year < 2027 for moment in moments)
    written = [write(moment, order, separator, short, half) for moment in moments]
    assert settle_order(written, "a.csv", order) == order
    if (
        order != "ymd"
        and all(moment.day <= 12 for moment in moments)
        and any(moment.day != moment.month for moment in moments)
    ):
        with pytest.raises(Refused, match="--date-order dmy or --date-order mdy"):
            settle_order(written, "a.csv", None)
        return
    settled = settle_order(written, "a.csv", None)
    assert [parse_local(text, settled) for text in written] == moments


@settings(deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=8), st.sampled_from(["dmy", "mdy"]))
def test_a_given_order_that_a_date_contradicts_is_refused(moments: list[datetime], order: DateOrder) -> None:
    other: DateOrder = "mdy" if order == "dmy" else "dmy"
    written = [write(moment, order, "/", False, False) for moment in moments]
    if any(moment.day > 12 for moment in moments):
        with pytest.raises(Refused, match="which cannot be"):
            settle_order(written, "a.csv", other)
    else:
        assert settle_order(written, "a.csv", other) == other


def test_an_open_order_names_a_date_and_the_option() -> None:
    with pytest.raises(Refused) as refusal:
        settle_order(["03/04/2015", "05/05/2015"], "members.csv", None)
    assert str(refusal.value) == (
        "members.csv: no date in it shows whether the day or the month comes first (for example 03/04/2015): "
        "say which with --date-order dmy or --date-order mdy."
    )


@pytest.mark.parametrize(
    ("values", "order"),
    [
        ([], "ymd"),
        (["2015-04-03", "2015-04-03T10:00:00Z", "", "n/a"], "ymd"),
        (["05/05/2015 10:00"], "dmy"),
        (["03/04/15", "14/11/22, 09:29:07"], "dmy"),
        (["2015-04-03", "04/14/2015"], "mdy"),
        (["Jul 14, 2015 8:30 AM"], "ymd"),
    ],
)
def test_what_a_file_settles_by_itself(values: list[str], order: DateOrder) -> None:
    assert settle_order(values, "a.csv", None) == order


def test_a_file_that_mixes_orders_or_is_not_year_first_is_refused() -> None:
    with pytest.raises(Refused, match=r"14/11/2022.*11/15/2022"):
        settle_order(["14/11/2022", "11/15/2022"], "a.csv", None)
    with pytest.raises(Refused, match="14/11/2022"):
        settle_order(["14/11/2022"], "a.csv", "ymd")
    with pytest.raises(Refused, match="11/15/2022"):
        settle_order(["03/04/2022", "11/15/2022"], "a.csv", "dmy")


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("14/11/22, 09:29:07", "dmy", datetime(2022, 11, 14, 9, 29, 7)),
        ("9/10/26, 8:57:52 AM", "mdy", datetime(2026, 9, 10, 8, 57, 52)),
        ("9/10/26, 8:57:52\u202fPM", "mdy", datetime(2026, 9, 10, 20, 57, 52)),
        ("09/24/2020 11:35:16 AM", "mdy", datetime(2020, 9, 24, 11, 35, 16)),
        ("12/31/2015 12:05 am", "mdy", datetime(2015, 12, 31, 0, 5)),
        ("12/31/2015 12:05 p.m.", "mdy", datetime(2015, 12, 31, 12, 5)),
        ("14.07.2015, 09.30.00", "dmy", datetime(2015, 7, 14, 9, 30)),
        ("2016-05-27 11:33:34", "dmy", datetime(2016, 5, 27, 11, 33, 34)),
        ("2016-05-27T11:33", "mdy", datetime(2016, 5, 27, 11, 33)),
        ("2016-05-27", "ymd", datetime(2016, 5, 27)),
        ("Mar 28, 2020 8:07 AM", "ymd", datetime(2020, 3, 28, 8, 7)),
        ("16. März 2015, 14:00:00", "dmy", datetime(2015, 3, 16, 14)),
        ("1er août 2015", "mdy", datetime(2015, 8, 1)),
        ("16 de marzo de 2015", "ymd", datetime(2015, 3, 16)),
        ("2015年3月16日 下午 3:45", "ymd", datetime(2015, 3, 16, 15, 45)),
        ("2015. 3. 16. 오후 3:45", "ymd", datetime(2015, 3, 16, 15, 45)),
        ("2016-05-27T11:33:34.250Z", "ymd", datetime(2016, 5, 27, 11, 33, 34, tzinfo=UTC)),
    ],
)
def test_formats_of_the_exports(text: str, order: DateOrder, moment: datetime) -> None:
    assert parse_local(text, order) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "5 marraskuu 2015",
        "Marsh 5, 2015",
        "31/02/2015",
        "2015-13-01",
        "14/07/2015 25:00",
        "14/07/2015 13:00 PM",
        "1/2",
        "14/07/015",
    ],
)
def test_what_is_no_date_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_local(text, "dmy")


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    for parse in (lambda: parse_local(text, "dmy"), lambda: parse_duration(text)):
        try:
            parse()
        except ValueError:
            continue


def test_clock_changes_are_deterministic() -> None:
    london = "Europe/London"
    assert to_utc(datetime(2015, 7, 14, 9, 30), london) == datetime(2015, 7, 14, 8, 30)
    assert to_utc(datetime(2015, 10, 25, 1, 30), london) == datetime(2015, 10, 25, 0, 30)
    assert to_utc(datetime(2015, 10, 25, 1, 30, fold=1), london) == datetime(2015, 10, 25, 0, 30)
    missing = to_utc(datetime(2015, 3, 29, 1, 30), london)
    assert missing == datetime(2015, 3, 29, 1, 30)
    assert to_local(missing, london) == datetime(2015, 3, 29, 2, 30)
    with pytest.raises(Refused, match="--zone Europe/London"):
        to_utc(datetime(2015, 7, 14), "Mars/Olympus")


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu", "UTC"]))
def test_utc_goes_back_to_the_local_time_or_past_a_gap(moment: datetime, zone: str) -> None:
    utc = to_utc(moment, zone)
    assert to_local(utc, zone) - moment in (timedelta(0), timedelta(hours=1))
    assert utc.replace(tzinfo=UTC) == moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert datetime.fromisoformat(format_utc(utc)) == utc


def test_utc_text() -> None:
    assert iso_utc("14/07/2015 09:30", "dmy", "Europe/London") == "2015-07-14 08:30:00"
    assert iso_utc("2015-07-14T09:30:00+02:00", "ymd", "Europe/London") == "2015-07-14 07:30:00"
    assert iso_utc(" ", "ymd", "Europe/London") == ""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("21m 7s", 1267),
        ("1h 12m 45s", 4365),
        ("3h 26s", 10826),
        ("45s", 45),
        ("53", 3180),
        ("1 godz. 12 min 45 sek.", 4365),
        ("01:12:45", 4365),
        ("1 heure 5 minutes", 3900),
        ("2 godziny 1 minuta 3 sekundy", 7263),
        ("1 година 5 хв", 3900),
        ("0", 0),
    ],
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) * 60 == pytest.approx(seconds)


def test_published_sum_of_three_joins() -> None:
    total = sum(map(parse_duration, ["36m 6s", "1h 12m 45s", "51m 20s"]))
    assert total == pytest.approx(2 * 60 + 40 + 11 / 60)


@settings(deadline=None)
@given(st.integers(0, 30), st.integers(0, 59), st.integers(0, 59), st.sampled_from(["hms", "pl"]))
def test_a_written_duration_comes_back(hours: int, minutes: int, seconds: int, language: str) -> None:
    units = {"hms": ("h", "m", "s"), "pl": (" godz.", " min", " sek.")}[language]
    parts = [f"{n}{u}" for n, u in zip((hours, minutes, seconds), units, strict=True) if n] or [
        f"0{units[2]}"
    ]
    assert parse_duration(" ".join(parts)) * 60 == pytest.approx(hours * 3600 + minutes * 60 + seconds)


@pytest.mark.parametrize("text", ["", "soon", "5m 5m", "5s 5m", "-3", "1h2", "3 parsecs", "1:5"])
def test_what_is_no_duration_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("De Compostela, Santiago", "Santiago de Compostela"),
        ("JANSSENS JAN (EXT)", "Janssens  Jan"),
        ("Okoro, Ada (External) (Guest)", "ada okoro"),
        ("Ada Okoro (Unverified)", "Ada\u00a0Okoro"),
        ("O’Brien", "o'brien"),
        ("Garci\u0301a", "GARCÍA"),
    ],
)
def test_two_spellings_of_one_name(one: str, other: str) -> None:
    assert normalise_name(one) == normalise_name(other)


def test_different_people_stay_different() -> None:
    assert normalise_name("Ada Okoro (Leeds)") != normalise_name("Ada Okoro")
    assert normalise_name("García") != normalise_name("Garcia")
    assert normalise_email(" Ada@Trust.Example ") == "ada@trust.example"


@pytest.mark.parametrize(
    ("written", "day"), [("03/09/98", "1998-09-03"), ("1/2/68", "1968-02-01"), ("14/9/15", "2015-09-14")]
)
def test_a_year_of_two_digits_is_never_in_the_future(written: str, day: str) -> None:
    assert parse_local(written, "dmy").date().isoformat() == day


def test_a_year_that_could_be_of_two_centuries_is_no_year() -> None:
    soon = date.today().year + 2
    with pytest.raises(ValueError, match=f"could be {soon - 100} or {soon}"):
        parse_local(f"1/2/{soon % 100:02d}", "dmy")


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("1 u 5 m 30 s", 65.5),
        ("1 t 5 min. 30 sek.", 65.5),
        ("1 tim 5 min 3 sek", 65.05),
        ("25 分 30 秒", 25.5),
        ("1 小时 25 分钟", 85),
        ("25 мин 30 с", 25.5),
        ("25 دقيقة 30 ثانية", 25.5),
        ("1 ชั่วโมง 5 นาที", 65),
    ],
)
def test_durations_of_other_languages(written: str, minutes: float) -> None:
    assert parse_duration(written) == pytest.approx(minutes)


@pytest.mark.parametrize(
    ("written", "order", "utc"),
    [
        ("2015/03/12 10:15:32 AM GMT+1", "dmy", "2015-03-12 09:15:32"),
        ("2015/03/12 3:45:22 PM EDT", "dmy", "2015-03-12 19:45:22"),
        ("2015/03/12 3:45:22 μ.μ. EEST", "dmy", "2015-03-12 12:45:22"),
        ("2015/5/12 下午3:45:22", "dmy", "2015-05-12 14:45:22"),
        ("2015-07-14 09:30:00 British Summer Time", "dmy", "2015-07-14 08:30:00"),
        ("2015-07-14 09:30 (Europe/Athens)", "dmy", "2015-07-14 06:30:00"),
        ("2015-07-14 09:30 GMT+5:30", "dmy", "2015-07-14 04:00:00"),
        ("7/14/2015 9:30:00\u202fPM", "mdy", "2015-07-14 20:30:00"),
        ("2015-07-14 09:30:00 a. m.", "dmy", "2015-07-14 08:30:00"),
        ("14-Jul-15 21:30", "dmy", "2015-07-14 20:30:00"),
        ("14.7.2015 klo 21.30.00", "dmy", "2015-07-14 20:30:00"),
        ("14.7.2015 г., 21:30:00 ч.", "dmy", "2015-07-14 20:30:00"),
        ("14/07/2015 9:30:00 yh", "dmy", "2015-07-14 20:30:00"),
        ("14.07.2015 um 21:30 Uhr", "dmy", "2015-07-14 20:30:00"),
        ("14/07/2015 à 21:30", "dmy", "2015-07-14 20:30:00"),
    ],
)
def test_zones_and_halves_of_the_day_in_words(written: str, order: DateOrder, utc: str) -> None:
    assert iso_utc(written, order, "Europe/London") == utc


def test_a_zone_that_several_are_called_by_is_no_time() -> None:
    with pytest.raises(UnknownZone, match="the time zone IST is not known, or several are called so"):
        iso_utc("2015/03/12 10:15:32 AM IST", "dmy", "Europe/London")
