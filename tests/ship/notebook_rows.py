"""Rows and a fast recipe for tests of the Python call."""

from sklearn.datasets import load_breast_cancer

FAST = ("prepare-table", "fit-linear", "fit-temperature")


def cancer(n: int = 569) -> dict[str, list]:
    """The columns of the first n tumours, and what each was."""
    bunch = load_breast_cancer()
    columns = {name.replace(" ", "_"): bunch.data[:n, at].tolist() for at, name in enumerate(bunch.feature_names[:6])}
    return {**columns, "diagnosis": [str(bunch.target_names[y]) for y in bunch.target[:n]]}
