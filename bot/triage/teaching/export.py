"""From the taught network to the file the service reads: ONNX, whole numbers of eight bits."""

import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from bot.triage.teaching.net import Network, Reader


def write_onnx(network: Network, path: Path) -> None:
    """Write ``ids`` (1, words) -> ``odds`` (1, heads), ``topics`` (1, topics); weights and word vectors as int8."""
    reader = Reader(network).eval()
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            reader,
            (torch.tensor([[0, 5, 6, 7, 2]]),),
            str(whole),
            input_names=["ids"],
            output_names=["odds", "topics"],
            dynamic_axes={"ids": {1: "words"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            whole,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"],
        )
