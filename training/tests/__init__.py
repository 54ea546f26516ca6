"""Tests of what training is made of: python3 -m unittest discover --start-directory training/tests --top-level-directory ."""
