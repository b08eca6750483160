"""A bundle for RSiena, which models how ties come and go over waves: matrices, covariates and a script, for evaluators only.

Codes in the matrices are RSiena's (Ripley et al., RSiena manual, ch. 4 and 5): 1 a tie, 0 none, 10 a structural zero with anybody
who was not asked in the wave, NA what is not known because it was not answered.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commands import Refusal
from indicators.network.dyads.formation import ALIKE
from indicators.network.graphs import Bools, Ints
from indicators.network.reading import open_wave, read_groups
from indicators.result import escape_cell
from warehouse.engine import Engine

STRUCTURAL_ZERO = 10
UNKNOWN = -1
MOST_ACTORS = 2_000


@dataclass(frozen=True, eq=False)
class Bundle:
    """What goes into the files; actors are in order of their pseudonyms, periods lie between two waves that follow each other.

    - ties: wave × actor × actor, with UNKNOWN where it is written NA;
    - present: wave × actor, who was asked; spells: for each actor the stretches of time, a wave being a whole number from 1;
    - groups: by attribute the codes wave × actor, 0 where not recorded;
    - met: period × actor × actor, events that both attended; events: period × actor, events attended.
    """

    waves: tuple[str, ...]
    relation: str
    is_directed: bool
    members: tuple[str, ...]
    ties: Ints
    present: Bools
    spells: tuple[tuple[tuple[float, float], ...], ...]
    groups: dict[str, Ints]
    met: Ints
    events: Ints


def write_bundle(engine: Engine, folder: Path, relation: str = "", survey: str = "") -> list[Path]:
    """Write the bundle of a relation into a new or empty folder, private to its owner; returns the files.

    Raises Refusal where there are not two waves of such ties, where it is not said which relation or survey is meant, where
    there are more than 2,000 actors, and where the folder holds anything.
    """
    bundle = read_bundle(engine, relation, survey)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refusal(f"{folder} is not an empty folder: name another one for the bundle.")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        raise Refusal(
            f"The folder {folder} cannot be made ({fault.strerror}): name another one for the bundle."
        ) from fault
    written = [
        _write(folder / f"network_{place}.csv", _list_cells(ties))
        for place, ties in enumerate(bundle.ties, 1)
    ]
    written += [_write(folder / f"met_{place}.csv", met.tolist()) for place, met in enumerate(bundle.met, 1)]
    written.append(_write(folder / "events.csv", bundle.events.T.tolist()))
    for name, codes in bundle.groups.items():
        written.append(
            _write(folder / f"{name}.csv", [[code or "NA" for code in row] for row in _list_codes(codes)])
        )
    words = [
        (name, code, escape_cell(engine.words(name)[code]))
        for name, codes in bundle.groups.items()
        for code in sorted(set(codes.ravel().tolist()) - {0})
    ]
    written.append(_write(folder / "codes.csv", [("attribute", "code", "word"), *words]))
    written.append(
        _write(folder / "members.csv", [("actor", "member_id"), *enumerate(bundle.members, start=1)])
    )
    composition = [" ".join(f"{time:g}" for ends in spells for time in ends) for spells in bundle.spells]
    written.append(_write_text(folder / "composition.txt", "".join(f"{line}\n" for line in composition)))
    written.append(_write_text(folder / "model.R", _write_script(bundle, engine.release.id)))
    return written


def read_bundle(engine: Engine, relation: str = "", survey: str = "") -> Bundle:
    """The waves of a survey in which a relation was asked, as RSiena takes them. Raises Refusal where it cannot be said of which."""
    found = engine.query(
        """SELECT DISTINCT w.survey_id, a.relation, w.wave_id, w.opened_on FROM arcs a
        JOIN wave_order w ON w.wave_id = a.wave_id ORDER BY w.opened_on, w.wave_id"""
    )
    for option, column, asked in (("--relation", "relation", relation), ("--survey", "survey_id", survey)):
        there = sorted(set(found[column].astype(str)))
        if asked and there and asked not in there:
            raise Refusal(f"There are no ties of {option} {asked!r}: there are those of {', '.join(there)}.")
        found = found[(found[column] == asked) if asked else slice(None)]
    counts = found.groupby(["survey_id", "relation"], sort=True).size()
    several = [(str(key[0]), str(key[1])) for key, waves in counts.items() if waves > 1]  # type: ignore[index]
    if len(several) != 1:
        listed = "; ".join(f"--survey {one} --relation {other!r}" for one, other in several)
        raise Refusal(
            f"Ties of several relations were asked in two waves or more: say which with {listed}."
            if several
            else "RSiena needs the same relation asked in two waves of a survey at least, which this release does not have."
        )
    survey, relation = several[0]
    found = found[(found["survey_id"] == survey) & (found["relation"] == relation)]
    waves = tuple(found["wave_id"].astype(str))
    opened = pd.to_datetime(found["opened_on"]).to_numpy()
    frames = engine.query(
        "SELECT wave_id, member_id, is_asked AND disposition IS DISTINCT FROM 'ineligible' AS is_asked, has_responded, "
        "row_number() OVER (PARTITION BY wave_id ORDER BY member_id) - 1 AS node FROM frames"
    )
    frames = frames[frames["wave_id"].isin(waves)]
    members = tuple(sorted(set(frames.loc[frames["is_asked"], "member_id"].astype(str))))
    if len(members) > MOST_ACTORS:
        raise Refusal(
            f"RSiena cannot model {len(members):,} actors in a reasonable time; this bundle is made for up to {MOST_ACTORS:,}."
        )
    names = [name for name in ALIKE if name in engine.attributes]
    ties = np.zeros((len(waves), len(members), len(members)), dtype=np.int64)
    present = np.zeros((len(waves), len(members)), dtype=bool)
    groups = {name: np.zeros((len(waves), len(members)), dtype=np.int64) for name in names}
    is_directed = True
    for place, wave in enumerate(waves):
        own = frames[frames["wave_id"] == wave].set_index("member_id").reindex(list(members))
        nodes = own["node"].fillna(-1).to_numpy(dtype=np.int64)
        present[place] = own["is_asked"].eq(True).to_numpy()
        has_answered = own["has_responded"].eq(True).to_numpy() & present[place]
        network = open_wave(engine, wave).networks[relation]
        is_directed = network.is_directed
        actor = np.full(network.size + 1, -1)
        actor[nodes] = np.where(nodes >= 0, np.arange(len(members)), -1)
        actor[-1] = -1
        senders, receivers = actor[network.senders], actor[network.receivers]
        is_among = (senders >= 0) & (receivers >= 0)
        ties[place, senders[is_among], receivers[is_among]] = 1
        is_known = has_answered[:, None] | (ties[place] == 1)
        if not is_directed:
            is_known |= has_answered[None, :]
        ties[place][~is_known] = UNKNOWN
        ties[place][~(present[place][:, None] & present[place][None, :])] = STRUCTURAL_ZERO
        np.fill_diagonal(ties[place], 0)
        for name in names:
            codes = np.append(read_groups(engine, wave, name) + 1, 0)
            groups[name][place] = codes[nodes]
    for own_codes in groups.values():
        _carry_codes(own_codes)
    attended = _read_attended(engine, members, opened)
    met = np.stack([own.T @ own for own in attended])
    for matrix in met:
        np.fill_diagonal(matrix, 0)
    spells = _place_spells(engine, members, present, opened)
    events = np.stack([own.sum(axis=0) for own in attended])
    return Bundle(waves, relation, is_directed, members, ties, present, spells, groups, met, events)


def _carry_codes(codes: Ints) -> None:
    """What is not recorded in a wave is as in the wave before, else as in the one after."""
    for places in (range(1, len(codes)), range(len(codes) - 2, -1, -1)):
        for place in places:
            other = place - 1 if places.step > 0 else place + 1
            codes[place] = np.where(codes[place] == 0, codes[other], codes[place])


def _read_attended(engine: Engine, members: Sequence[str], opened: NDArray[np.datetime64]) -> list[Ints]:
    """For each period events × actors, 1 where attended, of the events after the one opening and before the other."""
    visits = engine.query(
        "SELECT DISTINCT a.member_id, a.event_id, e.on_date FROM attendance a JOIN event_days e ON e.event_id = a.event_id "
        "WHERE a.attended"
    )
    visits = visits[visits["member_id"].isin(members)]
    days = pd.to_datetime(visits["on_date"]).to_numpy()
    actors = pd.Index(members).get_indexer(pd.Index(visits["member_id"]))
    parts = []
    for first, last in pairwise(opened):
        is_in = (days > first) & (days < last)
        events, names = pd.factorize(visits["event_id"][is_in], sort=True)
        part = np.zeros((max(len(names), 1), len(members)), dtype=np.int64)
        part[events, actors[is_in]] = 1
        parts.append(part)
    return parts


def _place_spells(
    engine: Engine, members: Sequence[str], present: Bools, opened: NDArray[np.datetime64]
) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The stretches in which each actor was there: between two waves on the day of joining or leaving, else halfway."""
    found = engine.query("SELECT member_id, starts_on, ends_on FROM spells")
    days = {
        name: pd.concat([rows["starts_on"], rows["ends_on"]]).dropna().astype("datetime64[ns]").to_numpy()
        for name, rows in found.groupby("member_id")
    }

    def place(member: str, before: int) -> float:
        first, last = opened[before], opened[before + 1]
        between = [day for day in days.get(member, ()) if first < day <= last]
        share = (between[-1] - first) / (last - first) if between else 0.5
        return round(before + 1 + float(share), 3)

    spells = []
    for member, there in zip(members, present.T, strict=True):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], there, [False])).astype(int)))
        own = [
            (
                1.0 if start == 0 else place(member, start - 1),
                float(len(there)) if end == len(there) else place(member, end - 1),
            )
            for start, end in edges.reshape(-1, 2).tolist()
        ]
        spells.append(tuple(own))
    return tuple(spells)


