"""Every code that a finding can have; docs/doctor.md says of each when it is made."""

CODES = (
    "conflicting-answers", "constant-answer", "constant-column", "duplicate-rows", "empty-column", "id-column",
    "imbalanced-classes", "label-errors", "leaking-column", "missing-values", "mixed-units", "near-copies",
    "nearly-constant-column", "possible-id", "rare-class", "sentinel-value", "sentinel-word", "small-vault",
    "split-overlap", "strong-column", "suspicious-zero", "target-copy", "time-overlap", "torn-group",
    "unlikely-answers", "unused-text",
)  # fmt: skip
