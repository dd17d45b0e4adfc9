"""What the wire says, as data: profiles, their loading, and the exact codec. Pure, no I/O but files."""
