"""python -m sharing: make, list, pause, resume, revoke and audit share links."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from commands import Refusal, run_command
from indicators.published.leads.sets import begin_anew
from settings import load_settings
from sharing.refresh import refresh_links
from sharing.sealing.ledger import begin_ledger
from sharing.sealing.preflight import (
    Request,
    add_password,
    check_address,
    describe_preflight,
    make_link,
    open_kept_links,
    prepare_link,
    revoke_link,
    say_count,
    write_address,
)
from sharing.store.links import (
    DEFAULT_DAYS,
    LATEST,
    LONGEST_DAYS,
    SLEEP_DAYS,
    Link,
    Links,
)
from sharing.store.people import ROLES, open_people
from warehouse.release import find_release


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused with one sentence on stderr, 2 (by argparse) wrong usage."""
    options = _read_arguments(arguments)
    return run_command(lambda: _run(options), (Refusal, ValueError))


def _run(options: argparse.Namespace) -> int:
    settings = load_settings()
    data = Path(options.data).resolve() if options.data else settings.data
    if options.command in ("people", "grant", "withdraw"):
        change_people(data, options)
        return 0
    if options.command == "new-leads":
        begin_anew(data)
        print("Leads are shown figures from here on without regard to those that are lost.")
        return 0
    links = open_kept_links(data)
    try:
        match options.command:
            case "create":
                _create(data, links, options, settings.share_url)
            case "list":
                _list(links)
            case "pause":
                _say(links.pause_link(options.id))
            case "resume":
                _say(links.resume_link(options.id))
            case "revoke":
                _say(revoke_link(data, links, options.id))
            case "refresh":
                sealed = refresh_links(data, links)
                print(f"Sealed anew: {', '.join(sealed) or 'none; no link follows the latest release'}.")
            case "audit":
                _audit(links, options.id)
            case "new-ledger":
                begin_ledger(data)
                print("Pages are sealed from here on without regard to what earlier ones showed.")
    finally:
        links.close()
    return 0


def _create(data: Path, links: Links, options: argparse.Namespace, share_url: str) -> None:
    address = check_address(options.base_url or share_url)
    request = Request(
        label=options.label,
        days=options.days,
        max_views=options.max_views,
        sleep_days=options.sleep_after,
        release_id=options.release or find_release(data).id,
    )
    preflight = prepare_link(data, links, request)
    if options.password:
        preflight = add_password(preflight, _ask_password())
    print("\n".join(describe_preflight(preflight)))
    link, token = make_link(data, links, preflight, _find_user())
    print()
    print(f"Link {link.id}, valid until {_format(link.expires_at)}. It is shown only this once:")
    print(write_address(address, token))


def _list(links: Links) -> None:
    every = links.list_links()
    if not every:
        print("There are no links yet: python -m sharing create --label TEXT makes one.")
    for link in every:
        views = f"opened {link.views}" + (f" of {link.max_views} times" if link.max_views else " times")
        password = ", password" if link.has_password else ""
        print(
            f"{link.id}  {link.status:<8} until {_format(link.expires_at)}  release {link.release_id}  "
            f"{views}{password}, sleeps after {link.sleep_days} days  {link.label}"
        )
        if link.restated_on:
            print(f"          figures restated since {link.restated_on}: {', '.join(link.restated)}")


def _audit(links: Links, link_id: str | None) -> None:
    for entry in links.read_audit(link_id):
        print(f"{entry.day}  {entry.link_id}  {entry.action:<9} {say_count(entry.count, 'time')}")


def change_people(data: Path, options: argparse.Namespace) -> None:
    """List, grant or withdraw roles."""
    people = open_people(data)
    try:
        if options.command == "grant":
            people.grant(options.email, options.role, by=_find_user())
        elif options.command == "withdraw":
            people.withdraw(options.email, by=_find_user())
        everybody = people.list_people()
    finally:
        people.close()
    for email, role in everybody:
        print(f"{email}  {role or 'no access'}")
    if not everybody:
        print("Nobody was given a role here: python -m sharing grant EMAIL ROLE does.")


def _say(link: Link) -> None:
    print(f"Link {link.id} ({link.label}) is {link.status}.")


def _format(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _find_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _ask_password() -> str:
    """The password, typed without echo at a terminal, else the first line of the input."""
    if sys.stdin.isatty():
        return getpass.getpass("Password for this link: ")
    return sys.stdin.readline().rstrip("\r\n")


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sharing", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("--data", metavar="DIR", help="the data folder, if not that of the settings")
        return command

    create = add("create", "make a link, after showing what its recipient will see")
    create.add_argument("--label", required=True, help="whom the link is for")
    create.add_argument(
        "--days",
        type=int,
        default=DEFAULT_DAYS,
        help=f"how long it works, at most {LONGEST_DAYS} (%(default)s)",
    )
    create.add_argument(
        "--release",
        metavar="ID",
        help=f"the release to show (the live one as it is now), or {LATEST} to follow it",
    )
    create.add_argument("--password", action="store_true", help="ask for a password that opens the link")
    create.add_argument("--max-views", type=int, metavar="N", help="how often it can be opened")
    create.add_argument(
        "--sleep-after",
        type=int,
        default=SLEEP_DAYS,
        metavar="DAYS",
        help="after how many days without being opened it falls asleep (%(default)s)",
    )
    create.add_argument("--base-url", metavar="URL", help="the funder server, if not that of SHARE_URL")
    add("list", "all links and how they stand")
    for name, words in (
        ("pause", "stop a link until it is resumed"),
        ("resume", "let a paused link work again, or wake one that is asleep"),
        ("revoke", "stop a link for good and delete what was sealed for it"),
    ):
        add(name, words).add_argument("id", metavar="ID")
    add("refresh", "seal anew the links that follow the latest release, and say what is restated")
    add(
        "new-ledger", "begin an empty ledger of what was shown where the old one is lost and no backup has it"
    )
    add("new-leads", "confirm that what leads were shown before is lost, where no backup has it")
    add("audit", "what was done with links, by day").add_argument("id", metavar="ID", nargs="?")
    add("people", "who was given a role, or refused one")
    grant = add("grant", "give somebody a role, whatever the identity provider says")
    grant.add_argument("email", metavar="EMAIL")
    grant.add_argument("role", metavar="ROLE", choices=ROLES, help=", ".join(ROLES))
    add("withdraw", "take away every role of somebody").add_argument("email", metavar="EMAIL")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
