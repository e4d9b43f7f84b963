//! Who is connected: from what a startup packet and a socket say to the policy that holds.

use super::{Kind, Mode, Pattern, Policy, Preset};
use ipnet::IpNet;
use std::cmp::Reverse;
use std::net::IpAddr;
use std::sync::Arc;

/// What is known of a client when its startup packet has been read.
#[derive(Debug, Clone, Copy)]
pub struct Who<'a> {
    /// The `user` parameter.
    pub user: &'a str,
    /// The `database` parameter; empty where the packet names none, which the server reads as the user's name.
    pub database: &'a str,
    /// The client's address; `None` on a Unix socket.
    pub client: Option<IpAddr>,
}

/// Whom a principal's entry means. An absent key means everyone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matcher {
    /// The user's name.
    pub user: Option<Pattern>,
    /// The database's name.
    pub database: Option<Pattern>,
    /// The network the client's address lies in. A client on a Unix socket lies in none.
    pub network: Option<IpNet>,
}

impl Matcher {
    /// Whether the client is one of those meant.
    pub fn matches(&self, who: &Who<'_>) -> bool {
        let user = server_name(who.user);
        let database = if who.database.is_empty() { user } else { server_name(who.database) };
        self.user.as_ref().is_none_or(|pattern| pattern.matches(user))
            && self.database.as_ref().is_none_or(|pattern| pattern.matches(database))
            && self
                .network
                .is_none_or(|network| who.client.is_some_and(|address| network.contains(&address.to_canonical())))
    }

    /// How closely it describes its clients: exact keys first, then the number of narrowing ones. A single host is an
    /// exact network; `*` and an empty prefix narrow nothing.
    pub fn specificity(&self) -> Specificity {
        let names = [&self.user, &self.database].into_iter().flatten();
        let mut it = Specificity { exact: 0, narrowing: 0 };
        for pattern in names {
            it.exact += usize::from(pattern.is_exact());
            it.narrowing += usize::from(!pattern.is_exact() && !pattern.is_any());
        }
        if let Some(network) = self.network {
            let host = network.prefix_len() == network.max_prefix_len();
            it.exact += usize::from(host);
            it.narrowing += usize::from(!host && network.prefix_len() > 0);
        }
        it
    }

    /// Whether some client could be meant by both.
    pub fn overlaps(&self, other: &Matcher) -> bool {
        let names = |left: &Option<Pattern>, right: &Option<Pattern>| match (left, right) {
            (Some(left), Some(right)) => left.overlaps(right),
            _ => true,
        };
        let networks = match (&self.network, &other.network) {
            (Some(left), Some(right)) => left.contains(right) || right.contains(left),
            _ => true,
        };
        names(&self.user, &other.user) && names(&self.database, &other.database) && networks
    }
}

/// How closely a [`Matcher`] describes its clients; the greater wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Specificity {
    exact: usize,
    narrowing: usize,
}

/// A principal: whom it means, and the policy it is under.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Whom it means.
    pub matcher: Matcher,
    /// The policy, which also has the principal's name.
    pub policy: Arc<Policy>,
}

/// All principals, and the one for whoever is none of them.
#[derive(Debug, Clone)]
pub struct Principals {
    list: Vec<Principal>,
    fallback: Arc<Policy>,
}

/// The name of whoever matches no principal.
pub const DEFAULT_PRINCIPAL: &str = "default";

impl Principals {
    /// The principals given, and the policy for everyone else.
    pub fn new(list: Vec<Principal>, fallback: Arc<Policy>) -> Self {
        Self { list, fallback }
    }

    /// Every client is an agent named `default` under the preset.
    pub fn single(preset: Preset) -> Self {
        Self::new(Vec::new(), Arc::new(Policy::new(DEFAULT_PRINCIPAL, Kind::Agent, preset)))
    }

    /// With each policy made anew.
    #[must_use]
    pub fn map(mut self, change: impl Fn(Policy) -> Policy) -> Self {
        let anew = |policy: &Arc<Policy>| Arc::new(change(Policy::clone(policy)));
        for principal in &mut self.list {
            principal.policy = anew(&principal.policy);
        }
        self.fallback = anew(&self.fallback);
        self
    }

    /// The policy the client is under: the most specific match, whatever the order. Between equally specific ones the
    /// stricter preset holds (configuration refuses that case where it can see it).
    pub fn resolve(&self, who: &Who<'_>) -> Arc<Policy> {
        self.list
            .iter()
            .filter(|principal| principal.matcher.matches(who))
            .max_by_key(|principal| {
                let policy = &principal.policy;
                let strictness = (policy.preset(), policy.mode() == Mode::Enforce, policy.rules().len());
                (principal.matcher.specificity(), strictness, Reverse(policy.principal().to_owned()))
            })
            .map_or_else(|| self.fallback.clone(), |principal| principal.policy.clone())
    }

    /// The policy of the principal of that name, `default` included.
    pub fn named(&self, name: &str) -> Option<Arc<Policy>> {
        self.policies().find(|policy| policy.principal() == name).cloned()
    }

    /// Every policy, the one for everyone else last: the closed set of principals' names for metrics.
    pub fn policies(&self) -> impl Iterator<Item = &Arc<Policy>> {
        self.list.iter().map(|principal| &principal.policy).chain(std::iter::once(&self.fallback))
    }

    /// The principals of the file, in its order.
    pub fn list(&self) -> &[Principal] {
        &self.list
    }
}

/// A user's or database's name as the server will understand it: cut to 63 bytes, as `ProcessStartupPacket`
/// (`src/backend/tcop/backend_startup.c`) does without a word. Judging the longer name would let `backup` escape a pattern.
pub(super) fn server_name(name: &str) -> &str {
    const NAME_BYTES: usize = 63;
    let mut end = name.len().min(NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or(name)
}
