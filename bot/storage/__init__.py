"""Tables, engine and migrations; the only place that makes a database engine."""
