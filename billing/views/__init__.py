"""Pages and addresses of tokens and money, by what they are about."""
