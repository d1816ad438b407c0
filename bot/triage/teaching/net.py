"""The network: six layers of a transformer, the mean over its words, and our heads.

What leaves it are log-odds in the order of ``ngrams.HEADS``, so that both models' readings can be averaged, and beside
them one raw score for each topic that a question may ask for.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.triage.ngrams import HEADS
from bot.triage.teaching.base import Base, Sizes

# Of 256: about a tenth of all values is dropped.
_DROPPED = 26
_HARMS = len(HEADS) - 5
LEVELS = 4
# Spread of the pooled mean after standardising; heads that start at zero learn nothing from the raw one.
_SPREAD = 3.0


class _Dropout(nn.Module):
    """nn.Dropout, but for eight values from each random number: on a processor drawing them was a fifth of the work."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        drawn = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device)
        kept = drawn.random_(-(2**63), None).view(torch.uint8)[: x.numel()].view(x.shape) >= _DROPPED
        return x * kept * (256 / (256 - _DROPPED))


class _Layer(nn.Module):
    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        width = sizes.width
        self.heads = sizes.heads
        self.q, self.k, self.v, self.ao = (nn.Linear(width, width) for _ in range(4))
        self.fi, self.fo = nn.Linear(width, sizes.inner), nn.Linear(sizes.inner, width)
        self.aln, self.oln = (nn.LayerNorm(width, eps=sizes.epsilon) for _ in range(2))
        self.drop = _Dropout()

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        count, length, width = x.shape
        each = width // self.heads
        q, k, v = (
            part(x).view(count, length, self.heads, each).transpose(1, 2) for part in (self.q, self.k, self.v)
        )
        seen = self.drop(((q @ k.transpose(-1, -2)) / each**0.5 + bias).softmax(-1)) @ v
        x = self.aln(x + self.drop(self.ao(seen.transpose(1, 2).reshape(count, length, width))))
        made: Tensor = self.oln(x + self.drop(self.fo(functional.gelu(self.fi(x)))))
        return made


class Network(nn.Module):
    """``forward(ids, mask)``: raw scores, one row a text: risk levels, urgent, told, asks, categories; and topics."""

    def __init__(self, sizes: Sizes, topics: int) -> None:
        super().__init__()
        self.word = nn.Embedding(sizes.rows, sizes.width)
        self.place = nn.Embedding(sizes.length, sizes.width)
        self.kind = nn.Parameter(torch.zeros(sizes.width))
        self.first = nn.LayerNorm(sizes.width, eps=sizes.epsilon)
        self.layers = nn.ModuleList(_Layer(sizes) for _ in range(sizes.layers))
        self.drop = _Dropout()
        self.heads = nn.Linear(sizes.width, LEVELS + 3 + _HARMS)
        self.topics = nn.Linear(sizes.width, topics)
        for heads in (self.heads, self.topics):
            nn.init.zeros_(heads.weight)
            nn.init.zeros_(heads.bias)
        self.register_buffer("middle", torch.zeros(sizes.width))
        self.register_buffer("spread", torch.ones(sizes.width))

    @classmethod
    def of(cls, base: Base, topics: int) -> "Network":
        """A network with the base's weights and so many topics."""
        made = cls(base.sizes, topics)
        tensors = {name: torch.tensor(value.copy()) for name, value in base.tensors.items()}
        missing, unknown = made.load_state_dict(tensors, strict=False)
        assert not unknown
        assert all(name.startswith(("heads", "topics", "middle", "spread")) for name in missing)
        return made

    def pooled(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The mean over the words of each text."""
        x = self.drop(self.first(self.word(ids) + self.place.weight[: ids.shape[1]] + self.kind))
        bias = ((1 - mask) * -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        return (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)

    @torch.no_grad()
    def standardise(self, ids: Tensor, mask: Tensor) -> None:
        """Set middle and spread from a sample of texts."""
        seen = self.pooled(ids, mask)
        self.middle.copy_(seen.mean(0))
        self.spread.copy_(seen.std(0) * _SPREAD)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        seen = self.drop((self.pooled(ids, mask) - self.middle) / self.spread)
        return self.heads(seen), self.topics(seen)


class Reader(nn.Module):
    """``forward(ids)``: log-odds in the order of ``HEADS``, and of the topics, for one text without padding."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        raw, topics = self.network(ids, torch.ones_like(ids, dtype=torch.float32))
        return as_heads(raw), topics.log_softmax(1)


def as_heads(raw: Tensor) -> Tensor:
    """Raw scores as log-odds in the order of ``HEADS``."""
    risk = raw[:, :LEVELS]
    calm, harmed = risk[:, :1], risk[:, 1:].logsumexp(1, keepdim=True)
    low, high = risk[:, :2].logsumexp(1, keepdim=True), risk[:, 2:].logsumexp(1, keepdim=True)
    urgent = ((high - low) + raw[:, LEVELS : LEVELS + 1]) / 2
    return torch.cat([urgent, risk[:, 3:] - risk[:, 2:3], harmed - calm, raw[:, LEVELS + 1 :]], dim=1)
