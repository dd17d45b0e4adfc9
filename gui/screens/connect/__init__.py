"""医院接口: the ways to the hospital, what each would hand over, and what is still to be told."""
