"""How bytes reach the centre."""
