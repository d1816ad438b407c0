"""What the labelled data holds: counts, and the largest overlaps, so that swapped-word lines show.

Run from the repository's root: ``python -m benchmarks.triage_data``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bot.language import fold
from bot.triage.examples import TRAIN, TUNE, Conversation, Example, load_conversations, load_examples
from bot.triage.training import ordinary

SETS = {"train": TRAIN, "tune": TUNE, "test": Path("tests/data/triage_test")}
WORDS = 5
SHOWN = 10

Line = tuple[str, str]


def grams(text: str) -> set[str]:
    """Every five folded words in a row."""
    words = "".join(c if c.isalnum() else " " for c in fold(text)).split()
    return {" ".join(words[at : at + WORDS]) for at in range(len(words) - WORDS + 1)}


def overlaps(lines: Iterable[Line]) -> Iterator[tuple[float, str, str]]:
    """Pairs of lines with common runs of words: the share of the smaller one's runs, and both ids."""
    found: dict[str, set[str]] = {}
    owners: dict[str, list[str]] = defaultdict(list)
    for name, text in lines:
        found[name] = grams(text)
        for gram in found[name]:
            owners[gram].append(name)
    pairs = {(one, other) for names in owners.values() for one in names for other in names if one < other}
    for one, other in pairs:
        smaller = min(len(found[one]), len(found[other]))
        yield len(found[one] & found[other]) / smaller, one, other


def show_counts(title: str, examples: list[Example], talks: list[Conversation]) -> None:
    """Messages by what they are labelled with."""
    print(f"\n{title}: {len(examples)} messages, {len(talks)} conversations")
    for field in ("risk", "category", "style", "role"):
        counts = Counter(str(getattr(example, field)) for example in examples)
        print(f"  {field:<9}", ", ".join(f"{name} {count}" for name, count in counts.most_common()))
    print("  check_in ", sum(example.check_in for example in examples))


def main() -> None:
    """Print counts for all sets, then the largest overlaps within and between them, by ids."""
    sets = {name: load_examples(folder) for name, folder in SETS.items()}
    for name, folder in SETS.items():
        show_counts(name, sets[name], load_conversations(folder))
    print(f"\nordinary talk: {len(ordinary())} lines")
    lines = [(f"{name}:{example.id}", example.text) for name in sets for example in sets[name]]
    found = sorted(overlaps(lines), reverse=True)
    between = [pair for pair in found if pair[1].split(":")[0] != pair[2].split(":")[0]]
    for title, pairs in (("anywhere", found), ("between sets", between)):
        print(
            f"\nlargest overlaps {title} (share of the shorter line's runs of {WORDS} words); {len(pairs)} pairs"
        )
        for share, one, other in islice(pairs, SHOWN):
            print(f"  {share:.2f}  {one}  {other}")


if __name__ == "__main__":
    main()
