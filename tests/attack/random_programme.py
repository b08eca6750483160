"""Random programmes of 120 to 400 members in groups of uneven size, as template CSV files. Nothing here is real."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from tests.sharing.known_programme import write_table

PROFESSIONS = ("Nurse", "Doctor", "Manager", "Pharmacist", "Dentist", "Midwife", "Paramedic", "Porter")
REGIONS = ("England", "Scotland", "Wales", "Northern Ireland", "Abroad", "Islands")


def write_random_programme(folder: Path, seed: int) -> Path:
    """Members, two events, one survey of two constructs, and ties; the same seed gives the same programme."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    size = int(random.integers(120, 401))
    names = [f"m{number}" for number in range(size)]
    professions = random.choice(PROFESSIONS, size, p=random.dirichlet(np.full(len(PROFESSIONS), 0.8)))
    regions = random.choice(REGIONS, size, p=random.dirichlet(np.full(len(REGIONS), 0.8)))
    joined = [date(2015, 1, 5) + timedelta(days=int(days)) for days in random.integers(0, 120, size)]
    stays = random.exponential(900, size)
    left = [
        str(day + timedelta(days=int(stay))) if stay < 400 else ""
        for day, stay in zip(joined, stays, strict=True)
    ]
    columns = "member_id,profession,region,joined_on,left_on"
    write_table(folder, "members", columns, zip(names, professions, regions, joined, left, strict=True))
    days = ("2015-06-14", "2015-09-20")
    write_table(
        folder,
        "events",
        "event_id,title,starts_at",
        [(f"e{place}", f"Meeting {place}", f"{day}T09:00:00Z") for place, day in enumerate(days)],
    )
    liking = dict(zip(PROFESSIONS, random.beta(2, 2, len(PROFESSIONS)), strict=True))
    attendance = [
        (f"e{place}", name, "true" if random.random() < liking[str(profession)] else "false")
        for place in range(len(days))
        for name, profession in zip(names, professions, strict=True)
    ]
    write_table(folder, "attendance", "event_id,member_id,attended", attendance)
    write_table(
        folder,
        "waves",
        "wave_id,survey_id,label,opened_on,closed_on",
        [
            ("w1", "s1", "Summer", "2015-07-01", "2015-07-20"),
            ("w2", "s1", "Winter", "2015-12-01", "2015-12-20"),
        ],
    )
    items = [("s1", "q1", "It matters", "importance"), ("s1", "q2", "I know people", "connecting")]
    write_table(
        folder,
        "items",
        "survey_id,item_id,text,construct,kind,scale_min,scale_max",
        [(*item, "likert", 1, 5) for item in items],
    )
    answering = {(wave, name): random.random() < 0.6 for wave in ("w1", "w2") for name in names}
    write_table(
        folder,
        "invitations",
        "wave_id,member_id,disposition",
        [(wave, name, "complete" if came else "non_contact") for (wave, name), came in answering.items()],
    )
    write_table(
        folder,
        "answers",
        "wave_id,respondent_id,item_id,value",
        [
            (wave, name, item, int(random.integers(1, 6)))
            for (wave, name), came in answering.items()
            if came
            for _, item, _, _ in items
        ],
    )
    ties = {
        (wave, name, names[int(other)])
        for (wave, name), came in answering.items()
        if came
        for other in random.integers(0, size, 4)
        if names[int(other)] != name
    }
    write_table(
        folder,
        "ties",
        "wave_id,from_member_id,to_member_id,relation",
        sorted((*tie, "collaborates") for tie in ties),
    )
    return folder
