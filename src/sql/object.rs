//! The kinds of object PostgreSQL's definitions speak of, and the command tags they make.

macro_rules! objects {
    ($($variant:ident = $name:literal,)*) => {
        /// A kind of database object, PostgreSQL's `ObjectType`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each variant is named as PostgreSQL names the object")]
        pub enum ObjectKind { $($variant,)* }
        impl ObjectKind {
            /// The object's name in upper case.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name,)* } }
            /// The command tag of its CREATE.
            pub const fn create_tag(self) -> &'static str { match self { $(Self::$variant => concat!("CREATE ", $name),)* } }
            /// The command tag of its ALTER.
            pub const fn alter_tag(self) -> &'static str { match self { $(Self::$variant => concat!("ALTER ", $name),)* } }
            /// The command tag of its DROP.
            pub const fn drop_tag(self) -> &'static str { match self { $(Self::$variant => concat!("DROP ", $name),)* } }
        }
    };
}

objects! {
    AccessMethod = "ACCESS METHOD", Aggregate = "AGGREGATE", Attribute = "TYPE", Cast = "CAST", Column = "TABLE",
    Collation = "COLLATION", Conversion = "CONVERSION", Database = "DATABASE", Default = "DEFAULT",
    DefaultPrivileges = "DEFAULT PRIVILEGES", Domain = "DOMAIN", DomainConstraint = "DOMAIN CONSTRAINT",
    EventTrigger = "EVENT TRIGGER", Extension = "EXTENSION", ForeignDataWrapper = "FOREIGN DATA WRAPPER",
    Server = "SERVER", ForeignTable = "FOREIGN TABLE", Function = "FUNCTION", Index = "INDEX",
    Language = "LANGUAGE", LargeObject = "LARGE OBJECT", MaterializedView = "MATERIALIZED VIEW",
    OperatorClass = "OPERATOR CLASS", Operator = "OPERATOR", OperatorFamily = "OPERATOR FAMILY",
    Parameter = "PARAMETER", Policy = "POLICY", Procedure = "PROCEDURE", Publication = "PUBLICATION",
    Role = "ROLE", Routine = "ROUTINE", Rule = "RULE", Schema = "SCHEMA", Sequence = "SEQUENCE",
    Subscription = "SUBSCRIPTION", Statistics = "STATISTICS", TableConstraint = "CONSTRAINT", Table = "TABLE",
    Tablespace = "TABLESPACE", Transform = "TRANSFORM", Trigger = "TRIGGER",
    TextSearchConfiguration = "TEXT SEARCH CONFIGURATION", TextSearchDictionary = "TEXT SEARCH DICTIONARY",
    TextSearchParser = "TEXT SEARCH PARSER", TextSearchTemplate = "TEXT SEARCH TEMPLATE", Type = "TYPE",
    UserMapping = "USER MAPPING", View = "VIEW", Unknown = "OBJECT",
}
