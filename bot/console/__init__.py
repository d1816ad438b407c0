"""The counsellors' web application: queue, takeover, closing. Alone sees the web framework."""
