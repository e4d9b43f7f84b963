//! The text an EXECUTE runs, as far as the expression tells: all of it, or its shape with names and values left out.

use crate::classify::{functions, settings};
use crate::sql::{Call, Constant, Expr, Lexing, count_tokens};

/// What EXECUTE runs.
#[derive(Debug, PartialEq, Eq)]
pub enum Executed {
    /// This text.
    Text(String),
    /// A text of this shape: each mark in it stands for one quoted name or one quoted value, whatever it is.
    Template(String),
    /// Who knows.
    Unknown,
}

/// Stands for a name that `%I` or `quote_ident` makes.
const NAME: &str = "\"stockade: a name\"";
/// Stands for a value that `%L` or `quote_literal` makes.
const VALUE: &str = "'stockade: a value'";

/// Whether a mark is in a name.
pub fn is_marked(name: &str) -> bool {
    name.contains(NAME.trim_matches('"'))
}

/// What the value of this expression is, as a text to execute.
pub fn executed(expr: &Expr, lexing: Lexing) -> Executed {
    let mut template = Template { text: String::new(), names: 0, values: 0 };
    match template.add(expr) {
        Some(()) if template.names + template.values == 0 => Executed::Text(template.text),
        Some(()) if template.is_whole(lexing) => Executed::Template(template.text),
        _ => Executed::Unknown,
    }
}

struct Template {
    text: String,
    names: usize,
    values: usize,
}

impl Template {
    fn name(&mut self) -> Option<()> {
        self.names += 1;
        self.text.push_str(NAME);
        Some(())
    }

    fn value(&mut self) -> Option<()> {
        self.values += 1;
        self.text.push_str(VALUE);
        Some(())
    }

    /// Adds an expression's text; `None` where it may be any. Each part of it is taken once, so that the text is hardly
    /// longer than the expression.
    fn add(&mut self, expr: &Expr) -> Option<()> {
        match expr {
            Expr::Constant(Constant::String(text) | Constant::Number(text)) => {
                self.text.push_str(text);
                Some(())
            }
            Expr::Operator { name, left: Some(left), right }
                if &*name.name == "||" && functions::is_builtin_operator(name) =>
            {
                self.add(left)?;
                self.add(right)
            }
            // A regclass is written as a name that is quoted where it has to be.
            Expr::Cast { type_name, .. } if is_name_type(&type_name.name) => self.name(),
            Expr::Cast { arg, type_name } if is_text_type(&type_name.name) => self.add(arg),
            Expr::Call(call) if functions::is_builtin(&call.name) => self.call(call),
            _ => None,
        }
    }

    fn call(&mut self, call: &Call) -> Option<()> {
        match (&*call.name.name, call.args.as_slice()) {
            ("quote_ident", [_]) => self.name(),
            ("quote_literal" | "quote_nullable", [_]) => self.value(),
            ("concat", parts) => parts.iter().try_for_each(|part| self.add(part)),
            ("format", [format, arguments @ ..]) => self.format(settings::constant(format)?, arguments),
            _ => None,
        }
    }

    /// `format(text, arguments...)`, without widths.
    ///
    /// See <https://www.postgresql.org/docs/current/functions-string.html#FUNCTIONS-STRING-FORMAT>.
    fn format(&mut self, format: &str, arguments: &[Expr]) -> Option<()> {
        let mut next = 0;
        let mut taken = vec![false; arguments.len()];
        let mut parts = format.split('%');
        self.text.push_str(parts.next()?);
        let mut percent = false;
        for part in parts {
            if std::mem::take(&mut percent) {
                // The second of two percent signs.
                self.text.push_str(part);
                continue;
            }
            if part.is_empty() {
                self.text.push('%');
                percent = true;
                continue;
            }
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (position, rest) = part.split_at_checked(digits)?;
            let rest = if digits == 0 { rest } else { rest.strip_prefix('$')? };
            let index = if digits == 0 { next } else { position.parse::<usize>().ok()?.checked_sub(1)? };
            next = index + 1;
            let argument = arguments.get(index)?;
            let mut signs = rest.chars();
            match signs.next()? {
                'I' => self.name()?,
                'L' => self.value()?,
                's' if !std::mem::replace(taken.get_mut(index)?, true) => self.add(argument)?,
                _ => return None,
            }
            self.text.push_str(signs.as_str());
        }
        // A percent sign at the end is an error of format's.
        (!percent || format.ends_with("%%")).then_some(())
    }

    /// Whether each mark is a token of its own, so that what it stands for cannot be read as anything else: not inside
    /// another string or a comment, and not glued to a word.
    fn is_whole(&self, lexing: Lexing) -> bool {
        [(NAME, self.names), (VALUE, self.values)].into_iter().all(|(mark, count)| {
            count_tokens(&self.text, lexing, mark) == Some(count)
                && self.text.match_indices(mark).count() == count
                && self.text.match_indices(mark).all(|(at, _)| {
                    let before = self.text.get(..at).and_then(|text| text.chars().next_back());
                    let after = self.text.get(at + mark.len()..).and_then(|text| text.chars().next());
                    !before.is_some_and(glues) && !after.is_some_and(glues)
                })
        })
    }
}

fn glues(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '$' | '&' | '"' | '\'') || !sign.is_ascii()
}

fn is_text_type(name: &str) -> bool {
    matches!(name, "text" | "varchar" | "bpchar")
}

fn is_name_type(name: &str) -> bool {
    matches!(name, "regclass" | "regtype" | "regrole" | "regnamespace")
}
