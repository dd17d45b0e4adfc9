"""Injury or disease, line by line: a card over the pages of outpatients and stays; no screen."""
