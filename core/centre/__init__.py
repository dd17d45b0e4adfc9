"""Families of centres: pure translation between business steps and messages."""
