"""Self-check: is everything there that a desk needs to work today?"""
