"""How large the parts of a table are: for those who split tables, and who tell how many rows a proof takes."""

PARTS = ("fit", "tune", "choose", "vault")

STEPS: tuple[tuple[int, tuple[float, float, float, float]], ...] = (
    (0, (0.44, 0.12, 0.16, 0.28)),
    (600, (0.42, 0.10, 0.18, 0.30)),
    (10_000, (0.56, 0.10, 0.14, 0.20)),
)
"""(rows from which on, shares of the parts), the smallest tables first."""


def usual_shares(n_rows: int) -> tuple[float, float, float, float]:
    """The shares of fit, tune, choose and vault for a table of this size.

    A verdict is as good as the vault is large.  At 2,000 rows and a room of 0.04 in AUROC, 30 % instead of 20 % raise
    the chance of a proof from .62 to .79, at 8,000 rows and a room of 0.02 from .70 to .92, and cost .0003 of AUROC;
    from 10,000 rows on 20 % prove most limits to about a point.  Below 600 rows a model needs every row it can get.
    The rows that compare are fitted on in the end (`engine/refit.py`), so they cost little, and with a tenth of a small
    table a search is taken in by its own luck (bench/aim.py).
    """
    return next(shares for start, shares in reversed(STEPS) if n_rows >= start)
