//! The policy: what may be done, by whom. [`decide`] is the one place that decides; it is pure and total.

mod account;
mod budget;
mod code;
mod decide;
mod limits;
mod pattern;
mod permit;
mod preset;
mod principals;
mod rule;
mod timeouts;
mod wall;
mod words;

#[cfg(test)]
mod tests;

pub use crate::classify::{Code, EffectKind, EffectSet, Relation};
pub use account::{Account, Accounts, Anchor, Cause, Kept, Reservation, SuspendAfter, Suspension};
pub use budget::{Budget, OverBudget};
pub use code::{FunctionName, WritingFunctions, as_write};
pub use decide::decide;
pub use limits::{Limits, TableLimits};
pub use pattern::{Pattern, TablePattern, UNKNOWN_CHARACTERS};
pub use permit::{Judged, Permitted, Refused};
pub use preset::{GROUPS, Preset, effects_named, table, writes as changes};
pub use principals::{DEFAULT_PRINCIPAL, Matcher, Principal, Principals, Specificity, Who};
pub use rule::Rule;
pub use timeouts::{Timeouts, is_weaker};
pub use wall::{Wall, decide_wall, is_unsafe_encoding};

use crate::classify::{Classification, Effect};
use std::fmt;
use std::sync::Arc;

/// The three verdicts; the strictest (greatest) wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Forward it.
    Allow,
    /// A person has to approve it first.
    Hold,
    /// Refuse it.
    Reject,
}

impl Verdict {
    /// Every verdict, mildest first.
    pub const ALL: [Verdict; 3] = [Self::Allow, Self::Hold, Self::Reject];

    /// The name used in configuration, metrics, logs and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Hold => "hold",
            Self::Reject => "reject",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What kind of client a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A language model's program: nobody reads each statement before it runs.
    Agent,
    /// A person at a keyboard.
    Human,
    /// A program people wrote and reviewed.
    Service,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 3] = [Self::Agent, Self::Human, Self::Service];

    /// The name used in configuration and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Human => "human",
            Self::Service => "service",
        }
    }
}

/// Whether refusals are carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// They are.
    Enforce,
    /// They are judged and recorded only: everything is forwarded.
    Shadow,
}

impl Mode {
    /// Both modes.
    pub const ALL: [Mode; 2] = [Self::Enforce, Self::Shadow];

    /// The name used in configuration, metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Shadow => "shadow",
        }
    }
}

/// What is true at the moment of a decision, apart from statement and policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Context {
    /// The record of decisions cannot be written, and the configuration says to refuse writes then
    /// (`on_failure = "reject"`; with `"allow"` the caller leaves this `false`).
    pub audit_failing: bool,
    /// The principal's writes are suspended ([`Account::suspension`]).
    pub suspended: Option<Suspension>,
}

/// The default limit of a statement's text, in bytes.
pub const MAX_STATEMENT_BYTES: usize = 16 * 1024 * 1024;

/// No limit of ours: what is never read needs none.
const UNREAD: usize = u32::MAX as usize;

/// One principal's resolved policy. Immutable; shared by its connections.
#[derive(Debug, Clone)]
pub struct Policy {
    principal: Arc<str>,
    kind: Kind,
    preset: Preset,
    mode: Mode,
    rules: Vec<Rule>,
    max_statement_bytes: usize,
    protected_databases: Vec<Pattern>,
    exact_database: Option<Box<str>>,
    preset_rule: Arc<str>,
    limits: Limits,
    functions: WritingFunctions,
    timeouts: Timeouts,
    suspend_after: Option<SuspendAfter>,
    /// Whether any statement that writes can be forwarded: asked of every statement, and the same for all.
    may_write: bool,
}

impl Policy {
    /// A principal under a preset: enforcing, without rules, with the default limits and timeouts. Names with `backup` in
    /// them are protected databases. Refusals do not suspend it: see [`Policy::with_suspend_after`].
    pub fn new(principal: &str, kind: Kind, preset: Preset) -> Self {
        let policy = Self {
            principal: principal.into(),
            kind,
            preset,
            mode: Mode::Enforce,
            rules: Vec::new(),
            max_statement_bytes: match preset {
                // The text is never read, so it needs no limit of ours; the server has its own.
                Preset::Trusted => UNREAD,
                Preset::Migrator | Preset::AppWriter | Preset::ReadOnly => MAX_STATEMENT_BYTES,
            },
            protected_databases: vec![Pattern::new("*backup*")],
            exact_database: None,
            preset_rule: format!("preset:{preset}").into(),
            timeouts: if kind == Kind::Agent { Timeouts::AGENTS } else { Timeouts::NONE },
            suspend_after: None,
            limits: Limits::of(preset, kind),
            functions: WritingFunctions::of(preset),
            may_write: false,
        };
        policy.settled()
    }

