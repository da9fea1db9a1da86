"""What `make run` starts: a private PostgreSQL and Valkey, and all of our processes."""
