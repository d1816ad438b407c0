"""What config.yml names."""
