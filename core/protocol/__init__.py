"""What the wire says, as data: profiles, their loading, the exact codec; no I/O but files."""
