"""What a programme says of itself on the pages that it shares, and which of its figures it puts first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from commands import Refusal

MOST_CLAIMS = 4
LONGEST_TITLE, LONGEST_PART = 100, 1200
CLAIMS = "claims"


class BadStory(Refusal):
    """Words that cannot stand on a shared page: one sentence that says why."""


@dataclass(frozen=True)
class Story:
    """The programme's own words, '' where it has written none, and the indicators of the figures that stand first, in order.

    `title` names the programme, `about` says what it is, `done` what was done, `meaning` what follows from what was found.
    """

    title: str = ""
    about: str = ""
    done: str = ""
    meaning: str = ""
    claims: tuple[str, ...] = ()

    def write(self) -> dict[str, str]:
        """Its parts as text by name."""
        return {one.name: str(getattr(self, one.name)) for one in fields(self) if one.name != CLAIMS} | {
            CLAIMS: " ".join(self.claims)
        }


def read_story(parts: Mapping[str, str]) -> Story:
    """A story out of its parts; what is no part of one is left out."""
    known = {one.name for one in fields(Story)} - {CLAIMS}
    words = {name: text for name, text in parts.items() if name in known}
    return Story(**words, claims=tuple(parts.get(CLAIMS, "").split()[:MOST_CLAIMS]))


def check_story(story: Story) -> Story:
    """The story with its ends trimmed. Raises BadStory for a part that is too long, or too many figures."""
    if len(story.claims) > MOST_CLAIMS:
        raise BadStory(
            f"A shared page puts at most {MOST_CLAIMS} figures first: take {len(story.claims) - MOST_CLAIMS} away."
        )
    parts = {name: text.strip() for name, text in story.write().items()}
    for name, text in parts.items():
        longest = LONGEST_TITLE if name == "title" else LONGEST_PART
        if name != CLAIMS and len(text) > longest:
            raise BadStory(f"The part “{name}” has {len(text)} characters: shorten it to {longest} or fewer.")
    return read_story(parts)
