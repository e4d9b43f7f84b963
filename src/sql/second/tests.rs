//! The second reader by itself.
