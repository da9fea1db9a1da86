"""What we tell a customer's server: events, the endpoints that ask for them, deliveries and their attempts."""
