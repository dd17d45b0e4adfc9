"""The simulated platform of family GD: the same kind of machine behind HTTP and XML."""
