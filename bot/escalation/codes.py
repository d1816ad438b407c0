"""Case codes that a person can read out on the phone."""

import secrets

# No letter or digit that is mistaken for another when read aloud or written by hand.
ALPHABET = "23456789ACDEFHJKMNPRTVWXY"


def new_code(prefix: str) -> str:
    """Six random symbols after ``prefix``: about 244 million, unrelated to any person."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(6))