    /// With what follows from the rest.
    fn settled(mut self) -> Self {
        self.may_write = !self.enforces()
            || EffectKind::ALL.into_iter().any(|kind| preset::writes(kind) && self.verdict(kind) == Verdict::Allow);
        self
    }

    /// With these limits instead of the preset's.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        if !self.is_uncounted() {
            // Its texts are read, whatever the preset: none may be endless.
            if self.max_statement_bytes == UNREAD {
                self.max_statement_bytes = MAX_STATEMENT_BYTES;
            }
        }
        self
    }

    /// With this mode.
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self.settled()
    }

    /// With those of these rules that are for this principal and can change anything. Their order does not matter.
    #[must_use]
    pub fn with_rules<'a>(mut self, rules: impl IntoIterator<Item = &'a Rule>) -> Self {
        let mine = |rule: &&Rule| rule.is_for(&self.principal) && rule.verdict != Verdict::Allow;
        self.rules = rules.into_iter().filter(mine).cloned().collect();
        self.rules.sort_by(|left, right| left.id.cmp(&right.id));
        self.settled()
    }

    /// With this limit of a statement's text, in bytes.
    #[must_use]
    pub fn with_max_statement_bytes(mut self, bytes: usize) -> Self {
        self.max_statement_bytes = bytes;
        self
    }

    /// With these databases closed to agents, save the one (`exact`) the principal's own entry names in full.
    #[must_use]
    pub fn with_databases(mut self, protected: Vec<Pattern>, exact: Option<&str>) -> Self {
        self.protected_databases = protected;
        self.exact_database = exact.map(Into::into);
        self
    }

    /// With these timeouts.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Suspended after that many refusals.
    #[must_use]
    pub fn with_suspend_after(mut self, after: Option<SuspendAfter>) -> Self {
        self.suspend_after = after;
        self
    }

    /// The principal's name.
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The principal's name, to be kept.
    pub fn principal_name(&self) -> Arc<str> {
        self.principal.clone()
    }

    /// What kind of client it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The preset it starts from.
    pub fn preset(&self) -> Preset {
        self.preset
    }

    /// Whether refusals are carried out.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The rules for this principal, by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The longest text it may send, in bytes.
    pub fn max_statement_bytes(&self) -> usize {
        self.max_statement_bytes
    }

    /// The databases closed to agents.
    pub fn protected_databases(&self) -> &[Pattern] {
        &self.protected_databases
    }

    /// The rule name of the preset: `preset:app-writer`.
    pub fn preset_rule(&self) -> &Arc<str> {
        &self.preset_rule
    }

    /// Whether refusals are carried out.
    pub fn enforces(&self) -> bool {
        self.mode == Mode::Enforce
    }

    /// The strictest verdict an effect of this kind meets whatever its relation: the preset's, or an unrestricted rule's.
    pub fn verdict(&self, kind: EffectKind) -> Verdict {
        self.rules
            .iter()
            .filter(|rule| rule.tables.is_none() && rule.effects.contains(kind))
            .map(|rule| rule.verdict)
            .fold(self.preset.verdict(kind), Verdict::max)
    }

    /// Whether any statement that writes can be forwarded.
    pub fn may_write(&self) -> bool {
        self.may_write
    }

    /// Whether nothing can ever be refused: the client cannot tell Stockade from a direct connection.
    pub fn is_transparent(&self) -> bool {
        self.is_uncounted() && self.enforces() && self.rules.is_empty()
    }

    /// Whether it is trusted without any limit.
    fn is_uncounted(&self) -> bool {
        self.preset == Preset::Trusted && self.limits.is_none()
    }

    /// Whether it may do everything that the witness can count, up to its limits.
    pub fn is_counted_trust(&self) -> bool {
        self.preset == Preset::Trusted && self.witnesses()
    }

    /// Whether the upstream session is opened with `default_transaction_read_only=on`: every one that is judged, by its
    /// texts or by what it did.
    pub fn opens_read_only(&self) -> bool {
        !self.is_uncounted() && self.enforces()
    }

    /// How much it may change.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether its writes are witnessed before they commit: in a session that is read-only by default, where there is
    /// any limit.
    pub fn witnesses(&self) -> bool {
        self.opens_read_only() && self.may_write() && !self.limits.is_none()
    }

    /// The timeouts its upstream sessions are opened with.
    pub fn timeouts(&self) -> Timeouts {
        if self.opens_read_only() { self.timeouts } else { Timeouts::NONE }
    }

    /// How many refusals suspend it; `None` where none do.
    pub fn suspend_after(&self) -> Option<SuspendAfter> {
        self.suspend_after.filter(|_| self.can_be_suspended())
    }

    /// Whether suspending it would have an effect: a trusted principal's statements and a shadow's are not refused.
    pub fn can_be_suspended(&self) -> bool {
        self.enforces() && self.preset != Preset::Trusted
    }

    fn exact_database(&self) -> Option<&str> {
        self.exact_database.as_deref()
    }
}

