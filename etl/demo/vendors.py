"""The synthetic sample as the tools export it: Qualtrics responses, a Microsoft Teams and a Zoom report."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from etl.demo.draws import DAY, Attendance, Ints, Responses, stream
from etl.demo.exports import Identities
from etl.demo.plan import LONDON, PlannedEvent
from etl.demo.streams import INTENTIONS, Intention, draw_intentions, word_intentions
from etl.demo.words import COMMENT, COMMENTS, LABELS, MAIDEN_NAME, QUESTIONS, RECOMMEND, Question

SECOND_EMAILS = 12
UPNS = 20
TEAMS_GUEST = ("Robin Guestling (External)", "robin.guestling@elsewhere.example")
ZOOM_GUEST = ("Casey Visitor", "casey.visitor@elsewhere.example")
_SYSTEM_COLUMNS = {
    "StartDate": ("Start Date", "startDate"),
    "EndDate": ("End Date", "endDate"),
    "Status": ("Response Type", "status"),
    "IPAddress": ("IP Address", "ipAddress"),
    "Progress": ("Progress", "progress"),
    "Duration (in seconds)": ("Duration (in seconds)", "duration"),
    "Finished": ("Finished", "finished"),
    "RecordedDate": ("Recorded Date", "recordedDate"),
    "ResponseId": ("Response ID", "_recordId"),
    "RecipientLastName": ("Recipient Last Name", "recipientLastName"),
    "RecipientFirstName": ("Recipient First Name", "recipientFirstName"),
    "RecipientEmail": ("Recipient Email", "recipientEmail"),
    "ExternalReference": ("External Data Reference", "externalDataReference"),
    "LocationLatitude": ("Location Latitude", "locationLatitude"),
    "LocationLongitude": ("Location Longitude", "locationLongitude"),
    "DistributionChannel": ("Distribution Channel", "distributionChannel"),
    "UserLanguage": ("User Language", "userLanguage"),
}
_DATE_COLUMNS = ("StartDate", "EndDate", "RecordedDate")


@dataclass(frozen=True)
class Aliases:
    """Other ways in which members appear: second addresses and UPNs by member, and one maiden name."""

    emails: dict[int, str]
    upns: dict[int, str]
    maiden: tuple[int, str]

    def list_rows(self, identities: Identities) -> list[tuple[str, str, str]]:
        """The rows of aliases.csv: member_id, kind, value."""
        found = [(who, "email", value) for who, value in self.emails.items()]
        found += [(who, "upn", value) for who, value in self.upns.items()]
        found.append((self.maiden[0], "name", self.maiden[1]))
        return [(identities.member_ids[who], kind, value) for who, kind, value in found]


@dataclass(frozen=True)
class Stay:
    """One join of a meeting, in whole seconds since 1970-01-01 UTC."""

    name: str
    email: str
    role: str
    joined_at: int
    left_at: int


def draw_aliases(identities: Identities, zoom: Attendance, seed: int) -> Aliases:
    """Draw who has a second address or a UPN; the maiden name is that of somebody who attended on Zoom."""
    members = len(identities.member_ids)
    chosen = stream(seed, 9).permutation(members)[: min(SECOND_EMAILS + UPNS, members - 1)].tolist()
    second, upns = chosen[:SECOND_EMAILS], chosen[SECOND_EMAILS:]
    candidates = [who for who in _list_present(zoom) if who not in chosen] or [0]
    maiden = candidates[len(candidates) // 2]
    return Aliases(
        {who: f"{identities.emails[who].split('@')[0]}@post.example" for who in sorted(second)},
        {who: f"u{1000 + who}@{identities.emails[who].split('@')[1]}" for who in sorted(upns)},
        (maiden, f"{identities.first_names[maiden]} {MAIDEN_NAME}"),
    )


def write_qualtrics(
    path: Path, responses: Responses, identities: Identities, aliases: Aliases, seed: int, as_labels: bool
) -> Path:
    """Three header rows, then one row a response and one Survey Preview; times are London's.

    Answers are labels or recode numbers. One response in eight is known by the address alone.
    """
    rng = stream(seed, 10, int(as_labels))
    items: list[Question | Intention] = [*QUESTIONS, RECOMMEND, COMMENT, *INTENTIONS]
    intentions = draw_intentions(responses, seed).tolist()
    names = [*_SYSTEM_COLUMNS, *(item.item_id for item in items)]
    texts = [*(text for text, _ in _SYSTEM_COLUMNS.values()), *(item.text for item in items)]
    keys: list[dict[str, str]] = [
        {"ImportId": key, "timeZone": "Europe/London"} if name in _DATE_COLUMNS else {"ImportId": key}
        for name, (_, key) in _SYSTEM_COLUMNS.items()
    ]
    matrix = [{"ImportId": f"QID1_{number}"} for number in range(1, len(QUESTIONS) + 1)]
    keys += [*matrix, {"ImportId": "QID2"}, {"ImportId": "QID3_TEXT"}]
    keys += [{"ImportId": f"QID{number}"} for number in range(4, 4 + len(INTENTIONS))]
    rows = []
    for number, who in enumerate(responses.responded.tolist()):
        answers = _word_answers(responses, number, as_labels)
        answers += word_intentions(intentions[number], as_labels)
        by_address = number % 8 == 5
        email = aliases.emails.get(who, identities.emails[who])
        person = [identities.last_names[who], identities.first_names[who], email]
        person.append("" if by_address else identities.member_ids[who])
        is_finished = int(responses.recommend[number]) >= 0
        progress = (
            100 if is_finished else 5 * round(20 * int((responses.values[number] > 0).sum()) / len(items))
        )
        rows.append(
            _write_response(
                rng, int(responses.submitted_at[number]), progress, person, answers, as_labels, False
            )
        )
    preview = ["Agree" if as_labels else "4"] * len(QUESTIONS) + ["9", "Preview by the team"]
    preview += word_intentions([4] * len(INTENTIONS), as_labels)
    opened = int(responses.submitted_at.min())
    rows.insert(3, _write_response(rng, opened, 100, ["", "", "", ""], preview, as_labels, True))
    header = [names, texts, [json.dumps(key, separators=(",", ":")) for key in keys]]
    return _write_csv(path, [*header, *rows], "utf-8", "\n")


def _write_response(
    rng: np.random.Generator,
    submitted_at: int,
    progress: int,
    person: Sequence[str],
    answers: Sequence[str],
    as_labels: bool,
    is_preview: bool,
) -> list[str]:
    seconds = int(rng.integers(120, 900))
    times = [
        f"{_in_london(at):%Y-%m-%d %H:%M:%S}"
        for at in (submitted_at - seconds, submitted_at, submitted_at + 1)
    ]
    is_finished = progress == 100
    status = ("Survey Preview" if is_preview else "IP Address") if as_labels else str(int(is_preview))
    finished = str(is_finished) if as_labels else str(int(is_finished))
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    response_id = "R_" + "".join(letters[place] for place in rng.integers(0, len(letters), 15).tolist())
    address = f"192.0.2.{int(rng.integers(1, 255))}"
    system = [
        times[0],
        times[1],
        status,
        address,
        str(progress),
        str(seconds),
        finished,
        times[2],
        response_id,
    ]
    return [*system, *person, "", "", "preview" if is_preview else "email", "EN-GB", *answers]


def _word_answers(responses: Responses, row: int, as_labels: bool) -> list[str]:
    values = responses.values[row].tolist()
    words = ["" if value == 0 else LABELS[value - 1] if as_labels else str(value) for value in values]
    recommend, comment = int(responses.recommend[row]), int(responses.comment[row])
    return [*words, "" if recommend < 0 else str(recommend), "" if comment < 0 else COMMENTS[comment]]


def write_teams(path: Path, item: Attendance, identities: Identities, aliases: Aliases, seed: int) -> Path:
    """A Microsoft Teams report of a two-day event: UTF-16LE with BOM, CRLF, tabs, London times, day first."""
    rng = stream(seed, 11)
    stays: list[list[Stay]] = []
    for place, who in enumerate(_list_present(item)):
        name = f"{identities.first_names[who]} {identities.last_names[who]}"
        if place % 6 == 2:
            name = f"{identities.last_names[who]}, {identities.first_names[who]}"
        elif place % 9 == 4:
            name += " (External)"
        email = aliases.upns.get(who, identities.emails[who])
        role = "Organizer" if place == 0 else "Presenter" if place % 15 == 7 else "Attendee"
        stays.append([Stay(name, email, role, *times) for times in _draw_stays(rng, item.event, place)])
    guest = _draw_stays(rng, item.event, 1)[:1]
    stays.insert(len(stays) // 2, [Stay(*TEAMS_GUEST, "Attendee", *times) for times in guest])
    every = [stay for person in stays for stay in person]
    starts, ends = min(stay.joined_at for stay in every), max(stay.left_at for stay in every)
    present = [sum(stay.left_at - stay.joined_at for stay in person) for person in stays]
    rows: list[list[str]] = [
        ["1. Summary"],
        ["Meeting title", item.event.title],
        ["Attended participants", str(len(stays))],
        ["Start time", _day_first(starts)],
        ["End time", _day_first(ends)],
        ["Meeting duration", _write_duration(ends - starts)],
        ["Average attendance time", _write_duration(round(sum(present) / len(present)))],
        [],
        ["2. Participants"],
        ["Name", "First join", "Last leave", "In-meeting duration", "Email", "Participant ID (UPN)", "Role"],
    ]
    for person, seconds in zip(stays, present, strict=True):
        first, last = min(stay.joined_at for stay in person), max(stay.left_at for stay in person)
        one = person[0]
        cells = [
            one.name,
            _day_first(first),
            _day_first(last),
            _write_duration(seconds),
            one.email,
            one.email,
            one.role,
        ]
        rows.append(cells)
    rows += [
        [],
        ["3. In-Meeting activities"],
        ["Name", "Join time", "Leave time", "Duration", "Email", "Role"],
    ]
    for stay in every:
        times = [
            _day_first(stay.joined_at),
            _day_first(stay.left_at),
            _write_duration(stay.left_at - stay.joined_at),
        ]
        rows.append([stay.name, *times, stay.email, stay.role])
    text = "".join("\t".join(row) + "\r\n" for row in rows)
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    return path


def write_zoom(path: Path, item: Attendance, identities: Identities, aliases: Aliases, seed: int) -> Path:
    """A Zoom meeting report with join and leave times: UTF-8 with BOM, CRLF, London times, month first.

    One person in seven has no address, one is there under a maiden name, one joined from a second device as well.
    """
    rng = stream(seed, 12)
    stays: list[Stay] = []
    for place, who in enumerate(_list_present(item)):
        first, last = identities.first_names[who], identities.last_names[who]
        is_maiden = who == aliases.maiden[0]
        name = aliases.maiden[1] if is_maiden else f"{first} {last}"
        email = "" if is_maiden or place % 7 == 3 else aliases.emails.get(who, identities.emails[who])
        times = _draw_stays(rng, item.event, place)
        stays += [Stay(name, email, "", *one) for one in times]
        if place == 8:
            joined_at, left_at = times[0]
            device = f"{first}'s iPad ({last})"
            stays.append(Stay(device, identities.emails[who], "", joined_at + 600, left_at - 300))
    guest = _draw_stays(rng, item.event, 1)[:1]
    stays += [Stay(*ZOOM_GUEST, "", *times) for times in guest]
    stays.sort(key=lambda stay: (stay.joined_at, stay.name))
    starts, ends = min(stay.joined_at for stay in stays), max(stay.left_at for stay in stays)
    people = len({stay.email or stay.name for stay in stays})
    host = "host@programme.example"
    title = item.event.title
    block = [
        "00000002015",
        title,
        _month_first(starts),
        _month_first(ends),
        host,
        str(_round_up(ends - starts)),
        str(people),
        "",
    ]
    rows = [
        [
            "Meeting ID",
            "Topic",
            "Start Time",
            "End Time",
            "User Email",
            "Duration (Minutes)",
            "Participants",
            "",
        ],
        block,
        [],
        [
            "Name (Original Name)",
            "User Email",
            "Join Time",
            "Leave Time",
            "Duration (Minutes)",
            "Guest",
            "Recording Consent",
        ],
    ]
    for stay in stays:
        minutes = str(_round_up(stay.left_at - stay.joined_at))
        times_shown = [_month_first(stay.joined_at), _month_first(stay.left_at)]
        rows.append([stay.name, stay.email, *times_shown, minutes, "Yes", ""])
    return _write_csv(path, rows, "utf-8-sig", "\r\n")


def _draw_stays(rng: np.random.Generator, event: PlannedEvent, place: int) -> list[tuple[int, int]]:
    """Joins of one person over both days; in five people, one leaves for a while and one overlaps a second join.

    Everybody is there on the first day or on the second, most on both.
    """
    opens = int(event.starts_at.timestamp())
    length = int(event.ends_at.timestamp()) - opens - DAY
    days = [(0,), (1,), (0, 1)][int(rng.choice(3, p=[0.12, 0.06, 0.82]))]
    found = []
    for day in days:
        joined_at = opens + day * DAY + int(rng.integers(-600, 1200))
        left_at = opens + day * DAY + length - int(rng.integers(0, 1800))
        middle = opens + day * DAY + length // 2 + int(rng.integers(-3600, 3600))
        if day == days[0] and place % 5 == 0:
            found += [(joined_at, middle), (middle + int(rng.integers(300, 2400)), left_at)]
        elif day == days[0] and place % 5 == 3:
            found += [(joined_at, middle), (middle - int(rng.integers(60, 600)), left_at)]
        else:
            found.append((joined_at, left_at))
    return found


def _list_present(item: Attendance) -> list[int]:
    present: Ints = np.flatnonzero(item.attended)
    return [int(who) for who in present]


def _in_london(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(LONDON)


def _day_first(at: int) -> str:
    return f"{_in_london(at):%d/%m/%y, %H:%M:%S}"


def _month_first(at: int) -> str:
    return f"{_in_london(at):%m/%d/%Y %I:%M:%S %p}"


def _write_duration(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return " ".join(
        [*([f"{hours}h"] if hours else []), *([f"{minutes}m"] if hours or minutes else []), f"{left}s"]
    )


def _round_up(seconds: int) -> int:
    return -(-seconds // 60)


def _write_csv(path: Path, rows: Iterable[Sequence[str]], encoding: str, line_end: str) -> Path:
    text = io.StringIO()
    csv.writer(text, lineterminator=line_end).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path
