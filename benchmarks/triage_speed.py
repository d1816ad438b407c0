"""How long one message takes to assess on one core: p50, p99, slowest, by length, with and without the encoder.

Run from the repository's root: ``python -m benchmarks.triage_speed``.
"""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bot.triage import TriageModel, assess, warm_up
from bot.triage.training import open_model

_SENTENCES = (
    "hôm nay em đi học rồi chơi với bạn ở sân trường vui lắm.",
    "chú ấy bảo em giữ bí mật nên em không dám kể cho mẹ nghe.",
    "em hoi cach dat mat khau cho zalo va chan nguoi la.",
    "e k bik lm s nữa, bme cứ cãi nhau hoài.",
)


def measure(model: TriageModel, length: int, rounds: int = 400) -> tuple[float, float, float]:
    """Milliseconds of processor time for texts of ``length`` characters: p50, p99, slowest."""
    taken = []
    for number in range(rounds):
        text = " ".join(_SENTENCES[(number + at) % len(_SENTENCES)] for at in range(length // 40 + 1))[
            :length
        ]
        begun = time.process_time()
        assess(text, model=model)
        taken.append((time.process_time() - begun) * 1000)
    taken.sort()
    return taken[rounds // 2], taken[int(rounds * 0.99)], taken[-1]


def main() -> None:
    """Print how long fitting, loading and warming up take, then one line a length."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        model = open_model(Path(folder))
        fitted = time.perf_counter()
        model = open_model(Path(folder))
        loaded = time.perf_counter()
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    warm_up(model)
    warm = time.perf_counter()
    print(f"fit {fitted - begun:.1f} s, load {loaded - fitted:.2f} s, {size / 1e6:.1f} MB")
    print(f"warm up {warm - loaded:.2f} s")
    for name, nets in (("all nets", model), ("without the encoder", replace(model, encoder=None))):
        print(name)
        for length in (40, 200, 500, 4_000, 10_000):
            p50, p99, worst = measure(nets, length, 400 if length <= 500 else 20)
            print(f"{length:>6} characters: p50 {p50:.2f} ms, p99 {p99:.2f} ms, slowest {worst:.2f} ms")


if __name__ == "__main__":
    main()
