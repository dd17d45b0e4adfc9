"""A vendor library in a process of its own: supervisor, worker and the frames between them."""
