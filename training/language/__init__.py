"""What is said about pictures, and the text tower that hears it."""
