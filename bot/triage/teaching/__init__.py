"""Teaches the encoder. Needs the packages of requirements-training.lock; the running service never comes here."""
