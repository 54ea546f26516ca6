"""How the built-in model bundle `models/pocket` was made. Start with `python -m training.model`; README.md says more."""
