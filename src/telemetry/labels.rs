//! The closed sets of label values that are not configured.

/// Defines an enum whose variants are label values: the set, its order and its names in one place.
macro_rules! label_set {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident => $label:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// Every value, in declaration order; the index is `value as usize`.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The label value.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

label_set! {
    /// Which way relayed bytes went.
    Direction {
        /// From a client to its upstream.
        ToUpstream => "to_upstream",
        /// From an upstream to its client.
        ToClient => "to_client",
    }
}

label_set! {
    /// What was done to a row.
    RowAction {
        /// It is no more.
        Deleted => "deleted",
        /// It is another.
        Updated => "updated",
        /// It is new.
        Inserted => "inserted",
    }
}

label_set! {
    /// How the witness was asked.
    WitnessedProtocol {
        /// By a group of its own, behind a Query or in front of a COMMIT: nothing else is in its time.
        Simple => "simple",
        /// In a run of extended messages, whose statements share its round trip, and its time.
        Extended => "extended",
    }
}

label_set! {
    /// What went wrong with the upstream.
    UpstreamError {
        /// It could not be reached: connection refused, no route, no such name.
        Refused => "refused",
        /// TLS was declined where it is demanded, or its handshake failed.
        Tls => "tls",
        /// It did not answer in time.
        Timeout => "timeout",
        /// It closed or reset a connection in use.
        Lost => "lost",
        /// It sent what the protocol does not allow.
        Protocol => "protocol",
    }
}

label_set! {
    /// Why a client's connection ended before its first statement, by Stockade's own hand.
    StartupRefusal {
        /// A startup packet the protocol does not allow, or of a version that is not spoken.
        Protocol => "protocol",
        /// The same parameter twice in the startup packet.
        DuplicateParameter => "duplicate_parameter",
        /// Bytes sent ahead of the TLS answer or before authentication was done (CVE-2021-23214).
        EarlyBytes => "early_bytes",
        /// A connection without TLS where the listener demands it.
        TlsRequired => "tls_required",
        /// The TLS handshake with the client failed.
        Tls => "tls",
        /// A client encoding in which a quote can hide in a character.
        Encoding => "encoding",
        /// A startup parameter that an agent may not set.
        Parameter => "parameter",
        /// A replication connection of an agent.
        Replication => "replication",
        /// More connections than the configured limit.
        TooMany => "too_many",
        /// Startup or authentication took too long.
        Timeout => "timeout",
        /// The upstream could not be reached (counted by kind in `stockade_upstream_errors_total` too).
        Upstream => "upstream",
        /// Stockade is shutting down.
        Shutdown => "shutdown",
        /// Anything else.
        Other => "other",
    }
}
