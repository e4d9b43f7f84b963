//! What a session remembers of its own last texts: no look-up among all sessions' texts, and no scan, for what comes
//! again at once.

use super::{Known, Pattern};
use crate::classify::TextFacts;
use crate::sql::Lexing;
use std::sync::Arc;

/// Texts remembered. A transaction that comes again and again has a few.
const TEXTS: usize = 4;

/// Where there are as many, one in so many others takes the place of the oldest: among more texts than there is room for,
/// remembering each would cost more than it saves.
const ONE_IN: u8 = 8;

/// Longer ones, in bytes, are looked up each time: connections may be many, and these texts nobody counts.
const LONGEST: usize = 1024;

/// The last texts.
#[derive(Debug, Default)]
pub(in crate::session) struct Last {
    /// How the last one was known.
    pub(super) known: Known,
    texts: Vec<Text>,
    /// The place of the one that is given up next.
    oldest: usize,
    /// How many others came since one was.
    others: u8,
}

/// A text, or its shape, and its facts.
#[derive(Debug)]
struct Text {
    pattern: Pattern,
    lexing: Lexing,
    facts: Arc<TextFacts>,
}

impl Last {
    /// The facts of a text that is one of them, or of their shapes.
    pub(super) fn facts(&self, text: &[u8], lexing: Lexing) -> Option<Arc<TextFacts>> {
        let known = self.texts.iter().find(|known| known.lexing == lexing && known.pattern.fits(text))?;
        Some(Arc::clone(&known.facts))
    }

    /// Remembers one by a pattern of a length in bytes.
    pub(super) fn keep(
        &mut self,
        text: &str,
        length: usize,
        pattern: impl FnOnce() -> Pattern,
        lexing: Lexing,
        facts: &Arc<TextFacts>,
    ) {
        self.others = self.others.saturating_add(1);
        if length > LONGEST || self.texts.len() == TEXTS && self.others < ONE_IN {
            return;
        }
        self.others = 0;
        let pattern = pattern();
        if !pattern.fits(text.as_bytes()) {
            // The other texts of its shape may be like it.
            return;
        }
        let text = Text { pattern, lexing, facts: Arc::clone(facts) };
        match self.texts.get_mut(self.oldest) {
            Some(oldest) => *oldest = text,
            None => self.texts.push(text),
        }
        self.oldest = (self.oldest + 1) % TEXTS;
    }
}
