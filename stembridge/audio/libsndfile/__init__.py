"""The home of soundfile (libsndfile): nothing else in stembridge imports it."""
