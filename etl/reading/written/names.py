"""Names and e-mail addresses in the form in which two spellings of one person are equal; used for matching only."""

from __future__ import annotations

import re
import unicodedata

# an identifier of which a spreadsheet has kept some digits only
ROUNDED = r"[0-9]([.,][0-9]+)?E[+][0-9]+"
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
# what stands in place of an identifier where there is none, and what the last lines of a table are called
NOBODY = (
    r"(?i:n/a|#n/a|null|none( given)?|nil|nan|unknown|anonymous|[-–—]+|[?]+|\.|info(rmation)? requested|no (e-?mail|name|address)( address)?|"
    r"not (applicable|available|given|known|provided|requested|supplied)|keine angabe)|NA"
)
SUMMARY = (
    r"(?i:(grand |sub-?)?totals?|sum|average|mean|median|gesamt|summe|mittelwert|durchschnitt|somme|moyenne|totaal|gemiddelde|suma|"
    r"promedio|totale|合計|合计|итого) *:?"
)
_NOBODY = re.compile(NOBODY)
_STANDING = re.compile(r"[(\[](?:ext|extern|external|guest|unverified)[)\]]")
_PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'", "\u2010": "-", "\u2013": "-"})


def normalise_name(text: str) -> str:
    """A name for matching: NFKC, letter case folded, "(EXT)", "(External)", "(Guest)" and "(Unverified)" dropped,
    "Last, First" turned round, typographic apostrophes and hyphens made plain, spaces collapsed; '' of what is nobody's name."""
    if is_nobody(text):
        return ""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = unicodedata.normalize("NFKC", folded).translate(_PLAIN)
    bare = _STANDING.sub(" ", folded)
    last, comma, first = bare.partition(",")
    if comma and "," not in first:
        bare = f"{first} {last}"
    return " ".join(bare.split())


def normalise_email(text: str) -> str:
    """An e-mail address or user principal name for matching: without spaces around it, letter case folded; '' of what is no address."""
    return "" if is_nobody(text) else text.strip().casefold()


def is_nobody(text: str) -> bool:
    """Whether a tool or a person wrote this where nothing is known: "Info Requested", "N/A", "-"."""
    return bool(_NOBODY.fullmatch(" ".join(text.split())))
