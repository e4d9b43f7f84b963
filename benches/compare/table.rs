//! What was measured, and how it is shown.

use std::fmt::Write;

/// One measurement of one peer.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// A time, mostly.
    pub value: f64,
    /// What the peer's own processes used of the processor; of the direct connection nothing.
    pub processor: Option<f64>,
}

/// The measurements of one kind, by peer and round.
pub struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<(&'static str, Vec<Sample>)>,
    /// Whose processor time the others' is divided by.
    beside: &'static str,
}

impl Table {
    pub fn new(title: &str, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Self { title: title.to_owned(), columns, rows: Vec::new(), beside: "relay" }
    }

    /// The same with processor time beside that of this peer.
    pub fn beside(self, peer: &'static str) -> Self {
        Self { beside: peer, ..self }
    }

    pub fn add(&mut self, peer: &'static str, round: usize, sample: Sample) {
        let row = match self.rows.iter().position(|(name, _)| *name == peer) {
            Some(row) => row,
            None => {
                self.rows.push((peer, Vec::new()));
                self.rows.len() - 1
            }
        };
        assert_eq!(self.rows[row].1.len(), round, "one sample a round");
        self.rows[row].1.push(sample);
    }

    /// The table in Markdown; with ratios to the direct connection, or without.
    pub fn markdown(&self, with_ratios: bool) -> String {
        let mut text = format!("### {}\n\n| |", self.title);
        let mut columns = self.columns.clone();
        if with_ratios {
            columns.insert(1, "added".to_owned());
            columns.extend(["x direct".to_owned(), format!("CPU x {}", self.beside)]);
        }
        for column in &columns {
            write!(text, " {column} |").expect("memory");
        }
        text.push_str("\n|---|");
        text.push_str(&"---:|".repeat(columns.len()));
        text.push('\n');
        let of = |name: &str| self.rows.iter().find(|(peer, _)| *peer == name).map(|(_, samples)| samples);
        let over = |samples: &[Sample], others: Option<&Vec<Sample>>, by: fn(&Sample, &Sample) -> Option<f64>| {
            let pairs = samples.iter().zip(others.into_iter().flatten());
            let values: Vec<f64> = pairs.filter_map(|(sample, other)| by(sample, other)).collect();
            if values.is_empty() { "-".to_owned() } else { shown(median(values)) }
        };
        for (name, samples) in &self.rows {
            write!(text, "| {name} | {} |", shown(median(samples.iter().map(|s| s.value).collect()))).expect("memory");
            if with_ratios {
                let added = over(samples, of("direct"), |sample, direct| Some(sample.value - direct.value));
                let used: Vec<f64> = samples.iter().filter_map(|sample| sample.processor).collect();
                let used = if *name == "direct" || used.is_empty() { "-".to_owned() } else { shown(median(used)) };
                let direct = over(samples, of("direct"), |sample, direct| Some(sample.value / direct.value));
                let relay = over(samples, of(self.beside), |sample, relay| Some(sample.processor? / relay.processor?));
                let relay = if *name == "direct" { "-".to_owned() } else { relay };
                write!(text, " {added} | {used} | {direct} | {relay} |").expect("memory");
            }
            text.push('\n');
        }
        text
    }
}

fn shown(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
