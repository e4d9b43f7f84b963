//! Text to our own small intermediate representation. The only user of pg_query.
