"""Parts, what spoils them, and pictures of both."""
