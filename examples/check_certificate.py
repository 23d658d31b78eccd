"""python check_certificate.py FILE, without trivet: ends with 0: all verdicts agree, 1: one does not, 2: damaged."""

import json
import struct
import sys
from hashlib import sha256

import numpy as np
from scipy.stats import beta


def opened(data: bytes) -> tuple[dict, dict]:  # what the file claims, and its evidence; layout: docs/format.md
    names, starts, sizes = zip(*(struct.unpack_from("<16sQQ", data, 24 + 32 * row) for row in range(4)))
    ends = [start + size + -size % 8 for start, size in zip(starts, sizes)]
    manifest, digests, arrays, evidence = (data[start : start + size] for start, size in zip(starts, sizes))
    tail = sha256(struct.pack("<IQ", 1, len(manifest)) + manifest + digests).digest() + sha256(evidence).digest()
    whole = data[:24] == struct.pack("<8sIIQ", b"\x89trivet\n", 1, 4, len(data))
    whole &= b"".join(names) == struct.pack("16s16s16s16s", b"manifest", b"digests", b"arrays", b"evidence")
    whole &= [*starts, len(data) - 96] == [152, *ends] and data[-96:] == tail + sha256(data[:152] + tail).digest()
    whole &= not any(any(data[start + size : end]) for start, size, end in zip(starts, sizes, ends))
    claims, at = json.loads(manifest if whole else "altered"), 0
    parts = [claims["parts"][slot] for slot in sorted(claims["parts"])]
    while parts:
        own, parts = parts[0]["arrays"], parts[0]["children"] + parts[1:]
        for dtype, shape in (own[name] for name in sorted(own)):
            end = at + (size := np.dtype(dtype).itemsize * int(np.prod(shape))) + -size % 8
            whole &= sha256(arrays[at : at + size]).digest() == digests[:32] and not any(arrays[at + size : end])
            at, digests = end, digests[32:]
    return claims["user"], json.loads(evidence if whole and at == len(arrays) and not digests else "altered")


def agrees(limit: dict, said: dict, alpha: float, n_bytes: int, body: dict) -> bool:  # alpha: error of either end
    reading, how = said["reading"], "its interval as stated"
    like = body.get(limit["gauge"], reading)  # of the same rows at 95 %, which the body digest covers
    low, high = (far if reading[end] is None else reading[end] for end, far in (("low", -np.inf), ("high", np.inf)))
    stated = reading["sure"], low, high
    if reading["how"] == "Clopper-Pearson":
        n, k, how = reading["trials"], round(reading["value"] * reading["trials"]), "recomputed from its counts"
        low, high = beta.ppf(alpha, k, n - k + 1) if k else 0, beta.ppf(1 - alpha, k + 1, n - k) if k < n else 1
    elif reading["gauge"] == "size":
        low, high, how = n_bytes, n_bytes, "recomputed from the bytes"
    kept = [end >= limit["bound"] if limit["must"] == ">=" else end <= limit["bound"] for end in (low, high)]
    is_broken = reading["value"] is None or not (any(kept) or reading["contended"])
    verdict = "BROKEN" if is_broken else "HOLDS" if all(kept) and not like["approximate"] else "UNPROVEN"
    is_same = verdict == said["verdict"] and np.allclose(stated, (1 - 2 * alpha, low, high), rtol=1e-9, atol=1e-9)
    is_same &= limit["gauge"] == reading["gauge"] and all(like[key] == reading[key] for key in ("value", "how", "n"))
    print(f"{said['limit']}: {said['verdict']}; {how}: {verdict} [{low:.6g}, {high:.6g}]", "ok" if is_same else "WRONG")
    return is_same


if __name__ == "__main__":
    try:
        claims, evidence = opened(data := np.fromfile(sys.argv[1], np.uint8).tobytes())
    except (ValueError, KeyError, TypeError, struct.error) as error:
        sys.exit(print(f"damaged: {error}") or 2)
    share = 6 / (np.pi * evidence["look"]["build"]) ** 2 * (0.90, 0.05, 0.05)[evidence["look"]["finalist"] - 1]
    body = {one["gauge"]: one for one in claims["readings"]}
    pairs = zip(claims["limits"], evidence["verdicts"], strict=True)
    checks = [agrees(limit, said, (1 - limit["sure"]) * share, len(data), body) for limit, said in pairs]
    sys.exit(not all(checks))