/// What is sent in place of a message that is nothing but `SET statement_timeout = 0` or its like, where the principal
/// has such a limit. pg_dump, the dumps it writes and migration tools begin so: they set no limit of their own, and the
/// principal's own goes on. It is a text to be judged as any other; [`decide`] refuses what it stands for.
pub fn sent_instead(policy: &Policy, facts: &[&Classification]) -> Option<String> {
    let [Classification { tag: "SET", effects, .. }] = facts else { return None };
    let [Effect { time: Some(limit), .. }] = effects.as_slice() else { return None };
    policy.timeouts().exceeded_by(limit).filter(|_| limit.milliseconds == Some(0))?;
    let local = if limit.local { "LOCAL " } else { "" };
    Some(format!("SET {local}{} TO DEFAULT", limit.setting))
}

/// Decides on all the statements of a message and pairs the decision with its value (the very bytes judged).
pub fn judge<T>(policy: &Policy, facts: &[&Classification], context: &Context, value: T) -> Judged<T> {
    Judged::new(value, decide(policy, facts, context))
}

/// Decides on a wall and pairs the decision with its value.
pub fn judge_wall<T>(policy: &Policy, wall: Wall<'_>, value: T) -> Judged<T> {
    Judged::new(value, decide_wall(policy, wall))
}

/// A decision: the verdict, the rule that made it, and why.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The strictest verdict of all that apply.
    pub verdict: Verdict,
    /// Whether the verdict is enforced (`false` in shadow mode: judged and recorded only).
    pub enforced: bool,
    /// The rule that made it: a rule's id, or `preset:app-writer`, or one of the built-in walls (`wall:...`).
    pub rule: Arc<str>,
    /// All the kinds of effect the message has.
    pub effects: EffectSet,
    /// For hold and reject: the kind of the effect that decided.
    pub decided_by: Option<EffectKind>,
    /// For hold and reject: each offending fact in words, without literals; the one that decided first.
    pub reasons: Vec<String>,
    /// For hold and reject: the way on, written so that a language model does the right thing.
    pub hint: Option<String>,
}

impl Decision {
    /// The SQLSTATE of a refusal: insufficient_privilege.
    pub const SQLSTATE: &'static str = "42501";

    /// Whether the message goes on to the upstream.
    pub fn forwards(&self) -> bool {
        self.verdict == Verdict::Allow || !self.enforced
    }

    /// The ErrorResponse's MESSAGE: what was refused, and the rule.
    pub fn message(&self) -> String {
        let what = self.reasons.first().map_or("the statement", String::as_str);
        let rule = &self.rule;
        match self.verdict {
            Verdict::Allow => format!("stockade allows this (rule {rule})"),
            Verdict::Hold => format!("stockade holds {what}, which takes a person's approval (rule {rule})"),
            Verdict::Reject => format!("stockade refused {what} (rule {rule})"),
        }
    }

    /// The ErrorResponse's DETAIL: every offending fact, what the rule is, and all the effects of the message.
    pub fn detail(&self) -> String {
        let effects: Vec<&str> = self.effects.iter().map(EffectKind::as_str).collect();
        let rule = self.decided_by.map_or_else(String::new, |kind| {
            let does = if self.verdict == Verdict::Hold { "holds" } else { "refuses" };
            format!(" Rule {} {does} {kind}: {}.", self.rule, words::meaning(kind))
        });
        format!("Seen: {}.{rule} Effects: {}. Nothing of this was run.", self.reasons.join("; "), effects.join(", "))
    }

    /// The ErrorResponse's HINT.
    pub fn hint(&self) -> &str {
        self.hint.as_deref().unwrap_or_default()
    }
}
