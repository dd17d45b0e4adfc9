"""查询: what the centre has, beside what we have, and why a line is not paid."""
