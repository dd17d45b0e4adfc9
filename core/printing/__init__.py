"""Looking at print queues and their jobs: whether paper really came out. No Qt, no drawing."""
