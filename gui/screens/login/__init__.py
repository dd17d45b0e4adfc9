"""Log-in: who works at this desk; the first start makes the first operator."""
