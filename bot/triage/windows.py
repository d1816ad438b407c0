"""Cut a long text into overlapping parts, so that neither its end nor one sentence of it is lost."""

_LONGEST = 20_000


def windows(text: str, width: int, overlap: int) -> list[tuple[int, str]]:
    """Parts with their start, cut at blanks; of a flood, the first and the last part are kept."""
    if len(text) > 2 * _LONGEST:
        text = text[:_LONGEST] + text[-_LONGEST:]
    parts, start = [], 0
    while len(text) - start > width + overlap:
        blank = text.rfind(" ", start + overlap, start + width)
        end = blank if blank > 0 else start + width
        parts.append((start, text[start:end]))
        back = text.find(" ", end - overlap, end)
        start = back + 1 if back > start else end
    return [*parts, (start, text[start:])]