def _list_cells(ties: Ints) -> list[list[int | str]]:
    return [["NA" if cell == UNKNOWN else cell for cell in row] for row in ties.tolist()]


def _is_constant(codes: Ints) -> bool:
    return bool((codes == codes[0]).all())


def _list_codes(codes: Ints) -> list[list[int]]:
    """One row an actor: one column where nobody's code changes, else one a period, as at its beginning."""
    kept: list[list[int]] = (codes[:1] if _is_constant(codes) else codes[:-1]).T.tolist()
    return kept


def _write(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    with open(path, "w", encoding="utf-8", newline="", opener=_open_private) as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)
    return path


def _write_text(path: Path, text: str) -> Path:
    with open(path, "w", encoding="utf-8", opener=_open_private) as handle:
        handle.write(text)
    return path


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write_script(bundle: Bundle, release: str) -> str:
    read = "".join(f'{name} <- read_covariate("{name}.csv")\n' for name in bundle.groups)
    same = "".join(
        f'effects <- includeEffects(effects, sameX, interaction1 = "{name}")\n' for name in bundle.groups
    )
    structure = "gwespFF, inPopSqrt, outActSqrt" if bundle.is_directed else "gwesp, degPlus"
    activity = "egoX, altX" if bundle.is_directed else "egoPlusAltX"
    return Template(SCRIPT).substitute(
        release=release,
        relation=bundle.relation.replace('"', "'").replace("\n", " "),
        waves=", ".join(wave.replace("\n", " ") for wave in bundle.waves),
        number=len(bundle.waves),
        read=read,
        names="".join(f", {name}" for name in bundle.groups),
        structure=structure,
        same=same,
        activity=activity,
    )


