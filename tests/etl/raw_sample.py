"""The raw files of a synthetic sample, read as they lie: short code of its own, apart from the sources and the load."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

LABELS = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
RUNGS = ("Dormant", "Occasional", "Active", "Core")
CONSTRUCTS = ("connecting", "supporting", "developing", "collaborating")
INTENTIONS = ("importance", "stay", "wanted")
REVERSED = ("connecting_3", "developing_2")


@dataclass(frozen=True)
class RawSample:
    """The raw files of one sample, read as they lie, without the rows that are faults."""

    folder: Path

    def read(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{name}.csv", dtype=str, keep_default_na=False)

    def members(self) -> pd.DataFrame:
        rows = self.read("members").drop_duplicates()
        for name in ("name", "email", "organisation", "profession"):
            rows[name] = rows[name].str.strip()
        rows["email"] = rows["email"].str.lower()
        return rows[rows["joined_on"] != "2015-02-30"].set_index("member_id")

    def identities(self) -> dict[str, str]:
        """Member id by address, UPN and name."""
        members = self.members()
        found = {**dict(zip(members["email"], members.index, strict=True))}
        found |= dict(zip(members["name"], members.index, strict=True))
        aliases = self.read("aliases")
        return found | dict(zip(aliases["value"], aliases["member_id"], strict=True))

    def teams_joins(self) -> list[list[str]]:
        text = (self.folder / "teams_design_event_2.csv").read_bytes().decode("utf-16")
        section = text.split("3. In-Meeting activities\r\n")[1]
        return [line.split("\t") for line in section.split("\r\n")[1:] if line]

    def zoom_joins(self) -> list[list[str]]:
        text = (self.folder / "zoom_design_event_3.csv").read_bytes().decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))[4:]

    def attended(self) -> dict[str, set[str]]:
        """Who attended each event, from the template table and from both meeting reports."""
        known = self.identities()
        rows = self.read("attendance")
        rows = rows[(rows["attended"] == "true") & (rows["member_id"] != "M9999")]
        found = {str(event): set(group["member_id"]) for event, group in rows.groupby("event_id")}
        found["D2"] = {known[row[4]] for row in self.teams_joins() if row[4] in known}
        found["D3"] = {known[row[1] or row[0]] for row in self.zoom_joins() if (row[1] or row[0]) in known}
        return found

    def design_count(self) -> pd.Series:
        attended = self.attended()
        counts = {
            who: sum(who in attended[f"D{number}"] for number in (1, 2, 3)) for who in self.members().index
        }
        return pd.Series(counts)

    def answers(self, wave: str) -> pd.DataFrame:
        """One row a respondent, one column an item of the four constructs, reversed items turned round."""
        table = self._read_items(wave, CONSTRUCTS)
        table[list(REVERSED)] = 6 - table[list(REVERSED)]
        return table

    def intentions(self, wave: str) -> pd.DataFrame:
        """One row a respondent who answered any, one column an item of the other constructs, as asked."""
        return self._read_items(wave, INTENTIONS).dropna(how="all")

    def _read_items(self, wave: str, starts: tuple[str, ...]) -> pd.DataFrame:
        if wave == "A1":
            rows = self.read("answers")
            rows = rows[(rows["value"] != "") & rows["item_id"].str.startswith(starts)]
            values = rows.assign(value=pd.to_numeric(rows["value"]))
            table = values[values["value"] <= 5].pivot(
                index="respondent_id", columns="item_id", values="value"
            )
        else:
            rows = self.read(f"attitude_wave_{wave[1:]}").iloc[2:]
            rows = rows[~rows["Status"].isin(["Survey Preview", "1"])]
            known = self.identities()
            given = rows["ExternalReference"].where(
                rows["ExternalReference"] != "", rows["RecipientEmail"].map(known)
            )
            codes = {
                label: str(value) for scale in (LABELS, RUNGS) for value, label in enumerate(scale, start=1)
            }
            items = [name for name in rows.columns if name.startswith(starts)]
            table = rows[items].replace(codes).replace("", None).astype(float).set_axis(given)
        return table

    def score(self, wave: str, construct: str) -> pd.Series:
        answers = self.answers(wave)
        return answers[[name for name in answers.columns if name.startswith(construct)]].mean(axis=1)

    def ties(self, wave: str) -> pd.DataFrame:
        rows = self.read("ties")
        rows = rows[(rows["wave_id"] == wave) & (rows["from_member_id"] != rows["to_member_id"])]
        home = self.members()["organisation"]
        return rows.assign(is_across=rows["from_member_id"].map(home) != rows["to_member_id"].map(home))

    def answered_both(self) -> set[str]:
        rows = self.read("invitations")
        rows = rows[rows["disposition"] == "complete"]
        return set(rows[rows["wave_id"] == "C1"]["member_id"]) & set(
            rows[rows["wave_id"] == "C3"]["member_id"]
        )
