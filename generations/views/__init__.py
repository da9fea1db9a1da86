"""Pages and files: what a browser asks for."""
