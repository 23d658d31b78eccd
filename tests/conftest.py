"""What holds for every test."""

import os

# Some tests load ONNX Runtime themselves, which would report to its maker: see trivet.runtime.executors.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
