"""Tags for pages of apps below this one, which may not import it."""
