"""The hospital's database read by named queries, and told by statements switched on apart."""