SCRIPT = """\
# A starting model of how ties come and go, for RSiena (Ripley et al., RSiena manual). Made by
# python -m indicators bundle rsiena, of release $release: relation $relation, waves $waves.
# Run it in this folder. Rows and columns are the actors of members.csv, in order; words of codes are in codes.csv.
# In the networks 10 is a structural zero: one of the two was not asked in that wave (joined later, or had left).
# 11, a structural one, does not occur. NA is what somebody who did not answer would have named.
library(RSiena)

waves <- $number
periods <- waves - 1
read_matrix <- function(name) unname(as.matrix(read.csv(name, header = FALSE, na.strings = "NA")))
read_array <- function(stem, count) {
  parts <- lapply(seq_len(count), function(place) read_matrix(sprintf("%s_%d.csv", stem, place)))
  array(unlist(parts), dim = c(nrow(parts[[1]]), ncol(parts[[1]]), count))
}
read_covariate <- function(name) {
  values <- read_matrix(name)
  if (ncol(values) == 1) coCovar(values[, 1], centered = FALSE) else varCovar(values, centered = FALSE)
}

networks <- read_array("network", waves)
ties <- sienaDependent(networks)
met_matrices <- read_array("met", periods)
met <- if (periods == 1) coDyadCovar(met_matrices[, , 1]) else varDyadCovar(met_matrices)
events <- read_covariate("events.csv")
${read}
# Joiners and leavers are in the matrices as structural zeros. The other way is the method of joiners and leavers: then put
# 0 in place of every 10, and give sienaDataCreate this object too. Not both at once.
# composition <- sienaCompositionChangeFromFile("composition.txt")
data <- sienaDataCreate(ties, met, events$names)
print01Report(data, modelname = "report") # Jaccard between waves: 0.3 and more is good, under 0.2 is too little

effects <- getEffects(data)
effects <- includeEffects(effects, $structure)
${same}effects <- includeEffects(effects, $activity, interaction1 = "events")
effects <- includeEffects(effects, X, interaction1 = "met") # whether those who met at events come to be tied
effects

algorithm <- sienaAlgorithmCreate(projname = "model", seed = 2015)
model <- siena07(algorithm, data = data, effects = effects, returnDeps = TRUE)
summary(model)
model$$tconv.max # under 0.25: else run siena07 again with prevAns = model
fit <- sienaGOF(model, OutdegreeDistribution, varName = "ties")
plot(fit)
"""
