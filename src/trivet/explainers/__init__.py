"""Why a model answers so: one explainer each, found by its name."""
