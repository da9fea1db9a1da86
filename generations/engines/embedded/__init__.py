"""The built-in painter: scenes from words by deterministic maths, without network, GPU or learnt model."""
