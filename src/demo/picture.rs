//! The README's picture: the demo's coloured lines as an SVG, so that it shows what the program really prints.

use std::fmt::Write;

const FONT: f64 = 13.0;
const ADVANCE: f64 = 7.83;
const LINE: f64 = 18.0;
const MARGIN: f64 = 18.0;
const BAR: f64 = 34.0;

/// Draws text with the ANSI colours that [`super::screen::Screen`] writes as a terminal's window. Other escape
/// sequences are left out.
pub fn svg(text: &str) -> String {
    let lines: Vec<Vec<Run>> = text.trim_matches('\n').lines().map(runs).collect();
    let columns = lines.iter().map(|line| line.iter().map(|run| run.text.chars().count()).sum::<usize>()).max();
    let width = columns.unwrap_or(0) as f64 * ADVANCE + 2.0 * MARGIN;
    let height = BAR + lines.len() as f64 * LINE + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"stockade demo\">\n\
         <style>text{{font:{FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;\
         fill:#d7dce2;white-space:pre}}.g{{fill:#5fd38d}}.r{{fill:#ff7b72}}.y{{fill:#e3b341}}.d{{fill:#8b949e}}\
         .b{{font-weight:bold;fill:#fff}}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"#12161c\"/>\n"
    );
    for (x, colour) in [(20, "#ff5f57"), (40, "#febc2e"), (60, "#28c840")] {
        svg.push_str(&format!("<circle cx=\"{x}\" cy=\"18\" r=\"6\" fill=\"{colour}\"/>\n"));
    }
    for (number, line) in lines.iter().enumerate() {
        let y = BAR + (number + 1) as f64 * LINE - 5.0;
        let mut column = 0;
        for run in line {
            let length = run.text.chars().count();
            if !run.text.trim().is_empty() {
                let x = MARGIN + column as f64 * ADVANCE;
                // Writing to a String cannot fail. textLength keeps the columns straight in any font.
                writeln!(
                    svg,
                    "<text x=\"{x:.1}\" y=\"{y:.1}\"{} textLength=\"{:.1}\" xml:space=\"preserve\">{}</text>",
                    run.class(),
                    length as f64 * ADVANCE,
                    escaped(&run.text)
                )
                .ok();
            }
            column += length;
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Characters in one colour.
struct Run {
    code: String,
    text: String,
}

impl Run {
    fn class(&self) -> &'static str {
        match self.code.as_str() {
            "32" => " class=\"g\"",
            "31" => " class=\"r\"",
            "33" => " class=\"y\"",
            "2" => " class=\"d\"",
            "1" => " class=\"b\"",
            _ => "",
        }
    }
}

fn runs(line: &str) -> Vec<Run> {
    let mut parts = line.split("\x1b[");
    let first = Run { code: String::new(), text: parts.next().unwrap_or_default().to_owned() };
    let rest = parts.map(|part| {
        let (code, text) = part.split_once('m').unwrap_or(("", part));
        Run { code: code.to_owned(), text: text.to_owned() }
    });
    std::iter::once(first).chain(rest).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
