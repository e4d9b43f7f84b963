//! A text, or the texts of a shape, to hold others against.

use super::shape::{NUMBER, STRING, Shape, number, string};

/// A shape to hold texts against: all that fit are of that shape. A few texts of it may not fit, which are scanned.
///
/// The scanner goes from token to token, and of a literal it keeps the kind alone; so what is the same up to a literal,
/// and has a literal of the same kind there, is read on in the same way behind it.
#[derive(Debug)]
pub(super) struct Pattern {
    /// Its key.
    key: Box<[u8]>,
    /// Where literals' kinds stand in the key.
    literals: Box<[u32]>,
}

impl Pattern {
    /// Of a shape.
    pub(super) fn of(shape: Shape) -> Self {
        let key = shape.key.into_bytes().into_boxed_slice();
        // No other byte of a key is one of these.
        let marks = (0..).zip(&key).filter(|(_, byte)| (NUMBER..=STRING).contains(byte)).map(|(at, _)| at).collect();
        Self { key, literals: marks }
    }

    /// That fits a text alone.
    pub(super) fn exactly(text: &str) -> Self {
        Self { key: text.as_bytes().into(), literals: Box::default() }
    }

    /// Whether a text fits, byte by byte; what fits is valid UTF-8.
    pub(super) fn fits(&self, text: &[u8]) -> bool {
        self.rest_behind_literals(text).is_some_and(|(text, key)| text == key)
    }

    /// What stands behind the last literal, of a text and of the key, where all before it fits.
    fn rest_behind_literals<'a>(&'a self, mut text: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let mut from = 0;
        for mark in &self.literals {
            let mark = *mark as usize;
            text = text.strip_prefix(self.key.get(from..mark)?)?;
            let end = match (self.key.get(mark)?, text.first()?) {
                (&STRING, b'\'') => string(text, 0).filter(|end| text.get(..*end).is_some_and(<[u8]>::is_ascii))?,
                (wanted, b'0'..=b'9') => number(text, 0).filter(|(_, kind)| kind == wanted)?.0,
                _ => return None,
            };
            text = text.get(end..)?;
            from = mark + 1;
        }
        Some((text, self.key.get(from..)?))
    }
}
