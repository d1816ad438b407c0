"""The dialogue engine: Rasa embedded behind a small web application on a Unix socket."""
