//! The manual: what Stockade defends against and what not, the words it uses, and why things are as they are.
//!
//! | | |
//! |---|---|
//! | [`threats`] | who attacks, what is at stake, what each defence is for |
//! | [`limits`] | what it does not do |
//! | [`metrics`] | what `/metrics` shows |
//! | [`glossary`] | the words, each with one meaning |
//! | [`decisions`] | decisions that were not obvious, with their reasons |

#[doc = include_str!("manual/threats.md")]
pub mod threats {}

#[doc = include_str!("manual/limits.md")]
pub mod limits {}

#[doc = include_str!("manual/metrics.md")]
pub mod metrics {}

#[doc = include_str!("manual/glossary.md")]
pub mod glossary {}

/// Decisions that were not obvious, with their reasons. One is changed by a new one that says which it replaces.
pub mod decisions {
    #[doc = include_str!("manual/decisions/0001-poison-instead-of-imitation.md")]
    pub mod d0001_poison_instead_of_imitation {}

    #[doc = include_str!("manual/decisions/0002-read-only-sessions.md")]
    pub mod d0002_read_only_sessions {}

    #[doc = include_str!("manual/decisions/0003-authentication-passes-through.md")]
    pub mod d0003_authentication_passes_through {}

    #[doc = include_str!("manual/decisions/0004-weak-predicates-are-unbounded.md")]
    pub mod d0004_weak_predicates_are_unbounded {}

    #[doc = include_str!("manual/decisions/0005-backup-databases-are-protected.md")]
    pub mod d0005_backup_databases_are_protected {}

    #[doc = include_str!("manual/decisions/0006-allow-rules-are-errors.md")]
    pub mod d0006_allow_rules_are_errors {}

    #[doc = include_str!("manual/decisions/0007-channel-binding.md")]
    pub mod d0007_channel_binding {}

    #[doc = include_str!("manual/decisions/0008-one-unit-at-a-time-behind-a-write.md")]
    pub mod d0008_one_unit_at_a_time_behind_a_write {}

    #[doc = include_str!("manual/decisions/0009-two-readers.md")]
    pub mod d0009_two_readers {}

    #[doc = include_str!("manual/decisions/0010-temporary-tables-are-asked-about.md")]
    pub mod d0010_temporary_tables_are_asked_about {}

    #[doc = include_str!("manual/decisions/0011-bodies.md")]
    pub mod d0011_bodies {}

    #[doc = include_str!("manual/decisions/0012-suspension-needs-a-way-back.md")]
    pub mod d0012_suspension_needs_a_way_back {}

    #[doc = include_str!("manual/decisions/0013-the-witness-waits-before-each-commit.md")]
    pub mod d0013_the_witness_waits_before_each_commit {}

    #[doc = include_str!("manual/decisions/0014-code-runs-in-a-block.md")]
    pub mod d0014_code_runs_in_a_block {}

    #[doc = include_str!("manual/decisions/0015-trusted-and-counted.md")]
    pub mod d0015_trusted_and_counted {}

    #[doc = include_str!("manual/decisions/0016-readings-by-shape.md")]
    pub mod d0016_readings_by_shape {}

    #[doc = include_str!("manual/decisions/0017-the-quick-question.md")]
    pub mod d0017_the_quick_question {}

    #[doc = include_str!("manual/decisions/0018-lines-are-written-where-statements-are-served.md")]
    pub mod d0018_lines_are_written_where_statements_are_served {}

    #[doc = include_str!("manual/decisions/0019-serving-threads-wait-for-sockets-themselves.md")]
    pub mod d0019_serving_threads_wait_for_sockets_themselves {}

    #[doc = include_str!("manual/decisions/0020-a-read-is-judged-as-one.md")]
    pub mod d0020_a_read_is_judged_as_one {}
    #[doc = include_str!("manual/decisions/0021-blocks-are-opened-when-something-comes.md")]
    pub mod d0021_blocks_are_opened_when_something_comes {}
    #[doc = include_str!("manual/decisions/0022-what-is-judged-commits-unasked.md")]
    pub mod d0022_what_is_judged_commits_unasked {}
}
