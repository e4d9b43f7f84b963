//! COPY.

use super::facts::{Facts, relation_of};
use super::{EffectKind, dml};
use crate::sql::Copy;

/// COPY in either direction. A file or a program is the server's, whatever it holds.
pub(super) fn copy(facts: &mut Facts<'_>, copy: &Copy) {
    let relation = copy.relation.as_ref().map(relation_of);
    if copy.from {
        facts.writes();
        facts.add(EffectKind::BulkImport, relation.clone(), "COPY FROM");
        if copy.relation.as_ref().is_some_and(dml::is_catalog) {
            facts.add(EffectKind::Catalog, relation, "a direct write to the system catalogs");
        } else {
            facts.add(EffectKind::Insert, relation, "COPY FROM");
        }
    } else {
        facts.add(EffectKind::BulkExport, relation.clone(), "COPY TO");
        facts.add(EffectKind::Read, relation, "COPY TO");
    }
    if copy.server_file {
        facts.add(EffectKind::Server, None, "COPY with a file or a program of the server");
    }
}
