"""The facts that many figures share: sparse, in integers and day numbers, so that every engine reads them alike.

A row says that something is recorded; what is not recorded is no row, and who did nothing is counted as everybody less
those with a row. Days count from 1970-01-01; `pid` numbers calendar periods, `wid` waves, `mid` members, `iid` items,
`eid` events, `kid` kinds of activity.
"""

from __future__ import annotations

from warehouse.facts.engagement import CONTRIBUTIONS, ENGAGEMENT, RECEIVED, ROLES
from warehouse.facts.membership import MEMBERSHIP, NO_DAY, Facts
from warehouse.facts.surveys import SURVEYS, tie_ends_sql

__all__ = ("CONTRIBUTIONS", "FACTS", "NO_DAY", "RECEIVED", "ROLES", "tie_ends_sql")

# Each with its SQL, and whether its rows are kept.
FACTS: Facts = MEMBERSHIP | ENGAGEMENT | SURVEYS
