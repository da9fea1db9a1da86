"""Pictures as bytes and arrays, from the received file to the finished one. No database, no settings."""
