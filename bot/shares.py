"""Shares of a count with Wilson's interval, for every measuring command."""

from dataclasses import dataclass
from math import sqrt

Z = 1.96


@dataclass(frozen=True)
class Share:
    """``hits`` of ``count``; ``low`` and ``high`` are Wilson's 95 % interval."""

    name: str
    hits: int
    count: int

    @property
    def value(self) -> float:
        return self.hits / self.count if self.count else float("nan")

    @property
    def low(self) -> float:
        return wilson(self.value, self.count)[0]

    @property
    def high(self) -> float:
        return wilson(self.value, self.count)[1]

    def __str__(self) -> str:
        if not self.count:
            return f"{self.name:<34} no such line"
        return (
            f"{self.name:<34} {self.value:6.3f}  [{self.low:.3f}, {self.high:.3f}]  {self.hits}/{self.count}"
        )


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share; all of 0 to 1 when nothing was counted."""
    if not count:
        return 0.0, 1.0
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count)) / (1 + Z * Z / count)
    return max(0.0, middle - half), min(1.0, middle + half)
