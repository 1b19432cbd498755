"""What is known of running, beside what the index says of installing."""
