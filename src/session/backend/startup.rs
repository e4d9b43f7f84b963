//! What the server says of itself and the session: its parameters, at any time; how it wants to be convinced; its cancel key.

use super::super::characters::Characters;
use super::super::expect::Expect;
use super::super::output::Output;
use super::super::{Event, Fault, Phase, Session};
use super::Fate;
use crate::policy::{Verdict, Wall, decide_wall};
use crate::wire::backend::{self, Authentication};
use crate::wire::make;
use crate::witness;
use bytes::BytesMut;

impl Session {
    pub(in crate::session) fn parameter(&mut self, body: &[u8]) -> Result<Fate, Fault> {
        let (name, value) = backend::parameter(body).map_err(|m| Fault::Upstream(m.to_string()))?;
        match name {
            b"standard_conforming_strings" => {
                let on = value == b"on";
                if on != self.lexing.standard_conforming_strings {
                    self.lexing_changed()?;
                    self.lexing.standard_conforming_strings = on;
                }
            }
            b"server_version" if self.has_witness() => {
                let digits: Vec<u8> = value.iter().copied().take_while(u8::is_ascii_digit).collect();
                let major = std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse::<u32>().ok());
                if major.is_none_or(|major| major < witness::OLDEST_SERVER / 10_000) {
                    return Err(Fault::Wall(
                        "rows are counted before a commit from PostgreSQL 15 on; an older server needs limits of \"none\" \
                         or the preset read-only"
                            .into(),
                    ));
                }
            }
            b"client_encoding" => {
                let encoding = String::from_utf8_lossy(value).into_owned();
                self.client_encoding.clone_from(&encoding);
                self.encodings_changed()?;
                let wall = decide_wall(&self.setup.policy, Wall::UnsafeEncoding(&encoding));
                if wall.verdict != Verdict::Allow {
                    self.lexing_changed()?;
                    self.unsafe_encoding = Some(encoding);
                } else {
                    self.unsafe_encoding = None;
                }
            }
            b"server_encoding" => {
                self.server_encoding = String::from_utf8_lossy(value).into_owned();
                self.encodings_changed()?;
            }
            // <https://www.postgresql.org/docs/current/hot-standby.html>; promoted, it says `off`.
            b"in_hot_standby" => self.modes.standby = value == b"on",
            b"default_transaction_read_only" if self.modes.guards() => {
                // A deferred trigger runs under a statement of ours.
                if value == b"off" && self.is_ready() {
                    self.modes.opened_by_another();
                    self.watch.opens();
                }
                if matches!(self.pending.head(), Some(Expect::Hidden { .. })) {
                    return Ok(if self.modes.hides_default() { Fate::Drop } else { Fate::Forward });
                }
                if value == b"on" && self.modes.hides_default() {
                    // The client sees what it would see without Stockade.
                    let mut bytes = BytesMut::new();
                    make::parameter_status("default_transaction_read_only", "off", &mut bytes);
                    return Ok(Fate::Replace(bytes));
                }
            }
            _ => {}
        }
        Ok(Fate::Forward)
    }

    fn encodings_changed(&mut self) -> Result<(), Fault> {
        let characters = Characters::of(&self.client_encoding, &self.server_encoding);
        if characters != self.characters {
            self.lexing_changed()?;
            self.characters = characters;
        }
        Ok(())
    }

    pub(super) fn authentication(&mut self, body: &[u8]) -> Result<Fate, Fault> {
        if !matches!(self.phase, Phase::Authenticating(_)) {
            return Err(Fault::Upstream("an authentication request outside authentication".into()));
        }
        match backend::authentication(body).map_err(|m| Fault::Upstream(m.to_string()))? {
            Authentication::Ok => self.phase = Phase::Starting,
            Authentication::SaslFinal => {}
            Authentication::Asks => self.phase = Phase::Authenticating(true),
            Authentication::Sasl(mechanisms) => {
                self.phase = Phase::Authenticating(true);
                if self.setup.binds_channel {
                    return Ok(Fate::Forward);
                }
                // TLS ends here: the channel the client could bind is not the one the server sees.
                let left: Vec<&[u8]> = mechanisms.iter().copied().filter(|m| !m.ends_with(b"-PLUS")).collect();
                self.offered_plus = left.len() < mechanisms.len();
                if self.offered_plus {
                    let mut bytes = BytesMut::new();
                    make::sasl(&left, &mut bytes);
                    return Ok(Fate::Replace(bytes));
                }
            }
        }
        Ok(Fate::Forward)
    }

    pub(super) fn key_data(&mut self, body: &[u8], out: &mut Output) -> Result<Fate, Fault> {
        let (pid, key) = backend::key_data(body).map_err(|m| Fault::Upstream(m.to_string()))?;
        // Protocol 3.0 has four bytes; later ones have room for a real secret.
        let given = if key.len() == 4 { self.setup.secret.get(..4) } else { Some(&self.setup.secret[..]) };
        let given = given.unwrap_or_default().to_vec();
        let mut bytes = BytesMut::new();
        make::key_data(pid, &given, &mut bytes);
        out.events.push(Event::KeyData { pid, key: key.to_vec(), given });
        Ok(Fate::Replace(bytes))
    }
}
