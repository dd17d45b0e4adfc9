"""A simulated centre that keeps books, prices by rule and misbehaves on request."""
