"""What the columns are called that say who somebody is: part of a name, whole name or address, in any importer and language."""

from __future__ import annotations

import re

FIRST, LAST, WHOLE, EMAIL = "first name", "last name", "name", "email"
_CALLED = {
    FIRST: "firstname firstnames forename forenames givenname givennames christianname vorname prénom prenom voornaam imię imie fornavn "
    "förnamn etunimi enwcyntaf",
    LAST: "lastname surname familyname secondname nachname familienname zuname nomdefamille apellido apellidos cognome sobrenome achternaam "
    "nazwisko efternavn efternamn etternavn sukunimi cyfenw",
    WHOLE: "name fullname displayname nomcomplet nombrecompleto nomecompleto naam navn namn nimi imięinazwisko enw enwllawn",
    EMAIL: "email emails emailaddress mail mailaddress emailadresse mailadresse adresseemail adressemail adressedemessagerie courriel "
    "correo correoelectrónico direccióndecorreoelectrónico indirizzoemail endereçodeemail emailadres adresemail epost epostadresse ebost "
    "cyfeiriadebost",
}
_ROLES = {word: role for role, words in _CALLED.items() for word in words.split()}
# whose it is, where a tool says so in front
_OWN = ("attendee", "participant", "recipient", "respondent", "member", "user", "contact")


def find_role(heading: str) -> str:
    """Which of `FIRST`, `LAST`, `WHOLE`, `EMAIL` a column is by its heading, '' where it is none; capitals, blanks and marks do not matter."""
    plain = re.sub(r"[\W_]", "", heading.casefold())
    owned = (plain.removeprefix(owner) for owner in _OWN)
    return next((_ROLES[word] for word in (plain, *owned) if word in _ROLES), "")
