"""The training loop: what people tell is read twice an epoch, with its marks and without, ordinary talk once.

Ways of asking are read more often: each topic has few of them.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from bot.language.text import fold
from bot.triage.assessment import Risk
from bot.triage.encoder import pieces_of
from bot.triage.ngrams import HEADS
from bot.triage.teaching.base import Base
from bot.triage.teaching.net import LEVELS, Network
from bot.triage.teaching.noise import typed_again
from bot.triage.training import Lesson

RATE = 2e-4
HEADS_RATE = 1e-3
BATCH = 32
_PAD = 1
_SAMPLE = 600
_WARM = 0.1
_POOL = 40
_ALONE = 0.6
_FIRST = 0.8
_ASKED = 2
_SHORT = 200


@dataclass(frozen=True)
class _Labels:
    """One column each: level of risk, category (-1: none), told, asks, whether asking is judged, topic (-1: none)."""

    level: Tensor
    category: Tensor
    told: Tensor
    asks: Tensor
    calm: Tensor
    topic: Tensor


def topics_of(lessons: Sequence[Lesson]) -> list[str]:
    """The topics that lessons ask for, in the order of the network's scores."""
    return sorted({one.topic for one in lessons if one.topic})


def teach(base: Base, lessons: Sequence[Lesson], epochs: int, seed: int, device: str) -> Network:
    """A network taught on ``lessons``; same lessons, seed and machine, same weights."""
    torch.manual_seed(seed)
    chance = Random(seed)
    topics = {name: at for at, name in enumerate(topics_of(lessons))}
    network = Network.of(base, len(topics))
    network.to(device)
    sample = chance.sample(list(lessons), min(_SAMPLE, len(lessons)))
    network.eval()
    network.standardise(*_padded(base.tokenizer, [one.text for one in sample], device))
    steps = epochs * -(-len(_copies(lessons, chance)) // BATCH)
    optimizer, warmth = _optimizer(network, steps)
    begun = time.monotonic()
    for epoch in range(1, epochs + 1):
        losses = 0.0
        batches = _batches(_copies(lessons, chance), chance)
        network.train()
        for number, batch in enumerate(batches, start=1):
            with torch.autocast(device, dtype=torch.bfloat16):
                loss = _loss(network, base.tokenizer, batch, topics, device)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            warmth.step()
            losses += loss.item()
            if number % 50 == 0 or number == len(batches):
                _say(epoch, epochs, number, len(batches), losses / number, time.monotonic() - begun)
    network.to("cpu").eval()
    return network


def _copies(lessons: Sequence[Lesson], chance: Random) -> list[tuple[str, Lesson]]:
    public = [lesson.text for lesson in lessons if not lesson.told]
    calm = [
        lesson.text
        for lesson in lessons
        if lesson.told and lesson.risk is Risk.NONE and not lesson.asks and len(lesson.text) <= _SHORT
    ]
    made = []
    for lesson in lessons:
        if lesson.topic:
            copies = [lesson.text, fold(lesson.text)] * _ASKED
        elif lesson.told:
            text = _after(lesson.text, calm, chance)
            copies = list(dict.fromkeys((text, fold(text))))
        else:
            text = _longer(lesson.text, public, chance)
            copies = [chance.choice((text, fold(text)))]
        made += [(typed_again(copy, chance), lesson) for copy in copies]
    return made


def _after(text: str, calm: list[str], chance: Random) -> str:
    """Some messages come after others that matter nothing to them."""
    if chance.random() < _FIRST:
        return text
    return " ".join([*chance.sample(calm, chance.randint(1, 2)), text])


def _longer(text: str, public: list[str], chance: Random) -> str:
    """Ordinary talk is mostly short; without long texts of it, to be long would read as telling of harm."""
    if chance.random() < _ALONE:
        return text
    others = chance.sample(public, chance.randint(1, 3))
    return chance.choice((". ", " ", ", ", " | ")).join([text, *others])


def _batches(copies: list[tuple[str, Lesson]], chance: Random) -> list[list[tuple[str, Lesson]]]:
    """Shuffled, with texts of like length together, so that little is padding."""
    chance.shuffle(copies)
    batches = []
    for start in range(0, len(copies), BATCH * _POOL):
        pool = sorted(copies[start : start + BATCH * _POOL], key=lambda pair: len(pair[0]))
        batches += [pool[at : at + BATCH] for at in range(0, len(pool), BATCH)]
    chance.shuffle(batches)
    return batches


def _padded(tokenizer: Tokenizer, texts: Sequence[str], device: str) -> tuple[Tensor, Tensor]:
    rows = [pieces_of(tokenizer, text) for text in texts]
    ids = torch.full((len(rows), max(map(len, rows))), _PAD, dtype=torch.long)
    mask = torch.zeros(ids.shape)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
        mask[at, : len(row)] = 1
    return ids.to(device), mask.to(device)


def _labels(lessons: Sequence[Lesson], topics: Mapping[str, int], device: str) -> _Labels:
    def column(values: list[float], kind: torch.dtype = torch.float32) -> Tensor:
        return torch.tensor(values, dtype=kind, device=device)

    harms = {name: at for at, name in enumerate(HEADS[5:])}
    return _Labels(
        level=column([int(one.risk) for one in lessons], torch.long),
        category=column([harms.get(one.category.value, -1) for one in lessons], torch.long),
        told=column([float(one.told) for one in lessons]),
        asks=column([float(one.asks) for one in lessons]),
        calm=column([float(one.risk is Risk.NONE) for one in lessons]),
        topic=column([topics.get(one.topic, -1) for one in lessons], torch.long),
    )


def _loss(
    network: Network,
    tokenizer: Tokenizer,
    batch: Sequence[tuple[str, Lesson]],
    topics: Mapping[str, int],
    device: str,
) -> Tensor:
    raw, asked_for = network(*_padded(tokenizer, [text for text, _ in batch], device))
    labels = _labels([lesson for _, lesson in batch], topics, device)
    urgent, told, asks = raw[:, LEVELS], raw[:, LEVELS + 1], raw[:, LEVELS + 2]
    loss = functional.cross_entropy(raw[:, :LEVELS], labels.level)
    loss = loss + functional.binary_cross_entropy_with_logits(urgent, (labels.level >= Risk.HIGH).float())
    loss = loss + 0.3 * functional.binary_cross_entropy_with_logits(told, labels.told)
    asked = functional.binary_cross_entropy_with_logits(asks, labels.asks, reduction="none")
    loss = loss + 0.3 * (asked * labels.calm).mean()
    if (labels.category >= 0).any():
        loss = loss + 0.3 * functional.cross_entropy(raw[:, LEVELS + 3 :], labels.category, ignore_index=-1)
    if (labels.topic >= 0).any():
        share = (labels.topic >= 0).float().mean()
        loss = loss + share * functional.cross_entropy(asked_for, labels.topic, ignore_index=-1)
    made: Tensor = loss
    return made


def _optimizer(
    network: Network, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    taught = [
        (name, value)
        for name, value in network.named_parameters()
        if not name.startswith(("heads", "topics"))
    ]
    # Word vectors do not decay: most batches lack most words.
    wide = [v for name, v in taught if v.ndim > 1 and not name.startswith("word")]
    others = [v for name, v in taught if v.ndim == 1 or name.startswith("word")]
    groups = [
        {"params": wide, "weight_decay": 0.01},
        {"params": others, "weight_decay": 0.0},
        {"params": [*network.heads.parameters(), *network.topics.parameters()], "lr": HEADS_RATE},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE, fused=True)
    warm = max(1, int(steps * _WARM))

    def share(step: int) -> float:
        return min(1.0, (step + 1) / warm) * max(0.02, 1 - step / steps)

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def _say(epoch: int, epochs: int, batch: int, batches: int, loss: float, seconds: float) -> None:
    print(
        f"epoch {epoch}/{epochs}  {batch}/{batches}  loss {loss:.3f}  {seconds:.0f} s",
        file=sys.stderr,
        flush=True,
    )
