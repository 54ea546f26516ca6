"""Trained heads and towers as the graphs and files of a bundle."""
