"""Who may do what in the console: one map, and the two declarations that routes make from it."""

from enum import StrEnum


class Role(StrEnum):
    """An account's role; ``NOBODY`` is a visitor who has not signed in."""

    COUNSELLOR = "counsellor"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"
    NOBODY = "nobody"


_STAFF = frozenset({Role.COUNSELLOR, Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR})
_KEY_HOLDERS = frozenset({Role.COUNSELLOR, Role.SUPERVISOR})

PERMISSIONS: dict[str, frozenset[Role]] = {
    "sign_in": _STAFF | {Role.NOBODY},
    "sign_out": _STAFF,
    "home": _STAFF,
    "stay": _STAFF,
    "see_queue": _KEY_HOLDERS,
    "read_case": _KEY_HOLDERS,
    "claim": _KEY_HOLDERS,
    "write": _KEY_HOLDERS,
    "hand_back": _KEY_HOLDERS,
    "close": _KEY_HOLDERS,
    "acknowledge": _KEY_HOLDERS,
    "see_people": _KEY_HOLDERS | {Role.ADMIN},
    "grant_key": _KEY_HOLDERS,
    "see_referrals": _KEY_HOLDERS | {Role.AUDITOR},
}

# What is of no use, or unsafe, before the account has been handed the team's key.
NEEDS_KEY = frozenset(
    {"see_queue", "read_case", "claim", "write", "hand_back", "close", "acknowledge", "grant_key"}
)


def may(role: Role, permission: str) -> bool:
    """An unknown permission is nobody's."""
    return role in PERMISSIONS.get(permission, frozenset())
