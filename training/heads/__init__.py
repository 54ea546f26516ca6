"""The frozen image tower and what is trained on top of both towers."""
