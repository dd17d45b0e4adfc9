"""Forms as data: a list of field specs becomes editors, values,
and faults shown at their fields."""
