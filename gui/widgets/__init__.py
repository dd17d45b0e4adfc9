"""The desk's own widgets; each in its module, imported from there so that nothing loads early."""
