"""Settings: every key of settings.toml that a desk needs, checked before it is written."""
