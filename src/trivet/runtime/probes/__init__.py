"""The probes: what can be measured of a file, a fixed list, each with its unit and how it measures."""

from .cold_start import ColdStart
from .latency import Latency
from .memory import Memory
from .probe import Probe
from .throughput import Throughput

PROBES: dict[str, type[Probe]] = {
    "cold-start": ColdStart,
    "latency": Latency,
    "memory": Memory,
    "throughput": Throughput,
}
