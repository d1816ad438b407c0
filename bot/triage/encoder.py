"""The third net, if its files are there: a small transformer that reads a text as a whole.

It is taught by ``bot/triage/teaching`` and shipped as ``encoder/``; onnxruntime runs it on one thread.
"""

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bot.language.spelling import unmasked
from bot.language.text import nfc

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

FOLDER = Path(__file__).with_name("encoder")
# Pieces of words; of a longer text the beginning and the end are read.
LONGEST = 160
_BEGIN, _END = 0, 2
logger = logging.getLogger(__name__)


def pieces_of(tokenizer: "Tokenizer", text: str) -> list[int]:
    """The numbers of a text's pieces, between the marks of its beginning and end."""
    found: list[int] = tokenizer.encode(unmasked(nfc(text).lower())).ids
    if len(found) > LONGEST - 2:
        found = found[: LONGEST // 2 - 1] + found[1 - LONGEST // 2 :]
    return [_BEGIN, *found, _END]


@dataclass(frozen=True, repr=False)
class Encoder:
    """``facts``: what it was taught on (``encoder/facts.json``)."""

    session: "InferenceSession"
    tokenizer: "Tokenizer"
    facts: dict[str, Any]

    def read(self, text: str) -> NDArray[np.float32] | None:
        """Log-odds in the order of ``ngrams.HEADS``; ``None``, and a line in the log, when it fails."""
        return self._run("odds", text)

    def topics(self, text: str) -> NDArray[np.float32] | None:
        """Log-probabilities of the topics a question may ask for, in the order of ``facts``; or ``None``."""
        return self._run("topics", text)

    def _run(self, output: str, text: str) -> NDArray[np.float32] | None:
        try:
            ids = np.array([pieces_of(self.tokenizer, text)], dtype=np.int64)
            (found,) = self.session.run([output], {"ids": ids})
        except Exception as error:
            # The other nets decide; a message must never wait for this one.
            logger.warning("the encoder failed to read a text: %s", type(error).__name__)
            return None
        row: NDArray[np.float32] = found[0]
        return row


def open_encoder(folder: Path = FOLDER) -> Encoder | None:
    """The shipped encoder, or ``None``, and a line in the log, where it cannot be loaded."""
    try:
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer

        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return Encoder(
            InferenceSession(str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]),
            Tokenizer.from_file(str(folder / "tokenizer.json")),
            json.loads((folder / "facts.json").read_text(encoding="utf-8")),
        )
    except Exception as error:
        logger.warning("triage runs without its encoder: %s", type(error).__name__)
        return None
