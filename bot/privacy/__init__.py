"""Pseudonyms, keys and sealing, redaction, erasure: what keeps a person's words theirs."""
