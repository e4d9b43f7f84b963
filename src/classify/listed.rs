//! Lists kept as data: sections `what: reason`, each followed by indented lines of names. `#` begins a comment line.

/// Names that share what is said of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section<'a> {
    /// What is said of them, one or more words.
    pub(super) what: &'a str,
    /// Why.
    pub(super) reason: &'a str,
    /// The names.
    pub(super) names: Vec<&'a str>,
}

/// The number of a line that nobody can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {0} of the list is malformed")]
pub(super) struct Malformed(pub(super) usize);

/// A list's sections, in order.
///
/// # Errors
/// At the first line that is neither a section's head, names of a section, a comment nor empty; at a head without a
/// reason, and at one without names.
pub(super) fn sections(text: &str) -> Result<Vec<Section<'_>>, Malformed> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line)) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with(' ') {
            let section = sections.last_mut().ok_or(Malformed(number))?;
            section.names.extend(line.split_ascii_whitespace());
            continue;
        }
        if sections.last().is_some_and(|section| section.names.is_empty()) {
            return Err(Malformed(number));
        }
        let (what, reason) = line.split_once(": ").ok_or(Malformed(number))?;
        if what.trim().is_empty() || reason.trim().is_empty() {
            return Err(Malformed(number));
        }
        sections.push(Section { what, reason, names: Vec::new() });
    }
    match sections.last() {
        Some(section) if !section.names.is_empty() => Ok(sections),
        _ => Err(Malformed(text.lines().count())),
    }
}

/// What is said of names, by the whole name or by its beginning.
#[derive(Debug)]
pub(super) struct Listed<T> {
    names: std::collections::HashMap<&'static str, T>,
    beginnings: Vec<(&'static str, T)>,
}

impl<T: Copy> Listed<T> {
    /// Reads a list; `say` reads what a section says.
    ///
    /// # Errors
    /// As [`sections`]; and where `say` cannot read a section, or a name stands twice.
    pub(super) fn read(text: &'static str, say: impl Fn(&'static str) -> Option<T>) -> Result<Self, Malformed> {
        let mut listed = Self { names: std::collections::HashMap::new(), beginnings: Vec::new() };
        for section in sections(text)? {
            let at = || Malformed(text.lines().position(|line| line.starts_with(section.what)).unwrap_or(0) + 1);
            let said = say(section.what).ok_or_else(at)?;
            for name in section.names {
                match name.strip_suffix('*') {
                    Some(beginning) => listed.beginnings.push((beginning, said)),
                    None if listed.names.insert(name, said).is_some() => return Err(at()),
                    None => {}
                }
            }
        }
        Ok(listed)
    }

    /// What is said of a name: of the whole of it before its beginning.
    pub(super) fn get(&self, name: &str) -> Option<T> {
        let by_beginning = || self.beginnings.iter().find(|(beginning, _)| name.starts_with(beginning));
        self.names.get(name).copied().or_else(|| by_beginning().map(|(_, said)| *said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_list_says_where() {
        assert_eq!(sections("a: why\n    x y\n\n# no\nb c: why\n    z\n").unwrap().len(), 2);
        for (text, line) in [
            ("    x\n", 1),
            ("a why\n    x\n", 1),
            ("a: \n    x\n", 1),
            ("a: why\nb: why\n    x\n", 2),
            ("a: why\n    x\nb: why\n", 3),
            ("", 0),
        ] {
            assert_eq!(sections(text).unwrap_err(), Malformed(line), "{text}");
        }
    }

    #[test]
    fn a_whole_name_counts_before_a_beginning() {
        let text = "1: all of them\n    a_*\n2: but this one\n    a_b\n";
        let listed = Listed::read(text, |what| what.parse::<u8>().ok()).unwrap();
        assert_eq!((listed.get("a_b"), listed.get("a_c"), listed.get("b")), (Some(2), Some(1), None));
        assert!(Listed::read("x: not a number\n    a\n", |what| what.parse::<u8>().ok()).is_err());
        assert!(Listed::read("1: twice\n    a a\n", |what| what.parse::<u8>().ok()).is_err());
    }
}
