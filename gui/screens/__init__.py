"""One folder a screen; ``registry`` finds them, ``screen`` is their common ground."""
