"""What we stand on sends nothing either (promise 10): ONNX Runtime reports to its maker unless it is told not to."""

import os
import subprocess
import sys

from trivet.testing.sample_files import sample_files

CODE = """
import os, sys, time
from trivet.runtime.specialist import Specialist
model = Specialist.load(sys.argv[1])
model.predict({"age": 41.0, "smokes": True, "ward": "east", "seen": "2026-01-01", "remark": "feels better"})
seen = set()
for _ in range(100):
    for name in os.listdir("/proc/self/fd"):
        try:
            seen.add(os.readlink("/proc/self/fd/" + name).partition(":")[0])
        except OSError:
            pass
    time.sleep(0.005)
print(os.environ.get("ORT_DISABLE_TELEMETRY"), "onnxruntime" in sys.modules, seen & {"socket", "anon_inode"})
"""


def test_a_process_that_answers_opens_no_socket(tmp_path):
    path = tmp_path / "model.trivet"
    path.write_bytes(sample_files()["trees"])
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "CI"))}
    ended = subprocess.run(
        [sys.executable, "-c", CODE, str(path)], env=bare, capture_output=True, text=True, check=True
    )
    assert ended.stdout.split(maxsplit=2) == ["1", "True", "set()\n"]
