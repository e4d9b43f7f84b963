-- SQLAlchemy 2.0.58 with psycopg 3.3.9, psycopg2 2.9.13, asyncpg 0.32.0 and pg8000 1.31.6 against PostgreSQL 15 and 18:
-- reflection, ORM.
-- stockade: read
BEGIN
-- stockade: read
select pg_catalog.version()
-- stockade: read
select current_schema()
-- stockade: read
show transaction isolation level
-- stockade: read
show standard_conforming_strings
-- stockade: read
SAVEPOINT "_pg3_1"
-- stockade: read
SELECT
    typname AS name, oid, typarray AS array_oid,
    oid::regtype::text AS regtype, typdelim AS delimiter
FROM pg_type t
WHERE t.oid = to_regtype($1)
ORDER BY t.oid
-- stockade: read
RELEASE "_pg3_1"
-- stockade: read
ROLLBACK
-- stockade: read
SELECT pg_catalog.pg_namespace.nspname 
FROM pg_catalog.pg_namespace 
WHERE (pg_catalog.pg_namespace.nspname NOT LIKE $1::VARCHAR || '%' ESCAPE '/') ORDER BY pg_catalog.pg_namespace.nspname
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $3::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $2::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $3::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $2::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, lbl_agg.labels AS labels 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN (SELECT pg_catalog.pg_enum.enumtypid AS enumtypid, array_agg(CAST(pg_catalog.pg_enum.enumlabel AS TEXT) ORDER BY pg_catalog.pg_enum.enumsortorder) AS labels 
FROM pg_catalog.pg_enum GROUP BY pg_catalog.pg_enum.enumtypid) AS lbl_agg ON pg_catalog.pg_type.oid = lbl_agg.enumtypid 
WHERE pg_catalog.pg_type.typtype = $1::VARCHAR AND pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AND pg_catalog.pg_namespace.nspname != $2::VARCHAR ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
-- stockade: read
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.format_type(pg_catalog.pg_type.typbasetype, pg_catalog.pg_type.typtypmod) AS attype, NOT pg_catalog.pg_type.typnotnull AS nullable, pg_catalog.pg_type.typdefault AS "default", pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, domain_constraints.condefs, domain_constraints.connames, pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN pg_catalog.pg_collation ON pg_catalog.pg_type.typcollation = pg_catalog.pg_collation.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_constraint.contypid AS contypid, array_agg(pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1)) AS condefs, array_agg(CAST(pg_catalog.pg_constraint.conname AS TEXT)) AS connames 
FROM pg_catalog.pg_constraint 
WHERE pg_catalog.pg_constraint.contypid != $2::INTEGER GROUP BY pg_catalog.pg_constraint.contypid) AS domain_constraints ON pg_catalog.pg_type.oid = domain_constraints.contypid 
WHERE pg_catalog.pg_type.typtype = $3::VARCHAR AND pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR]) AND pg_catalog.pg_class.relpersistence = $3::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, nsp_ref.nspname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_class AS cls_ref ON cls_ref.oid = pg_catalog.pg_constraint.confrelid LEFT OUTER JOIN pg_catalog.pg_namespace AS nsp_ref ON cls_ref.relnamespace = nsp_ref.oid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $7::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $8::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
-- stockade: read
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum AND pg_catalog.pg_attribute.atthasdef) AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, (SELECT json_build_object($1::VARCHAR, pg_catalog.pg_attribute.attidentity = $2::VARCHAR, $3::VARCHAR, pg_catalog.pg_sequence.seqstart, $4::VARCHAR, pg_catalog.pg_sequence.seqincrement, $5::VARCHAR, pg_catalog.pg_sequence.seqmin, $6::VARCHAR, pg_catalog.pg_sequence.seqmax, $7::VARCHAR, pg_catalog.pg_sequence.seqcache, $8::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $9::VARCHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $10::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_collation 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $11::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$12::VARCHAR, $13::VARCHAR, $14::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $15::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $16::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
-- stockade: read
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.format_type(pg_catalog.pg_type.typbasetype, pg_catalog.pg_type.typtypmod) AS attype, NOT pg_catalog.pg_type.typnotnull AS nullable, pg_catalog.pg_type.typdefault AS "default", pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, domain_constraints.condefs, domain_constraints.connames, pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN pg_catalog.pg_collation ON pg_catalog.pg_type.typcollation = pg_catalog.pg_collation.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_constraint.contypid AS contypid, array_agg(pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1)) AS condefs, array_agg(CAST(pg_catalog.pg_constraint.conname AS TEXT)) AS connames 
FROM pg_catalog.pg_constraint 
WHERE pg_catalog.pg_constraint.contypid != $2::INTEGER GROUP BY pg_catalog.pg_constraint.contypid) AS domain_constraints ON pg_catalog.pg_type.oid = domain_constraints.contypid 
WHERE pg_catalog.pg_type.typtype = $3::VARCHAR ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
-- stockade: read
SELECT pg_catalog.pg_class.oid, pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR, $3::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $4::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $5::VARCHAR
-- stockade: read
SELECT attr.conrelid, array_agg(CAST(attr.attname AS TEXT) ORDER BY attr.ord) AS cols, attr.conname, min(attr.description) AS description, min(attr.indnkeyatts) AS indnkeyatts, bool_and(attr.indnullsnotdistinct) AS indnullsnotdistinct 
FROM (SELECT con.conrelid AS conrelid, con.conname AS conname, con.description AS description, con.ord AS ord, con.indnkeyatts AS indnkeyatts, con.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_attribute.attname AS attname 
FROM pg_catalog.pg_attribute JOIN (SELECT pg_catalog.pg_constraint.conrelid AS conrelid, pg_catalog.pg_constraint.conname AS conname, unnest(pg_catalog.pg_index.indkey) AS attnum, generate_subscripts(pg_catalog.pg_index.indkey, $1::INTEGER) AS ord, pg_catalog.pg_index.indnkeyatts AS indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_description.description AS description 
FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_index ON pg_catalog.pg_constraint.conindid = pg_catalog.pg_index.indexrelid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) 
WHERE pg_catalog.pg_constraint.contype = $3::VARCHAR AND pg_catalog.pg_constraint.conrelid IN ($4, $5, $6, $7, $8, $9, $10)) AS con ON pg_catalog.pg_attribute.attnum = con.attnum AND pg_catalog.pg_attribute.attrelid = con.conrelid 
WHERE con.conrelid IN ($4, $5, $6, $7, $8, $9, $10)) AS attr GROUP BY attr.conrelid, attr.conname ORDER BY attr.conrelid, attr.conname
-- stockade: read
SELECT pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname, pg_catalog.pg_index.indisunique, pg_catalog.pg_constraint.conrelid IS NOT NULL AS has_constraint, pg_catalog.pg_index.indoption, pg_catalog.pg_class.reloptions, pg_catalog.pg_am.amname, CASE WHEN (pg_catalog.pg_index.indpred IS NOT NULL) THEN pg_catalog.pg_get_expr(pg_catalog.pg_index.indpred, pg_catalog.pg_index.indrelid) END AS filter_definition, pg_catalog.pg_index.indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct, idx_cols.elements, idx_cols.elements_is_expr, idx_cols.elements_opclass, idx_cols.elements_opdefault 
FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_catalog.pg_index.indexrelid = pg_catalog.pg_class.oid JOIN pg_catalog.pg_am ON pg_catalog.pg_class.relam = pg_catalog.pg_am.oid LEFT OUTER JOIN (SELECT idx_attr.indexrelid AS indexrelid, min(idx_attr.indrelid) AS min_1, array_agg(idx_attr.element ORDER BY idx_attr.ord) AS elements, array_agg(idx_attr.is_expr ORDER BY idx_attr.ord) AS elements_is_expr, array_agg(idx_attr.opcname ORDER BY idx_attr.ord) AS elements_opclass, array_agg(idx_attr.opcdefault ORDER BY idx_attr.ord) AS elements_opdefault 
FROM (SELECT idx.indexrelid AS indexrelid, idx.indrelid AS indrelid, idx.ord AS ord, CASE WHEN (idx.attnum = $1::INTEGER) THEN pg_catalog.pg_get_indexdef(idx.indexrelid, idx.ord + $2::INTEGER, $3) ELSE CAST(pg_catalog.pg_attribute.attname AS TEXT) END AS element, idx.attnum = $4::INTEGER AS is_expr, pg_catalog.pg_opclass.opcname AS opcname, pg_catalog.pg_opclass.opcdefault AS opcdefault 
FROM (SELECT pg_catalog.pg_index.indexrelid AS indexrelid, pg_catalog.pg_index.indrelid AS indrelid, unnest(pg_catalog.pg_index.indkey) AS attnum, unnest(pg_catalog.pg_index.indclass) AS att_opclass, generate_subscripts(pg_catalog.pg_index.indkey, $5::INTEGER) AS ord 
FROM pg_catalog.pg_index 
WHERE NOT pg_catalog.pg_index.indisprimary AND pg_catalog.pg_index.indrelid IN ($6, $7, $8, $9, $10, $11, $12)) AS idx LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_attribute.attnum = idx.attnum AND pg_catalog.pg_attribute.attrelid = idx.indrelid LEFT OUTER JOIN pg_catalog.pg_opclass ON pg_catalog.pg_opclass.oid = idx.att_opclass 
WHERE idx.indrelid IN ($6, $7, $8, $9, $10, $11, $12)) AS idx_attr GROUP BY idx_attr.indexrelid) AS idx_cols ON pg_catalog.pg_index.indexrelid = idx_cols.indexrelid LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_index.indrelid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_index.indexrelid = pg_catalog.pg_constraint.conindid AND pg_catalog.pg_constraint.contype = ANY (ARRAY[$13::VARCHAR, $14::VARCHAR, $15::VARCHAR]) 
WHERE pg_catalog.pg_index.indrelid IN ($6, $7, $8, $9, $10, $11, $12) AND NOT pg_catalog.pg_index.indisprimary ORDER BY pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname
-- stockade: read
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1) END AS anon_1, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::VARCHAR LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $7::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $8::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
-- stockade: read
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_class.oid = pg_catalog.pg_description.objoid AND pg_catalog.pg_description.objsubid = $1::INTEGER AND pg_catalog.pg_description.classoid = CAST($2 AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$3::VARCHAR, $4::VARCHAR, $5::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $6::VARCHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $7::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $3::VARCHAR AND pg_catalog.pg_namespace.nspname = $4::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $2::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, lbl_agg.labels AS labels 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN (SELECT pg_catalog.pg_enum.enumtypid AS enumtypid, array_agg(CAST(pg_catalog.pg_enum.enumlabel AS TEXT) ORDER BY pg_catalog.pg_enum.enumsortorder) AS labels 
FROM pg_catalog.pg_enum GROUP BY pg_catalog.pg_enum.enumtypid) AS lbl_agg ON pg_catalog.pg_type.oid = lbl_agg.enumtypid 
WHERE pg_catalog.pg_type.typtype = $1::VARCHAR AND pg_catalog.pg_namespace.nspname = $2::VARCHAR ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
-- stockade: read
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum AND pg_catalog.pg_attribute.atthasdef) AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, (SELECT json_build_object($1::VARCHAR, pg_catalog.pg_attribute.attidentity = $2::VARCHAR, $3::VARCHAR, pg_catalog.pg_sequence.seqstart, $4::VARCHAR, pg_catalog.pg_sequence.seqincrement, $5::VARCHAR, pg_catalog.pg_sequence.seqmin, $6::VARCHAR, pg_catalog.pg_sequence.seqmax, $7::VARCHAR, pg_catalog.pg_sequence.seqcache, $8::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $9::VARCHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $10::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_collation 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $11::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$12::VARCHAR, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $17::VARCHAR AND pg_catalog.pg_class.relname IN ($18::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relname = $1::VARCHAR AND pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR, $3::VARCHAR, $4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $7::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_get_viewdef(pg_catalog.pg_class.oid) AS pg_get_viewdef_1 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relname = $1::VARCHAR AND pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR, $3::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $4::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_class.oid 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relname = $1::VARCHAR AND pg_catalog.pg_class.relkind = ANY (ARRAY[$2::VARCHAR, $3::VARCHAR, $4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $7::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = $1::VARCHAR AND pg_catalog.pg_class.relname = $2::VARCHAR AND pg_catalog.pg_namespace.nspname = $3::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_namespace.nspname 
FROM pg_catalog.pg_namespace 
WHERE pg_catalog.pg_namespace.nspname = $1::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_type.typname 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace 
WHERE pg_catalog.pg_type.typname = $1::VARCHAR AND pg_catalog.pg_namespace.nspname = $2::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum AND pg_catalog.pg_attribute.atthasdef) AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, (SELECT json_build_object($1::VARCHAR, pg_catalog.pg_attribute.attidentity = $2::VARCHAR, $3::VARCHAR, pg_catalog.pg_sequence.seqstart, $4::VARCHAR, pg_catalog.pg_sequence.seqincrement, $5::VARCHAR, pg_catalog.pg_sequence.seqmin, $6::VARCHAR, pg_catalog.pg_sequence.seqmax, $7::VARCHAR, pg_catalog.pg_sequence.seqcache, $8::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $9::VARCHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $10::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_collation 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $11::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$12::VARCHAR, $13::VARCHAR, $14::VARCHAR, $15::VARCHAR, $16::VARCHAR]) AND pg_catalog.pg_namespace.nspname = $17::VARCHAR AND pg_catalog.pg_class.relname IN ($18::VARCHAR, $19::VARCHAR, $20::VARCHAR, $21::VARCHAR, $22::VARCHAR, $23::VARCHAR, $24::VARCHAR, $25::VARCHAR, $26::VARCHAR, $27::VARCHAR, $28::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
-- stockade: read
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum AND pg_catalog.pg_attribute.atthasdef) AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, (SELECT json_build_object($1::VARCHAR, pg_catalog.pg_attribute.attidentity = $2::VARCHAR, $3::VARCHAR, pg_catalog.pg_sequence.seqstart, $4::VARCHAR, pg_catalog.pg_sequence.seqincrement, $5::VARCHAR, pg_catalog.pg_sequence.seqmin, $6::VARCHAR, pg_catalog.pg_sequence.seqmax, $7::VARCHAR, pg_catalog.pg_sequence.seqcache, $8::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $9::VARCHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $10::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_collation 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $11::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$12::VARCHAR, $13::VARCHAR, $14::VARCHAR]) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $15::VARCHAR AND pg_catalog.pg_class.relname IN ($16::VARCHAR, $17::VARCHAR, $18::VARCHAR, $19::VARCHAR, $20::VARCHAR, $21::VARCHAR, $22::VARCHAR) ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
-- stockade: read
DEALLOCATE ALL
-- stockade: write
INSERT INTO sa_users (name, mood, version, deleted_at, data, kind) VALUES ($1::VARCHAR, $2, $3::INTEGER, $4::TIMESTAMP WITHOUT TIME ZONE, $5::JSONB, $6::VARCHAR) RETURNING sa_users.id, sa_users.created
-- stockade: write
INSERT INTO sa_users (name, mood, version, deleted_at, kind) VALUES ($1::VARCHAR, $2, $3::INTEGER, $4::TIMESTAMP WITHOUT TIME ZONE, $5::VARCHAR) RETURNING sa_users.id, sa_users.created
-- stockade: write
INSERT INTO sa_admins (id, level) VALUES ($1::INTEGER, $2::INTEGER)
-- stockade: write
INSERT INTO sa_posts (user_id, title, price, labels) SELECT p0::INTEGER, p1::VARCHAR, p2::NUMERIC(10, 2), p3::VARCHAR[] FROM (VALUES ($1::INTEGER, $2::VARCHAR, $3, $4::VARCHAR[], 0), ($5::INTEGER, $6::VARCHAR, $7, $8::VARCHAR[], 1), ($9::INTEGER, $10::VARCHAR, $11, $12::VARCHAR[], 2), ($13::INTEGER, $14::VARCHAR, $15, $16::VARCHAR[], 3), ($17::INTEGER, $18::VARCHAR, $19, $20::VARCHAR[], 4)) AS imp_sen(p0, p1, p2, p3, sen_counter) ORDER BY sen_counter RETURNING sa_posts.id, sa_posts.id AS id__1
-- stockade: read
SELECT sa_tags.id AS sa_tags_id, sa_tags.name AS sa_tags_name 
FROM sa_tags, sa_post_tags 
WHERE $1::BIGINT = sa_post_tags.post_id AND sa_tags.id = sa_post_tags.tag_id
-- stockade: write
INSERT INTO sa_tags (name) SELECT p0::VARCHAR FROM (VALUES ($1::VARCHAR, 0), ($2::VARCHAR, 1), ($3::VARCHAR, 2)) AS imp_sen(p0, sen_counter) ORDER BY sen_counter RETURNING sa_tags.id, sa_tags.id AS id__1
-- stockade: write
INSERT INTO sa_post_tags (post_id, tag_id) VALUES ($1::BIGINT, $2::INTEGER)
-- stockade: read
COMMIT
-- stockade: write
INSERT INTO sa_users (name, mood, version, deleted_at, kind) SELECT p0::VARCHAR, p1::mood, p2::INTEGER, p3::TIMESTAMP WITHOUT TIME ZONE, p4::VARCHAR FROM (VALUES ($1::VARCHAR, $2, $3::INTEGER, $4::TIMESTAMP WITHOUT TIME ZONE, $5::VARCHAR, 0), ($6::VARCHAR, $7, $8::INTEGER, $9::TIMESTAMP WITHOUT TIME ZONE, $10::VARCHAR, 1), ($11::VARCHAR, $12, $13::INTEGER, $14::TIMESTAMP WITHOUT TIME ZONE, $15::VARCHAR, 2), ($16::VARCHAR, $17, $18::INTEGER, $19::TIMESTAMP WITHOUT TIME ZONE, $20::VARCHAR, 3), ($21::VARCHAR, $22, $23::INTEGER, $24::TIMESTAMP WITHOUT TIME ZONE, $25::VARCHAR, 4), ($26::VARCHAR, $27, $28::INTEGER, $29::TIMESTAMP WITHOUT TIME ZONE, $30::VARCHAR, 5), ($31::VARCHAR, $32, $33::INTEGER, $34::TIMESTAMP WITHOUT TIME ZONE, $35::VARCHAR, 6), ($36::VARCHAR, $37, $38::INTEGER, $39::TIMESTAMP WITHOUT TIME ZONE, $40::VARCHAR, 7), ($41::VARCHAR, $42, $43::INTEGER, $44::TIMESTAMP WITHOUT TIME ZONE, $45::VARCHAR, 8), ($46::VARCHAR, $47, $48::INTEGER, $49::TIMESTAMP WITHOUT TIME ZONE, $50::VARCHAR, 9), ($51::VARCHAR, $52, $53::INTEGER, $54::TIMESTAMP WITHOUT TIME ZONE, $55::VARCHAR, 10), ($56::VARCHAR, $57, $58::INTEGER, $59::TIMESTAMP WITHOUT TIME ZONE, $60::VARCHAR, 11), ($61::VARCHAR, $62, $63::INTEGER, $64::TIMESTAMP WITHOUT TIME ZONE, $65::VARCHAR, 12), ($66::VARCHAR, $67, $68::INTEGER, $69::TIMESTAMP WITHOUT TIME ZONE, $70::VARCHAR, 13), ($71::VARCHAR, $72, $73::INTEGER, $74::TIMESTAMP WITHOUT TIME ZONE, $75::VARCHAR, 14), ($76::VARCHAR, $77, $78::INTEGER, $79::TIMESTAMP WITHOUT TIME ZONE, $80::VARCHAR, 15), ($81::VARCHAR, $82, $83::INTEGER, $84::TIMESTAMP WITHOUT TIME ZONE, $85::VARCHAR, 16), ($86::VARCHAR, $87, $88::INTEGER, $89::TIMESTAMP WITHOUT TIME ZONE, $90::VARCHAR, 17), ($91::VARCHAR, $92, $93::INTEGER, $94::TIMESTAMP WITHOUT TIME ZONE, $95::VARCHAR, 18), ($96::VARCHAR, $97, $98::INTEGER, $99::TIMESTAMP WITHOUT TIME ZONE, $100::VARCHAR, 19)) AS imp_sen(p0, p1, p2, p3, p4, sen_counter) ORDER BY sen_counter RETURNING sa_users.id, sa_users.created, sa_users.id AS id__1
-- stockade: write
INSERT INTO sa_nodes (id, parent_id, name) VALUES (nextval('sa_node_seq'), $1::INTEGER, $2::VARCHAR) RETURNING sa_nodes.id
-- stockade: read
SELECT sa_users.id AS sa_users_id, sa_users.mood AS sa_users_mood, sa_users.version AS sa_users_version, sa_users.created AS sa_users_created, sa_users.deleted_at AS sa_users_deleted_at, sa_users.data AS sa_users_data, sa_users.kind AS sa_users_kind 
FROM sa_users 
WHERE sa_users.id = $1::INTEGER
-- stockade: write
UPDATE sa_users SET name=$1::VARCHAR, version=$2::INTEGER WHERE sa_users.id = $3::INTEGER AND sa_users.version = $4::INTEGER
-- stockade: read
SELECT sa_posts.id AS sa_posts_id, sa_posts.user_id AS sa_posts_user_id, sa_posts.title AS sa_posts_title, sa_posts.price AS sa_posts_price, sa_posts.labels AS sa_posts_labels 
FROM sa_posts 
WHERE $1::INTEGER = sa_posts.user_id
-- stockade: write
UPDATE sa_posts SET title=$1::VARCHAR WHERE sa_posts.id = $2::BIGINT
-- stockade: write
DELETE FROM sa_posts WHERE sa_posts.id = $1::BIGINT
-- stockade: read
SELECT sa_users.id AS sa_users_id, sa_users.name AS sa_users_name, sa_users.mood AS sa_users_mood, sa_users.version AS sa_users_version, sa_users.created AS sa_users_created, sa_users.deleted_at AS sa_users_deleted_at, sa_users.data AS sa_users_data, sa_users.kind AS sa_users_kind 
FROM sa_users 
WHERE sa_users.id = $1::INTEGER
-- stockade: write
DELETE FROM sa_post_tags WHERE sa_post_tags.post_id = $1::BIGINT AND sa_post_tags.tag_id = $2::INTEGER
-- stockade: read
SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users 
WHERE sa_users.id = $1::INTEGER
-- stockade: read
SELECT anon_1.id, anon_1.name, anon_1.mood, anon_1.version, anon_1.created, anon_1.deleted_at, anon_1.data, anon_1.kind, sa_posts_1.id AS id_1, sa_posts_1.user_id, sa_posts_1.title, sa_posts_1.price, sa_posts_1.labels 
FROM (SELECT sa_users.id AS id, sa_users.name AS name, sa_users.mood AS mood, sa_users.version AS version, sa_users.created AS created, sa_users.deleted_at AS deleted_at, sa_users.data AS data, sa_users.kind AS kind 
FROM sa_users 
WHERE sa_users.name LIKE $1::VARCHAR ORDER BY sa_users.id 
 LIMIT $2::INTEGER) AS anon_1 LEFT OUTER JOIN sa_posts AS sa_posts_1 ON anon_1.id = sa_posts_1.user_id ORDER BY anon_1.id
-- stockade: read
SELECT sa_posts.user_id AS sa_posts_user_id, sa_posts.id AS sa_posts_id, sa_posts.title AS sa_posts_title, sa_posts.price AS sa_posts_price, sa_posts.labels AS sa_posts_labels 
FROM sa_posts 
WHERE sa_posts.user_id IN ($1::INTEGER, $2::INTEGER, $3::INTEGER)
-- stockade: read
SELECT sa_posts.id AS sa_posts_id, sa_posts.user_id AS sa_posts_user_id, sa_posts.title AS sa_posts_title, sa_posts.price AS sa_posts_price, sa_posts.labels AS sa_posts_labels, anon_1.sa_users_id AS anon_1_sa_users_id 
FROM (SELECT sa_users.id AS sa_users_id 
FROM sa_users 
WHERE sa_users.name LIKE $1::VARCHAR ORDER BY sa_users.id 
 LIMIT $2::INTEGER) AS anon_1 JOIN sa_posts ON anon_1.sa_users_id = sa_posts.user_id
-- stockade: write
SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users 
WHERE sa_users.id = $1::INTEGER FOR UPDATE
-- stockade: write
SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users 
WHERE sa_users.id = $1::INTEGER FOR UPDATE OF sa_users SKIP LOCKED
-- stockade: write
SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users 
WHERE sa_users.id = $1::INTEGER FOR SHARE NOWAIT
-- stockade: read
SELECT sa_users.name, count(sa_posts.id) AS count_1 
FROM sa_users LEFT OUTER JOIN sa_posts ON sa_users.id = sa_posts.user_id GROUP BY sa_users.name 
HAVING count(*) > $1::INTEGER
-- stockade: read
WITH best AS 
(SELECT sa_posts.user_id AS user_id, max(sa_posts.price) AS m 
FROM sa_posts GROUP BY sa_posts.user_id)
 SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind, best.m 
FROM sa_users JOIN best ON best.user_id = sa_users.id
-- stockade: read
WITH RECURSIVE tree(id, parent_id) AS 
(SELECT sa_nodes.id AS id, sa_nodes.parent_id AS parent_id 
FROM sa_nodes 
WHERE sa_nodes.parent_id IS NULL UNION ALL SELECT sa_nodes_1.id AS id, sa_nodes_1.parent_id AS parent_id 
FROM sa_nodes AS sa_nodes_1 JOIN tree ON sa_nodes_1.parent_id = tree.id)
 SELECT tree.id, tree.parent_id 
FROM tree
-- stockade: read
SELECT sa_posts.id, row_number() OVER (PARTITION BY sa_posts.user_id ORDER BY sa_posts.price DESC) AS anon_1 
FROM sa_posts
-- stockade: read
SELECT EXISTS (SELECT * 
FROM sa_users 
WHERE sa_users.name = $1::VARCHAR) AS anon_1
-- stockade: read
SELECT count(*) AS count_1 
FROM sa_users
-- stockade: read
SELECT CAST(sa_users.data ->> $1::TEXT AS INTEGER) AS anon_1, sa_users.data @> $2::JSONB AS anon_2, sa_users.data ? $3::VARCHAR AS anon_3 
FROM sa_users
-- stockade: read
SELECT sa_posts.id, sa_posts.user_id, sa_posts.title, sa_posts.price, sa_posts.labels 
FROM sa_posts 
WHERE $1::VARCHAR = ANY (sa_posts.labels) AND sa_posts.labels @> $2::VARCHAR[] AND sa_posts.title ILIKE $3::VARCHAR AND sa_posts.id IN ($4::BIGINT, $5::BIGINT, $6::BIGINT) AND sa_posts.title IS NOT NULL AND (sa_posts.id, sa_posts.user_id) IN (($7, $8))
-- stockade: read
SELECT sa_users.name 
FROM sa_users UNION SELECT sa_tags.name 
FROM sa_tags ORDER BY name
-- stockade: write
UPDATE sa_users SET version=(sa_users.version + $1::INTEGER) WHERE sa_users.name = $2::VARCHAR RETURNING sa_users.id
-- stockade: write
UPDATE sa_posts SET title=$1::VARCHAR FROM sa_users WHERE sa_posts.user_id = sa_users.id AND sa_users.name = $2::VARCHAR RETURNING sa_posts.id
-- stockade: write
UPDATE sa_posts SET price=(sa_posts.price * $1::INTEGER) WHERE sa_posts.user_id IN (SELECT sa_users.id 
FROM sa_users 
WHERE sa_users.name = $2::VARCHAR) RETURNING sa_posts.id
-- stockade: write
DELETE FROM sa_posts WHERE sa_posts.price < $1::INTEGER
-- stockade: write
DELETE FROM sa_posts USING sa_users WHERE sa_posts.user_id = sa_users.id AND sa_users.name = $1::VARCHAR RETURNING sa_posts.id
-- stockade: write
UPDATE sa_users SET deleted_at=now() WHERE sa_users.deleted_at IS NULL AND sa_users.name = $1::VARCHAR
-- stockade: write
INSERT INTO sa_users (name, version, kind) VALUES ($1::VARCHAR, $2::INTEGER, $3::VARCHAR) ON CONFLICT (name) DO UPDATE SET version = excluded.version RETURNING sa_users.id
-- stockade: write
INSERT INTO sa_users (name, version, kind) VALUES ($1::VARCHAR, $2::INTEGER, $3::VARCHAR) ON CONFLICT DO NOTHING RETURNING sa_users.id
-- stockade: write
INSERT INTO sa_users (name, version, kind) VALUES ($1::VARCHAR, $2::INTEGER, $3::VARCHAR), ($4::VARCHAR, $5::INTEGER, $6::VARCHAR), ($7::VARCHAR, $8::INTEGER, $9::VARCHAR), ($10::VARCHAR, $11::INTEGER, $12::VARCHAR), ($13::VARCHAR, $14::INTEGER, $15::VARCHAR), ($16::VARCHAR, $17::INTEGER, $18::VARCHAR), ($19::VARCHAR, $20::INTEGER, $21::VARCHAR), ($22::VARCHAR, $23::INTEGER, $24::VARCHAR), ($25::VARCHAR, $26::INTEGER, $27::VARCHAR), ($28::VARCHAR, $29::INTEGER, $30::VARCHAR), ($31::VARCHAR, $32::INTEGER, $33::VARCHAR), ($34::VARCHAR, $35::INTEGER, $36::VARCHAR), ($37::VARCHAR, $38::INTEGER, $39::VARCHAR), ($40::VARCHAR, $41::INTEGER, $42::VARCHAR), ($43::VARCHAR, $44::INTEGER, $45::VARCHAR), ($46::VARCHAR, $47::INTEGER, $48::VARCHAR), ($49::VARCHAR, $50::INTEGER, $51::VARCHAR), ($52::VARCHAR, $53::INTEGER, $54::VARCHAR), ($55::VARCHAR, $56::INTEGER, $57::VARCHAR), ($58::VARCHAR, $59::INTEGER, $60::VARCHAR), ($61::VARCHAR, $62::INTEGER, $63::VARCHAR), ($64::VARCHAR, $65::INTEGER, $66::VARCHAR), ($67::VARCHAR, $68::INTEGER, $69::VARCHAR), ($70::VARCHAR, $71::INTEGER, $72::VARCHAR), ($73::VARCHAR, $74::INTEGER, $75::VARCHAR), ($76::VARCHAR, $77::INTEGER, $78::VARCHAR), ($79::VARCHAR, $80::INTEGER, $81::VARCHAR), ($82::VARCHAR, $83::INTEGER, $84::VARCHAR), ($85::VARCHAR, $86::INTEGER, $87::VARCHAR), ($88::VARCHAR, $89::INTEGER, $90::VARCHAR) ON CONFLICT (name) DO UPDATE SET version = excluded.version RETURNING sa_users.id
-- stockade: write
INSERT INTO sa_posts (user_id, title) VALUES ($1::INTEGER, $2::VARCHAR)
-- stockade: write
INSERT INTO sa_posts (user_id, title) VALUES ($1::INTEGER, $2::VARCHAR), ($3::INTEGER, $4::VARCHAR), ($5::INTEGER, $6::VARCHAR), ($7::INTEGER, $8::VARCHAR), ($9::INTEGER, $10::VARCHAR), ($11::INTEGER, $12::VARCHAR), ($13::INTEGER, $14::VARCHAR), ($15::INTEGER, $16::VARCHAR), ($17::INTEGER, $18::VARCHAR), ($19::INTEGER, $20::VARCHAR), ($21::INTEGER, $22::VARCHAR), ($23::INTEGER, $24::VARCHAR), ($25::INTEGER, $26::VARCHAR), ($27::INTEGER, $28::VARCHAR), ($29::INTEGER, $30::VARCHAR), ($31::INTEGER, $32::VARCHAR), ($33::INTEGER, $34::VARCHAR), ($35::INTEGER, $36::VARCHAR), ($37::INTEGER, $38::VARCHAR), ($39::INTEGER, $40::VARCHAR), ($41::INTEGER, $42::VARCHAR), ($43::INTEGER, $44::VARCHAR), ($45::INTEGER, $46::VARCHAR), ($47::INTEGER, $48::VARCHAR), ($49::INTEGER, $50::VARCHAR), ($51::INTEGER, $52::VARCHAR), ($53::INTEGER, $54::VARCHAR), ($55::INTEGER, $56::VARCHAR), ($57::INTEGER, $58::VARCHAR), ($59::INTEGER, $60::VARCHAR), ($61::INTEGER, $62::VARCHAR), ($63::INTEGER, $64::VARCHAR), ($65::INTEGER, $66::VARCHAR), ($67::INTEGER, $68::VARCHAR), ($69::INTEGER, $70::VARCHAR), ($71::INTEGER, $72::VARCHAR), ($73::INTEGER, $74::VARCHAR), ($75::INTEGER, $76::VARCHAR), ($77::INTEGER, $78::VARCHAR), ($79::INTEGER, $80::VARCHAR), ($81::INTEGER, $82::VARCHAR), ($83::INTEGER, $84::VARCHAR), ($85::INTEGER, $86::VARCHAR), ($87::INTEGER, $88::VARCHAR), ($89::INTEGER, $90::VARCHAR), ($91::INTEGER, $92::VARCHAR), ($93::INTEGER, $94::VARCHAR), ($95::INTEGER, $96::VARCHAR), ($97::INTEGER, $98::VARCHAR), ($99::INTEGER, $100::VARCHAR) RETURNING sa_posts.id, sa_posts.user_id, sa_posts.title, sa_posts.price, sa_posts.labels
-- stockade: write
INSERT INTO sa_tags (name) VALUES ($1::VARCHAR)
-- stockade: write
UPDATE sa_tags SET name=$1::VARCHAR WHERE sa_tags.id = $2::INTEGER
-- stockade: read
SAVEPOINT sa_savepoint_1
-- stockade: write
INSERT INTO sa_tags (name) VALUES ($1::VARCHAR) RETURNING sa_tags.id
-- stockade: read
RELEASE SAVEPOINT sa_savepoint_1
-- stockade: read
ROLLBACK TO SAVEPOINT sa_savepoint_2
-- stockade: read
SELECT sa_tags.id AS sa_tags_id, sa_tags.name AS sa_tags_name 
FROM sa_tags 
WHERE sa_tags.id = $1::INTEGER
-- stockade: write
INSERT INTO sa_tags (id, name) VALUES ($1::INTEGER, $2::VARCHAR)
-- stockade: read
SELECT sa_nodes.id AS sa_nodes_id, sa_nodes.parent_id AS sa_nodes_parent_id, sa_nodes.name AS sa_nodes_name 
FROM sa_nodes 
WHERE sa_nodes.id = $1::INTEGER
-- stockade: read
SELECT sa_nodes.id AS sa_nodes_id, sa_nodes.parent_id AS sa_nodes_parent_id, sa_nodes.name AS sa_nodes_name 
FROM sa_nodes 
WHERE $1::INTEGER = sa_nodes.parent_id
-- stockade: write
DELETE FROM sa_tags WHERE sa_tags.id = $1::INTEGER
-- stockade: write
UPDATE sa_nodes SET parent_id=$1::INTEGER WHERE sa_nodes.id = $2::INTEGER
-- stockade: write
DELETE FROM sa_nodes WHERE sa_nodes.id = $1::INTEGER
-- stockade: read
SELECT sa_admins.id, sa_users.id AS id_1, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind, sa_admins.level 
FROM sa_users JOIN sa_admins ON sa_users.id = sa_admins.id
-- stockade: write
UPDATE sa_users SET version=$1::INTEGER WHERE sa_users.id = $2::INTEGER AND sa_users.version = $3::INTEGER
-- stockade: write
UPDATE sa_admins SET level=$1::INTEGER WHERE sa_admins.id = $2::INTEGER
-- stockade: read
SELECT sa_admins.id AS sa_admins_id, sa_users.id AS sa_users_id, sa_users.name AS sa_users_name, sa_users.mood AS sa_users_mood, sa_users.version AS sa_users_version, sa_users.created AS sa_users_created, sa_users.deleted_at AS sa_users_deleted_at, sa_users.data AS sa_users_data, sa_users.kind AS sa_users_kind, sa_admins.level AS sa_admins_level 
FROM sa_users JOIN sa_admins ON sa_users.id = sa_admins.id 
WHERE sa_users.id = $1::INTEGER
-- stockade: write
DELETE FROM sa_admins WHERE sa_admins.id = $1::INTEGER
-- stockade: write
DELETE FROM sa_users WHERE sa_users.id = $1::INTEGER AND sa_users.version = $2::INTEGER
-- stockade: read
DECLARE "c_7f79f7c5b710_1" CURSOR FOR SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users
-- stockade: read
FETCH FORWARD 1 FROM "c_7f79f7c5b710_1"
-- stockade: read
CLOSE "c_7f79f7c5b710_1"
-- stockade: read
DECLARE "c_7f79f7d8e650_2" CURSOR FOR select * from shop.orders
-- stockade: read
FETCH FORWARD 1 FROM "c_7f79f7d8e650_2"
-- stockade: read
CLOSE "c_7f79f7d8e650_2"
-- stockade: read
BEGIN ISOLATION LEVEL SERIALIZABLE
-- stockade: read
select 1
-- stockade: read
BEGIN ISOLATION LEVEL REPEATABLE READ
-- stockade: read
BEGIN ISOLATION LEVEL READ COMMITTED
-- stockade: read
BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY DEFERRABLE
-- stockade: read
SELECT t.oid, typarray
FROM pg_type t JOIN pg_namespace ns
    ON typnamespace = ns.oid
WHERE typname = 'hstore';
-- stockade: read
SELECT pg_catalog.pg_namespace.nspname 
FROM pg_catalog.pg_namespace 
WHERE (pg_catalog.pg_namespace.nspname NOT LIKE 'pg/_' || '%' ESCAPE '/') ORDER BY pg_catalog.pg_namespace.nspname
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p']) AND pg_catalog.pg_class.relpersistence != 't' AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog'
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['v']) AND pg_catalog.pg_class.relpersistence != 't' AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog'
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['S']) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog'
-- stockade: read
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, lbl_agg.labels AS labels 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN (SELECT pg_catalog.pg_enum.enumtypid AS enumtypid, array_agg(CAST(pg_catalog.pg_enum.enumlabel AS TEXT) ORDER BY pg_catalog.pg_enum.enumsortorder) AS labels 
FROM pg_catalog.pg_enum GROUP BY pg_catalog.pg_enum.enumtypid) AS lbl_agg ON pg_catalog.pg_type.oid = lbl_agg.enumtypid 
WHERE pg_catalog.pg_type.typtype = 'e' AND pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog' ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
-- stockade: read
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.format_type(pg_catalog.pg_type.typbasetype, pg_catalog.pg_type.typtypmod) AS attype, NOT pg_catalog.pg_type.typnotnull AS nullable, pg_catalog.pg_type.typdefault AS "default", pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, domain_constraints.condefs, domain_constraints.connames, pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN pg_catalog.pg_collation ON pg_catalog.pg_type.typcollation = pg_catalog.pg_collation.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_constraint.contypid AS contypid, array_agg(pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, true)) AS condefs, array_agg(CAST(pg_catalog.pg_constraint.conname AS TEXT)) AS connames 
FROM pg_catalog.pg_constraint 
WHERE pg_catalog.pg_constraint.contypid != 0 GROUP BY pg_catalog.pg_constraint.contypid) AS domain_constraints ON pg_catalog.pg_type.oid = domain_constraints.contypid 
WHERE pg_catalog.pg_type.typtype = 'd' AND pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog' ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p']) AND pg_catalog.pg_class.relpersistence = 't' AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog'
-- stockade: read
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, true) END AS anon_1, nsp_ref.nspname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = 'f' LEFT OUTER JOIN pg_catalog.pg_class AS cls_ref ON cls_ref.oid = pg_catalog.pg_constraint.confrelid LEFT OUTER JOIN pg_catalog.pg_namespace AS nsp_ref ON cls_ref.relnamespace = nsp_ref.oid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST('pg_catalog.pg_constraint' AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f']) AND pg_catalog.pg_class.relpersistence != 't' AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog' ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
-- stockade: read
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum AND pg_catalog.pg_attribute.atthasdef) AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, (SELECT json_build_object('always', pg_catalog.pg_attribute.attidentity = 'a', 'start', pg_catalog.pg_sequence.seqstart, 'increment', pg_catalog.pg_sequence.seqincrement, 'minvalue', pg_catalog.pg_sequence.seqmin, 'maxvalue', pg_catalog.pg_sequence.seqmax, 'cache', pg_catalog.pg_sequence.seqcache, 'cycle', pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != '' AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != 0 AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_collation 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > 0 AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f']) AND pg_catalog.pg_class.relpersistence != 't' AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog' ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
-- stockade: read
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.format_type(pg_catalog.pg_type.typbasetype, pg_catalog.pg_type.typtypmod) AS attype, NOT pg_catalog.pg_type.typnotnull AS nullable, pg_catalog.pg_type.typdefault AS "default", pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, domain_constraints.condefs, domain_constraints.connames, pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN pg_catalog.pg_collation ON pg_catalog.pg_type.typcollation = pg_catalog.pg_collation.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_constraint.contypid AS contypid, array_agg(pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, true)) AS condefs, array_agg(CAST(pg_catalog.pg_constraint.conname AS TEXT)) AS connames 
FROM pg_catalog.pg_constraint 
WHERE pg_catalog.pg_constraint.contypid != 0 GROUP BY pg_catalog.pg_constraint.contypid) AS domain_constraints ON pg_catalog.pg_type.oid = domain_constraints.contypid 
WHERE pg_catalog.pg_type.typtype = 'd' ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
-- stockade: read
SELECT attr.conrelid, array_agg(CAST(attr.attname AS TEXT) ORDER BY attr.ord) AS cols, attr.conname, min(attr.description) AS description, min(attr.indnkeyatts) AS indnkeyatts, bool_and(attr.indnullsnotdistinct) AS indnullsnotdistinct 
FROM (SELECT con.conrelid AS conrelid, con.conname AS conname, con.description AS description, con.ord AS ord, con.indnkeyatts AS indnkeyatts, con.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_attribute.attname AS attname 
FROM pg_catalog.pg_attribute JOIN (SELECT pg_catalog.pg_constraint.conrelid AS conrelid, pg_catalog.pg_constraint.conname AS conname, unnest(pg_catalog.pg_index.indkey) AS attnum, generate_subscripts(pg_catalog.pg_index.indkey, 1) AS ord, pg_catalog.pg_index.indnkeyatts AS indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_description.description AS description 
FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_index ON pg_catalog.pg_constraint.conindid = pg_catalog.pg_index.indexrelid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST('pg_catalog.pg_constraint' AS REGCLASS) 
WHERE pg_catalog.pg_constraint.contype = 'p' AND pg_catalog.pg_constraint.conrelid IN (16589, 16601, 16532, 16612, 16568, 16580, 16625)) AS con ON pg_catalog.pg_attribute.attnum = con.attnum AND pg_catalog.pg_attribute.attrelid = con.conrelid 
WHERE con.conrelid IN (16589, 16601, 16532, 16612, 16568, 16580, 16625)) AS attr GROUP BY attr.conrelid, attr.conname ORDER BY attr.conrelid, attr.conname
-- stockade: read
SELECT pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname, pg_catalog.pg_index.indisunique, pg_catalog.pg_constraint.conrelid IS NOT NULL AS has_constraint, pg_catalog.pg_index.indoption, pg_catalog.pg_class.reloptions, pg_catalog.pg_am.amname, CASE WHEN (pg_catalog.pg_index.indpred IS NOT NULL) THEN pg_catalog.pg_get_expr(pg_catalog.pg_index.indpred, pg_catalog.pg_index.indrelid) END AS filter_definition, pg_catalog.pg_index.indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct, idx_cols.elements, idx_cols.elements_is_expr, idx_cols.elements_opclass, idx_cols.elements_opdefault 
FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_catalog.pg_index.indexrelid = pg_catalog.pg_class.oid JOIN pg_catalog.pg_am ON pg_catalog.pg_class.relam = pg_catalog.pg_am.oid LEFT OUTER JOIN (SELECT idx_attr.indexrelid AS indexrelid, min(idx_attr.indrelid) AS min_1, array_agg(idx_attr.element ORDER BY idx_attr.ord) AS elements, array_agg(idx_attr.is_expr ORDER BY idx_attr.ord) AS elements_is_expr, array_agg(idx_attr.opcname ORDER BY idx_attr.ord) AS elements_opclass, array_agg(idx_attr.opcdefault ORDER BY idx_attr.ord) AS elements_opdefault 
FROM (SELECT idx.indexrelid AS indexrelid, idx.indrelid AS indrelid, idx.ord AS ord, CASE WHEN (idx.attnum = 0) THEN pg_catalog.pg_get_indexdef(idx.indexrelid, idx.ord + 1, true) ELSE CAST(pg_catalog.pg_attribute.attname AS TEXT) END AS element, idx.attnum = 0 AS is_expr, pg_catalog.pg_opclass.opcname AS opcname, pg_catalog.pg_opclass.opcdefault AS opcdefault 
FROM (SELECT pg_catalog.pg_index.indexrelid AS indexrelid, pg_catalog.pg_index.indrelid AS indrelid, unnest(pg_catalog.pg_index.indkey) AS attnum, unnest(pg_catalog.pg_index.indclass) AS att_opclass, generate_subscripts(pg_catalog.pg_index.indkey, 1) AS ord 
FROM pg_catalog.pg_index 
WHERE NOT pg_catalog.pg_index.indisprimary AND pg_catalog.pg_index.indrelid IN (16589, 16601, 16532, 16612, 16568, 16580, 16625)) AS idx LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_attribute.attnum = idx.attnum AND pg_catalog.pg_attribute.attrelid = idx.indrelid LEFT OUTER JOIN pg_catalog.pg_opclass ON pg_catalog.pg_opclass.oid = idx.att_opclass 
WHERE idx.indrelid IN (16589, 16601, 16532, 16612, 16568, 16580, 16625)) AS idx_attr GROUP BY idx_attr.indexrelid) AS idx_cols ON pg_catalog.pg_index.indexrelid = idx_cols.indexrelid LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_index.indrelid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_index.indexrelid = pg_catalog.pg_constraint.conindid AND pg_catalog.pg_constraint.contype = ANY (ARRAY['p', 'u', 'x']) 
WHERE pg_catalog.pg_index.indrelid IN (16589, 16601, 16532, 16612, 16568, 16580, 16625) AND NOT pg_catalog.pg_index.indisprimary ORDER BY pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname
-- stockade: read
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, true) END AS anon_1, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = 'c' LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST('pg_catalog.pg_constraint' AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f']) AND pg_catalog.pg_class.relpersistence != 't' AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog' ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
-- stockade: read
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_class.oid = pg_catalog.pg_description.objoid AND pg_catalog.pg_description.objsubid = 0 AND pg_catalog.pg_description.classoid = CAST('pg_catalog.pg_class' AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f']) AND pg_catalog.pg_class.relpersistence != 't' AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog'
-- stockade: read
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum AND pg_catalog.pg_attribute.atthasdef) AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, (SELECT json_build_object('always', pg_catalog.pg_attribute.attidentity = 'a', 'start', pg_catalog.pg_sequence.seqstart, 'increment', pg_catalog.pg_sequence.seqincrement, 'minvalue', pg_catalog.pg_sequence.seqmin, 'maxvalue', pg_catalog.pg_sequence.seqmax, 'cache', pg_catalog.pg_sequence.seqcache, 'cycle', pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != '' AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != 0 AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_collation 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > 0 AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f', 'v', 'm']) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog' ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p']) AND pg_catalog.pg_class.relpersistence != 't' AND pg_catalog.pg_namespace.nspname = 'Odd Schema'
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['S']) AND pg_catalog.pg_namespace.nspname = 'Odd Schema'
-- stockade: read
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, lbl_agg.labels AS labels 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN (SELECT pg_catalog.pg_enum.enumtypid AS enumtypid, array_agg(CAST(pg_catalog.pg_enum.enumlabel AS TEXT) ORDER BY pg_catalog.pg_enum.enumsortorder) AS labels 
FROM pg_catalog.pg_enum GROUP BY pg_catalog.pg_enum.enumtypid) AS lbl_agg ON pg_catalog.pg_type.oid = lbl_agg.enumtypid 
WHERE pg_catalog.pg_type.typtype = 'e' AND pg_catalog.pg_namespace.nspname = 'Odd Schema' ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
-- stockade: read
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum AND pg_catalog.pg_attribute.atthasdef) AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, (SELECT json_build_object('always', pg_catalog.pg_attribute.attidentity = 'a', 'start', pg_catalog.pg_sequence.seqstart, 'increment', pg_catalog.pg_sequence.seqincrement, 'minvalue', pg_catalog.pg_sequence.seqmin, 'maxvalue', pg_catalog.pg_sequence.seqmax, 'cache', pg_catalog.pg_sequence.seqcache, 'cycle', pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != '' AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != 0 AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_collation 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > 0 AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f', 'v', 'm']) AND pg_catalog.pg_namespace.nspname = 'Odd Schema' ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
-- stockade: read
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum AND pg_catalog.pg_attribute.atthasdef) AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, (SELECT json_build_object('always', pg_catalog.pg_attribute.attidentity = 'a', 'start', pg_catalog.pg_sequence.seqstart, 'increment', pg_catalog.pg_sequence.seqincrement, 'minvalue', pg_catalog.pg_sequence.seqmin, 'maxvalue', pg_catalog.pg_sequence.seqmax, 'cache', pg_catalog.pg_sequence.seqcache, 'cycle', pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != '' AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != 0 AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_collation 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > 0 AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f', 'v', 'm']) AND pg_catalog.pg_namespace.nspname = 'shop' AND pg_catalog.pg_class.relname IN ('customers') ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relname = 'customers' AND pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f', 'v', 'm']) AND pg_catalog.pg_namespace.nspname = 'shop'
-- stockade: read
SELECT pg_catalog.pg_get_viewdef(pg_catalog.pg_class.oid) AS pg_get_viewdef_1 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relname = 'v' AND pg_catalog.pg_class.relkind = ANY (ARRAY['v', 'm']) AND pg_catalog.pg_namespace.nspname = 'shop'
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = 'S' AND pg_catalog.pg_class.relname = 'seq' AND pg_catalog.pg_namespace.nspname = 'shop'
-- stockade: read
SELECT pg_catalog.pg_namespace.nspname 
FROM pg_catalog.pg_namespace 
WHERE pg_catalog.pg_namespace.nspname = 'shop'
-- stockade: read
SELECT pg_catalog.pg_type.typname 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace 
WHERE pg_catalog.pg_type.typname = 'mood' AND pg_catalog.pg_namespace.nspname = 'shop'
-- stockade: read
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum AND pg_catalog.pg_attribute.atthasdef) AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, (SELECT json_build_object('always', pg_catalog.pg_attribute.attidentity = 'a', 'start', pg_catalog.pg_sequence.seqstart, 'increment', pg_catalog.pg_sequence.seqincrement, 'minvalue', pg_catalog.pg_sequence.seqmin, 'maxvalue', pg_catalog.pg_sequence.seqmax, 'cache', pg_catalog.pg_sequence.seqcache, 'cycle', pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != '' AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != 0 AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_collation 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > 0 AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f']) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog' AND pg_catalog.pg_class.relname IN ('sa_nodes', 'sa_admins', 'plain', 'sa_posts', 'sa_users', 'sa_tags', 'sa_post_tags') ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
-- stockade: read
SELECT 1
-- stockade: write
INSERT INTO sa_users (name, mood, version, deleted_at, data, kind) VALUES ('a', 'ok', 1, NULL, '{"a": 1}'::JSONB, 'user') RETURNING sa_users.id, sa_users.created
-- stockade: write
INSERT INTO sa_users (name, mood, version, deleted_at, kind) VALUES ('b', NULL, 1, NULL, 'admin') RETURNING sa_users.id, sa_users.created
-- stockade: write
INSERT INTO sa_admins (id, level) VALUES (2, 3)
-- stockade: write
INSERT INTO sa_posts (user_id, title, price, labels) SELECT p0::INTEGER, p1::VARCHAR, p2::NUMERIC(10, 2), p3::VARCHAR[] FROM (VALUES (1, 't0', 0, ARRAY['x']::VARCHAR[], 0), (1, 't1', 1, ARRAY['x']::VARCHAR[], 1), (1, 't2', 2, ARRAY['x']::VARCHAR[], 2), (1, 't3', 3, ARRAY['x']::VARCHAR[], 3), (1, 't4', 4, ARRAY['x']::VARCHAR[], 4)) AS imp_sen(p0, p1, p2, p3, sen_counter) ORDER BY sen_counter RETURNING sa_posts.id, sa_posts.id AS id__1
-- stockade: read
SELECT sa_tags.id AS sa_tags_id, sa_tags.name AS sa_tags_name 
FROM sa_tags, sa_post_tags 
WHERE 1 = sa_post_tags.post_id AND sa_tags.id = sa_post_tags.tag_id
-- stockade: write
INSERT INTO sa_tags (name) SELECT p0::VARCHAR FROM (VALUES ('0', 0), ('1', 1), ('2', 2)) AS imp_sen(p0, sen_counter) ORDER BY sen_counter RETURNING sa_tags.id, sa_tags.id AS id__1
-- stockade: write
INSERT INTO sa_post_tags (post_id, tag_id) VALUES (1, 1), (1, 2), (1, 3)
-- stockade: write
INSERT INTO sa_users (name, mood, version, deleted_at, kind) SELECT p0::VARCHAR, p1::mood, p2::INTEGER, p3::TIMESTAMP WITHOUT TIME ZONE, p4::VARCHAR FROM (VALUES ('u0', NULL, 1, NULL, 'user', 0), ('u1', NULL, 1, NULL, 'user', 1), ('u2', NULL, 1, NULL, 'user', 2), ('u3', NULL, 1, NULL, 'user', 3), ('u4', NULL, 1, NULL, 'user', 4), ('u5', NULL, 1, NULL, 'user', 5), ('u6', NULL, 1, NULL, 'user', 6), ('u7', NULL, 1, NULL, 'user', 7), ('u8', NULL, 1, NULL, 'user', 8), ('u9', NULL, 1, NULL, 'user', 9), ('u10', NULL, 1, NULL, 'user', 10), ('u11', NULL, 1, NULL, 'user', 11), ('u12', NULL, 1, NULL, 'user', 12), ('u13', NULL, 1, NULL, 'user', 13), ('u14', NULL, 1, NULL, 'user', 14), ('u15', NULL, 1, NULL, 'user', 15), ('u16', NULL, 1, NULL, 'user', 16), ('u17', NULL, 1, NULL, 'user', 17), ('u18', NULL, 1, NULL, 'user', 18), ('u19', NULL, 1, NULL, 'user', 19)) AS imp_sen(p0, p1, p2, p3, p4, sen_counter) ORDER BY sen_counter RETURNING sa_users.id, sa_users.created, sa_users.id AS id__1
-- stockade: write
INSERT INTO sa_nodes (id, parent_id, name) VALUES (nextval('sa_node_seq'), NULL, 'r') RETURNING sa_nodes.id
-- stockade: write
INSERT INTO sa_nodes (id, parent_id, name) VALUES (nextval('sa_node_seq'), 16, 'c') RETURNING sa_nodes.id
-- stockade: write
INSERT INTO sa_nodes (id, parent_id, name) VALUES (nextval('sa_node_seq'), 17, NULL) RETURNING sa_nodes.id
-- stockade: read
SELECT sa_users.id AS sa_users_id, sa_users.mood AS sa_users_mood, sa_users.version AS sa_users_version, sa_users.created AS sa_users_created, sa_users.deleted_at AS sa_users_deleted_at, sa_users.data AS sa_users_data, sa_users.kind AS sa_users_kind 
FROM sa_users 
WHERE sa_users.id = 1
-- stockade: write
UPDATE sa_users SET name='z', version=2 WHERE sa_users.id = 1 AND sa_users.version = 1
-- stockade: read
SELECT sa_posts.id AS sa_posts_id, sa_posts.user_id AS sa_posts_user_id, sa_posts.title AS sa_posts_title, sa_posts.price AS sa_posts_price, sa_posts.labels AS sa_posts_labels 
FROM sa_posts 
WHERE 1 = sa_posts.user_id
-- stockade: write
UPDATE sa_posts SET title='new' WHERE sa_posts.id = 2
-- stockade: write
DELETE FROM sa_posts WHERE sa_posts.id = 5
-- stockade: write
DELETE FROM sa_post_tags WHERE sa_post_tags.post_id = 1 AND sa_post_tags.tag_id = 3
-- stockade: read
SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users 
WHERE sa_users.id = 1
-- stockade: read
SELECT anon_1.id, anon_1.name, anon_1.mood, anon_1.version, anon_1.created, anon_1.deleted_at, anon_1.data, anon_1.kind, sa_posts_1.id AS id_1, sa_posts_1.user_id, sa_posts_1.title, sa_posts_1.price, sa_posts_1.labels 
FROM (SELECT sa_users.id AS id, sa_users.name AS name, sa_users.mood AS mood, sa_users.version AS version, sa_users.created AS created, sa_users.deleted_at AS deleted_at, sa_users.data AS data, sa_users.kind AS kind 
FROM sa_users 
WHERE sa_users.name LIKE 'u%' ORDER BY sa_users.id 
 LIMIT 3) AS anon_1 LEFT OUTER JOIN sa_posts AS sa_posts_1 ON anon_1.id = sa_posts_1.user_id ORDER BY anon_1.id
-- stockade: read
SELECT sa_posts.user_id AS sa_posts_user_id, sa_posts.id AS sa_posts_id, sa_posts.title AS sa_posts_title, sa_posts.price AS sa_posts_price, sa_posts.labels AS sa_posts_labels 
FROM sa_posts 
WHERE sa_posts.user_id IN (3, 4, 5)
-- stockade: read
SELECT sa_posts.id AS sa_posts_id, sa_posts.user_id AS sa_posts_user_id, sa_posts.title AS sa_posts_title, sa_posts.price AS sa_posts_price, sa_posts.labels AS sa_posts_labels, anon_1.sa_users_id AS anon_1_sa_users_id 
FROM (SELECT sa_users.id AS sa_users_id 
FROM sa_users 
WHERE sa_users.name LIKE 'u%' ORDER BY sa_users.id 
 LIMIT 3) AS anon_1 JOIN sa_posts ON anon_1.sa_users_id = sa_posts.user_id
-- stockade: write
SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users 
WHERE sa_users.id = 1 FOR UPDATE
-- stockade: write
SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users 
WHERE sa_users.id = 1 FOR UPDATE OF sa_users SKIP LOCKED
-- stockade: write
SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users 
WHERE sa_users.id = 1 FOR SHARE NOWAIT
-- stockade: read
SELECT sa_users.name, count(sa_posts.id) AS count_1 
FROM sa_users LEFT OUTER JOIN sa_posts ON sa_users.id = sa_posts.user_id GROUP BY sa_users.name 
HAVING count(*) > 0
-- stockade: read
SELECT EXISTS (SELECT * 
FROM sa_users 
WHERE sa_users.name = 'z') AS anon_1
-- stockade: read
SELECT CAST(sa_users.data ->> 'a' AS INTEGER) AS anon_1, sa_users.data @> '{"a": 1}'::JSONB AS anon_2, sa_users.data ? 'a' AS anon_3 
FROM sa_users
-- stockade: read
SELECT sa_posts.id, sa_posts.user_id, sa_posts.title, sa_posts.price, sa_posts.labels 
FROM sa_posts 
WHERE 'x' = ANY (sa_posts.labels) AND sa_posts.labels @> ARRAY['x']::VARCHAR[] AND sa_posts.title ILIKE '%t%' AND sa_posts.id IN (1, 2, 3) AND sa_posts.title IS NOT NULL AND (sa_posts.id, sa_posts.user_id) IN ((1, 2))
-- stockade: write
UPDATE sa_users SET version=(sa_users.version + 1) WHERE sa_users.name = 'z' RETURNING sa_users.id
-- stockade: write
UPDATE sa_posts SET title='q' FROM sa_users WHERE sa_posts.user_id = sa_users.id AND sa_users.name = 'z' RETURNING sa_posts.id
-- stockade: write
UPDATE sa_posts SET price=(sa_posts.price * 2) WHERE sa_posts.user_id IN (SELECT sa_users.id 
FROM sa_users 
WHERE sa_users.name = 'z') RETURNING sa_posts.id
-- stockade: write
DELETE FROM sa_posts WHERE sa_posts.price < 1
-- stockade: write
DELETE FROM sa_posts USING sa_users WHERE sa_posts.user_id = sa_users.id AND sa_users.name = 'nobody' RETURNING sa_posts.id
-- stockade: write
UPDATE sa_users SET deleted_at=now() WHERE sa_users.deleted_at IS NULL AND sa_users.name = 'u1'
-- stockade: write
INSERT INTO sa_users (name, version, kind) VALUES ('z', 1, 'user') ON CONFLICT (name) DO UPDATE SET version = excluded.version RETURNING sa_users.id
-- stockade: write
INSERT INTO sa_users (name, version, kind) VALUES ('z', 1, 'user') ON CONFLICT DO NOTHING RETURNING sa_users.id
-- stockade: write
INSERT INTO sa_posts (user_id, title) VALUES (1, '0'), (1, '1'), (1, '2'), (1, '3'), (1, '4'), (1, '5'), (1, '6'), (1, '7'), (1, '8'), (1, '9'), (1, '10'), (1, '11'), (1, '12'), (1, '13'), (1, '14'), (1, '15'), (1, '16'), (1, '17'), (1, '18'), (1, '19'), (1, '20'), (1, '21'), (1, '22'), (1, '23'), (1, '24'), (1, '25'), (1, '26'), (1, '27'), (1, '28'), (1, '29'), (1, '30'), (1, '31'), (1, '32'), (1, '33'), (1, '34'), (1, '35'), (1, '36'), (1, '37'), (1, '38'), (1, '39'), (1, '40'), (1, '41'), (1, '42'), (1, '43'), (1, '44'), (1, '45'), (1, '46'), (1, '47'), (1, '48'), (1, '49')
-- stockade: write
INSERT INTO sa_posts (user_id, title) VALUES (1, '0'), (1, '1'), (1, '2'), (1, '3'), (1, '4'), (1, '5'), (1, '6'), (1, '7'), (1, '8'), (1, '9'), (1, '10'), (1, '11'), (1, '12'), (1, '13'), (1, '14'), (1, '15'), (1, '16'), (1, '17'), (1, '18'), (1, '19'), (1, '20'), (1, '21'), (1, '22'), (1, '23'), (1, '24'), (1, '25'), (1, '26'), (1, '27'), (1, '28'), (1, '29'), (1, '30'), (1, '31'), (1, '32'), (1, '33'), (1, '34'), (1, '35'), (1, '36'), (1, '37'), (1, '38'), (1, '39'), (1, '40'), (1, '41'), (1, '42'), (1, '43'), (1, '44'), (1, '45'), (1, '46'), (1, '47'), (1, '48'), (1, '49') RETURNING sa_posts.id, sa_posts.user_id, sa_posts.title, sa_posts.price, sa_posts.labels
-- stockade: write
INSERT INTO sa_tags (name) VALUES ('0'), ('1'), ('2'), ('3'), ('4'), ('5'), ('6'), ('7'), ('8'), ('9'), ('10'), ('11'), ('12'), ('13'), ('14'), ('15'), ('16'), ('17'), ('18'), ('19')
-- stockade: write
UPDATE sa_tags SET name='n' WHERE sa_tags.id = 1
-- stockade: write
INSERT INTO sa_tags (name) VALUES ('sp') RETURNING sa_tags.id
-- stockade: read
SELECT sa_tags.id AS sa_tags_id, sa_tags.name AS sa_tags_name 
FROM sa_tags 
WHERE sa_tags.id = 1
-- stockade: write
INSERT INTO sa_tags (id, name) VALUES (999, 'merged')
-- stockade: read
SELECT sa_nodes.id AS sa_nodes_id, sa_nodes.parent_id AS sa_nodes_parent_id, sa_nodes.name AS sa_nodes_name 
FROM sa_nodes 
WHERE sa_nodes.id = 16
-- stockade: read
SELECT sa_nodes.id AS sa_nodes_id, sa_nodes.parent_id AS sa_nodes_parent_id, sa_nodes.name AS sa_nodes_name 
FROM sa_nodes 
WHERE 16 = sa_nodes.parent_id
-- stockade: write
UPDATE sa_nodes SET parent_id=NULL WHERE sa_nodes.id = 17
-- stockade: write
DELETE FROM sa_tags WHERE sa_tags.id = 999
-- stockade: write
DELETE FROM sa_nodes WHERE sa_nodes.id = 16
-- stockade: write
UPDATE sa_users SET version=2 WHERE sa_users.id = 2 AND sa_users.version = 1
-- stockade: write
UPDATE sa_admins SET level=9 WHERE sa_admins.id = 2
-- stockade: write
DELETE FROM sa_admins WHERE sa_admins.id = 2
-- stockade: write
DELETE FROM sa_users WHERE sa_users.id = 2 AND sa_users.version = 2
-- stockade: read
DECLARE "c_7f19cbf67710_1" CURSOR WITHOUT HOLD FOR SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users
-- stockade: read
FETCH FORWARD 1 FROM "c_7f19cbf67710_1"
-- stockade: read
CLOSE "c_7f19cbf67710_1"
-- stockade: read
DECLARE "c_7f19ccf82a50_2" CURSOR WITHOUT HOLD FOR select * from shop.orders
-- stockade: read
FETCH FORWARD 1 FROM "c_7f19ccf82a50_2"
-- stockade: read
CLOSE "c_7f19ccf82a50_2"
-- stockade: read
SET default_transaction_isolation TO DEFAULT
-- stockade: write
UPDATE sa_tags SET name='m' WHERE sa_tags.id = 1;UPDATE sa_tags SET name='m' WHERE sa_tags.id = 2;UPDATE sa_tags SET name='m' WHERE sa_tags.id = 3;UPDATE sa_tags SET name='m' WHERE sa_tags.id = 4
-- stockade: read
BEGIN;
-- stockade: read
ROLLBACK;
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $3::CHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, lbl_agg.labels AS labels 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN (SELECT pg_catalog.pg_enum.enumtypid AS enumtypid, array_agg(CAST(pg_catalog.pg_enum.enumlabel AS TEXT) ORDER BY pg_catalog.pg_enum.enumsortorder) AS labels 
FROM pg_catalog.pg_enum GROUP BY pg_catalog.pg_enum.enumtypid) AS lbl_agg ON pg_catalog.pg_type.oid = lbl_agg.enumtypid 
WHERE pg_catalog.pg_type.typtype = $1::CHAR AND pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AND pg_catalog.pg_namespace.nspname != $2::VARCHAR ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
-- stockade: read
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.format_type(pg_catalog.pg_type.typbasetype, pg_catalog.pg_type.typtypmod) AS attype, NOT pg_catalog.pg_type.typnotnull AS nullable, pg_catalog.pg_type.typdefault AS "default", pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, domain_constraints.condefs, domain_constraints.connames, pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN pg_catalog.pg_collation ON pg_catalog.pg_type.typcollation = pg_catalog.pg_collation.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_constraint.contypid AS contypid, array_agg(pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1::BOOLEAN)) AS condefs, array_agg(CAST(pg_catalog.pg_constraint.conname AS TEXT)) AS connames 
FROM pg_catalog.pg_constraint 
WHERE pg_catalog.pg_constraint.contypid != $2::INTEGER GROUP BY pg_catalog.pg_constraint.contypid) AS domain_constraints ON pg_catalog.pg_type.oid = domain_constraints.contypid 
WHERE pg_catalog.pg_type.typtype = $3::CHAR AND pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR]) AND pg_catalog.pg_class.relpersistence = $3::CHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $4::VARCHAR
-- stockade: read
SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1::BOOLEAN) END AS anon_1, nsp_ref.nspname, pg_catalog.pg_description.description 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = $2::CHAR LEFT OUTER JOIN pg_catalog.pg_class AS cls_ref ON cls_ref.oid = pg_catalog.pg_constraint.confrelid LEFT OUTER JOIN pg_catalog.pg_namespace AS nsp_ref ON cls_ref.relnamespace = nsp_ref.oid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($3::REGCLASS AS REGCLASS) JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$4::VARCHAR, $5::VARCHAR, $6::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $7::CHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $8::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname
-- stockade: read
SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.format_type(pg_catalog.pg_attribute.atttypid, pg_catalog.pg_attribute.atttypmod) AS format_type, (SELECT pg_catalog.pg_get_expr(pg_catalog.pg_attrdef.adbin, pg_catalog.pg_attrdef.adrelid) AS pg_get_expr_1 
FROM pg_catalog.pg_attrdef 
WHERE pg_catalog.pg_attrdef.adrelid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attrdef.adnum = pg_catalog.pg_attribute.attnum AND pg_catalog.pg_attribute.atthasdef) AS "default", pg_catalog.pg_attribute.attnotnull AS not_null, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment, pg_catalog.pg_attribute.attgenerated AS generated, (SELECT json_build_object($1::VARCHAR, pg_catalog.pg_attribute.attidentity = $2::CHAR, $3::VARCHAR, pg_catalog.pg_sequence.seqstart, $4::VARCHAR, pg_catalog.pg_sequence.seqincrement, $5::VARCHAR, pg_catalog.pg_sequence.seqmin, $6::VARCHAR, pg_catalog.pg_sequence.seqmax, $7::VARCHAR, pg_catalog.pg_sequence.seqcache, $8::VARCHAR, pg_catalog.pg_sequence.seqcycle) AS json_build_object_1 
FROM pg_catalog.pg_sequence 
WHERE pg_catalog.pg_attribute.attidentity != $9::CHAR AND pg_catalog.pg_sequence.seqrelid = CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) AS identity_options, CASE WHEN (pg_catalog.pg_attribute.attcollation != $10::INTEGER AND (SELECT pg_catalog.pg_type.typcollation 
FROM pg_catalog.pg_type 
WHERE pg_catalog.pg_type.oid = pg_catalog.pg_attribute.atttypid) != pg_catalog.pg_attribute.attcollation) THEN (SELECT pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_collation 
WHERE pg_catalog.pg_collation.oid = pg_catalog.pg_attribute.attcollation) ELSE NULL END AS collation 
FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > $11::SMALLINT AND NOT pg_catalog.pg_attribute.attisdropped LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$12::VARCHAR, $13::VARCHAR, $14::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $15::CHAR AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != $16::VARCHAR ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum
-- stockade: read
SELECT pg_catalog.pg_type.typname AS name, pg_catalog.format_type(pg_catalog.pg_type.typbasetype, pg_catalog.pg_type.typtypmod) AS attype, NOT pg_catalog.pg_type.typnotnull AS nullable, pg_catalog.pg_type.typdefault AS "default", pg_catalog.pg_type_is_visible(pg_catalog.pg_type.oid) AS visible, pg_catalog.pg_namespace.nspname AS schema, domain_constraints.condefs, domain_constraints.connames, pg_catalog.pg_collation.collname 
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_type.typnamespace LEFT OUTER JOIN pg_catalog.pg_collation ON pg_catalog.pg_type.typcollation = pg_catalog.pg_collation.oid LEFT OUTER JOIN (SELECT pg_catalog.pg_constraint.contypid AS contypid, array_agg(pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, $1::BOOLEAN)) AS condefs, array_agg(CAST(pg_catalog.pg_constraint.conname AS TEXT)) AS connames 
FROM pg_catalog.pg_constraint 
WHERE pg_catalog.pg_constraint.contypid != $2::INTEGER GROUP BY pg_catalog.pg_constraint.contypid) AS domain_constraints ON pg_catalog.pg_type.oid = domain_constraints.contypid 
WHERE pg_catalog.pg_type.typtype = $3::CHAR ORDER BY pg_catalog.pg_namespace.nspname, pg_catalog.pg_type.typname
-- stockade: read
SELECT attr.conrelid, array_agg(CAST(attr.attname AS TEXT) ORDER BY attr.ord) AS cols, attr.conname, min(attr.description) AS description, min(attr.indnkeyatts) AS indnkeyatts, bool_and(attr.indnullsnotdistinct) AS indnullsnotdistinct 
FROM (SELECT con.conrelid AS conrelid, con.conname AS conname, con.description AS description, con.ord AS ord, con.indnkeyatts AS indnkeyatts, con.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_attribute.attname AS attname 
FROM pg_catalog.pg_attribute JOIN (SELECT pg_catalog.pg_constraint.conrelid AS conrelid, pg_catalog.pg_constraint.conname AS conname, unnest(pg_catalog.pg_index.indkey) AS attnum, generate_subscripts(pg_catalog.pg_index.indkey, $1::INTEGER) AS ord, pg_catalog.pg_index.indnkeyatts AS indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_description.description AS description 
FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_index ON pg_catalog.pg_constraint.conindid = pg_catalog.pg_index.indexrelid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($2::REGCLASS AS REGCLASS) 
WHERE pg_catalog.pg_constraint.contype = $3::CHAR AND pg_catalog.pg_constraint.conrelid IN ($4::OID, $5::OID, $6::OID, $7::OID, $8::OID, $9::OID, $10::OID)) AS con ON pg_catalog.pg_attribute.attnum = con.attnum AND pg_catalog.pg_attribute.attrelid = con.conrelid 
WHERE con.conrelid IN ($4::OID, $5::OID, $6::OID, $7::OID, $8::OID, $9::OID, $10::OID)) AS attr GROUP BY attr.conrelid, attr.conname ORDER BY attr.conrelid, attr.conname
-- stockade: read
SELECT pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname, pg_catalog.pg_index.indisunique, pg_catalog.pg_constraint.conrelid IS NOT NULL AS has_constraint, pg_catalog.pg_index.indoption, pg_catalog.pg_class.reloptions, pg_catalog.pg_am.amname, CASE WHEN (pg_catalog.pg_index.indpred IS NOT NULL) THEN pg_catalog.pg_get_expr(pg_catalog.pg_index.indpred, pg_catalog.pg_index.indrelid) END AS filter_definition, pg_catalog.pg_index.indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct, idx_cols.elements, idx_cols.elements_is_expr, idx_cols.elements_opclass, idx_cols.elements_opdefault 
FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_catalog.pg_index.indexrelid = pg_catalog.pg_class.oid JOIN pg_catalog.pg_am ON pg_catalog.pg_class.relam = pg_catalog.pg_am.oid LEFT OUTER JOIN (SELECT idx_attr.indexrelid AS indexrelid, min(idx_attr.indrelid) AS min_1, array_agg(idx_attr.element ORDER BY idx_attr.ord) AS elements, array_agg(idx_attr.is_expr ORDER BY idx_attr.ord) AS elements_is_expr, array_agg(idx_attr.opcname ORDER BY idx_attr.ord) AS elements_opclass, array_agg(idx_attr.opcdefault ORDER BY idx_attr.ord) AS elements_opdefault 
FROM (SELECT idx.indexrelid AS indexrelid, idx.indrelid AS indrelid, idx.ord AS ord, CASE WHEN (idx.attnum = $1::INTEGER) THEN pg_catalog.pg_get_indexdef(idx.indexrelid, idx.ord + $2::INTEGER, $3::BOOLEAN) ELSE CAST(pg_catalog.pg_attribute.attname AS TEXT) END AS element, idx.attnum = $4::INTEGER AS is_expr, pg_catalog.pg_opclass.opcname AS opcname, pg_catalog.pg_opclass.opcdefault AS opcdefault 
FROM (SELECT pg_catalog.pg_index.indexrelid AS indexrelid, pg_catalog.pg_index.indrelid AS indrelid, unnest(pg_catalog.pg_index.indkey) AS attnum, unnest(pg_catalog.pg_index.indclass) AS att_opclass, generate_subscripts(pg_catalog.pg_index.indkey, $5::INTEGER) AS ord 
FROM pg_catalog.pg_index 
WHERE NOT pg_catalog.pg_index.indisprimary AND pg_catalog.pg_index.indrelid IN ($9::OID, $10::OID, $11::OID, $12::OID, $13::OID, $14::OID, $15::OID)) AS idx LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_attribute.attnum = idx.attnum AND pg_catalog.pg_attribute.attrelid = idx.indrelid LEFT OUTER JOIN pg_catalog.pg_opclass ON pg_catalog.pg_opclass.oid = idx.att_opclass 
WHERE idx.indrelid IN ($9::OID, $10::OID, $11::OID, $12::OID, $13::OID, $14::OID, $15::OID)) AS idx_attr GROUP BY idx_attr.indexrelid) AS idx_cols ON pg_catalog.pg_index.indexrelid = idx_cols.indexrelid LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_index.indrelid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_index.indexrelid = pg_catalog.pg_constraint.conindid AND pg_catalog.pg_constraint.contype = ANY (ARRAY[$6::VARCHAR, $7::VARCHAR, $8::VARCHAR]) 
WHERE pg_catalog.pg_index.indrelid IN ($9::OID, $10::OID, $11::OID, $12::OID, $13::OID, $14::OID, $15::OID) AND NOT pg_catalog.pg_index.indisprimary ORDER BY pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname
-- stockade: read
SELECT
                        current_setting('jit') AS cur,
                        set_config('jit', 'off', false) AS new
-- stockade: read
WITH RECURSIVE typeinfo_tree(
    oid, ns, name, kind, basetype, elemtype, elemdelim,
    range_subtype, attrtypoids, attrnames, depth)
AS (
    SELECT
        ti.oid, ti.ns, ti.name, ti.kind, ti.basetype,
        ti.elemtype, ti.elemdelim, ti.range_subtype,
        ti.attrtypoids, ti.attrnames, 0
    FROM
            (
        SELECT
            t.oid                           AS oid,
            ns.nspname                      AS ns,
            t.typname                       AS name,
            t.typtype                       AS kind,
            (CASE WHEN t.typtype = 'd' THEN
                (WITH RECURSIVE typebases(oid, depth) AS (
                    SELECT
                        t2.typbasetype      AS oid,
                        0                   AS depth
                    FROM
                        pg_type t2
                    WHERE
                        t2.oid = t.oid

                    UNION ALL

                    SELECT
                        t2.typbasetype      AS oid,
                        tb.depth + 1        AS depth
                    FROM
                        pg_type t2,
                        typebases tb
                    WHERE
                       tb.oid = t2.oid
                       AND t2.typbasetype != 0
               ) SELECT oid FROM typebases ORDER BY depth DESC LIMIT 1)

               ELSE NULL
            END)                            AS basetype,
            t.typelem                       AS elemtype,
            elem_t.typdelim                 AS elemdelim,
            COALESCE(
                range_t.rngsubtype,
                multirange_t.rngsubtype)    AS range_subtype,
            (CASE WHEN t.typtype = 'c' THEN
                (SELECT
                    array_agg(ia.atttypid ORDER BY ia.attnum)
                FROM
                    pg_attribute ia
                    INNER JOIN pg_class c
                        ON (ia.attrelid = c.oid)
                WHERE
                    ia.attnum > 0 AND NOT ia.attisdropped
                    AND c.reltype = t.oid)

                ELSE NULL
            END)                            AS attrtypoids,
            (CASE WHEN t.typtype = 'c' THEN
                (SELECT
                    array_agg(ia.attname::text ORDER BY ia.attnum)
                FROM
                    pg_attribute ia
                    INNER JOIN pg_class c
                        ON (ia.attrelid = c.oid)
                WHERE
                    ia.attnum > 0 AND NOT ia.attisdropped
                    AND c.reltype = t.oid)

                ELSE NULL
            END)                            AS attrnames
        FROM
            pg_catalog.pg_type AS t
            INNER JOIN pg_catalog.pg_namespace ns ON (
                ns.oid = t.typnamespace)
            LEFT JOIN pg_type elem_t ON (
                t.typlen = -1 AND
                t.typelem != 0 AND
                t.typelem = elem_t.oid
            )
            LEFT JOIN pg_range range_t ON (
                t.oid = range_t.rngtypid
            )
            LEFT JOIN pg_range multirange_t ON (
                t.oid = multirange_t.rngmultitypid
            )
    )
 AS ti
    WHERE
        ti.oid = any($1::oid[])

    UNION ALL

    SELECT
        ti.oid, ti.ns, ti.name, ti.kind, ti.basetype,
        ti.elemtype, ti.elemdelim, ti.range_subtype,
        ti.attrtypoids, ti.attrnames, tt.depth + 1
    FROM
            (
        SELECT
            t.oid                           AS oid,
            ns.nspname                      AS ns,
            t.typname                       AS name,
            t.typtype                       AS kind,
            (CASE WHEN t.typtype = 'd' THEN
                (WITH RECURSIVE typebases(oid, depth) AS (
                    SELECT
                        t2.typbasetype      AS oid,
                        0                   AS depth
                    FROM
                        pg_type t2
                    WHERE
                        t2.oid = t.oid

                    UNION ALL

                    SELECT
                        t2.typbasetype      AS oid,
                        tb.depth + 1        AS depth
                    FROM
                        pg_type t2,
                        typebases tb
                    WHERE
                       tb.oid = t2.oid
                       AND t2.typbasetype != 0
               ) SELECT oid FROM typebases ORDER BY depth DESC LIMIT 1)

               ELSE NULL
            END)                            AS basetype,
            t.typelem                       AS elemtype,
            elem_t.typdelim                 AS elemdelim,
            COALESCE(
                range_t.rngsubtype,
                multirange_t.rngsubtype)    AS range_subtype,
            (CASE WHEN t.typtype = 'c' THEN
                (SELECT
                    array_agg(ia.atttypid ORDER BY ia.attnum)
                FROM
                    pg_attribute ia
                    INNER JOIN pg_class c
                        ON (ia.attrelid = c.oid)
                WHERE
                    ia.attnum > 0 AND NOT ia.attisdropped
                    AND c.reltype = t.oid)

                ELSE NULL
            END)                            AS attrtypoids,
            (CASE WHEN t.typtype = 'c' THEN
                (SELECT
                    array_agg(ia.attname::text ORDER BY ia.attnum)
                FROM
                    pg_attribute ia
                    INNER JOIN pg_class c
                        ON (ia.attrelid = c.oid)
                WHERE
                    ia.attnum > 0 AND NOT ia.attisdropped
                    AND c.reltype = t.oid)

                ELSE NULL
            END)                            AS attrnames
        FROM
            pg_catalog.pg_type AS t
            INNER JOIN pg_catalog.pg_namespace ns ON (
                ns.oid = t.typnamespace)
            LEFT JOIN pg_type elem_t ON (
                t.typlen = -1 AND
                t.typelem != 0 AND
                t.typelem = elem_t.oid
            )
            LEFT JOIN pg_range range_t ON (
                t.oid = range_t.rngtypid
            )
            LEFT JOIN pg_range multirange_t ON (
                t.oid = multirange_t.rngmultitypid
            )
    )
 ti,
        typeinfo_tree tt
    WHERE
        (tt.elemtype IS NOT NULL AND ti.oid = tt.elemtype)
        OR (tt.attrtypoids IS NOT NULL AND ti.oid = any(tt.attrtypoids))
        OR (tt.range_subtype IS NOT NULL AND ti.oid = tt.range_subtype)
        OR (tt.basetype IS NOT NULL AND ti.oid = tt.basetype)
)

SELECT DISTINCT
    *,
    basetype::regtype::text AS basetype_name,
    elemtype::regtype::text AS elemtype_name,
    range_subtype::regtype::text AS range_subtype_name
FROM
    typeinfo_tree
ORDER BY
    depth DESC
-- stockade: read
SELECT
                    set_config('jit', $1, false)
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = ANY (ARRAY[$1::VARCHAR, $2::VARCHAR]) AND pg_catalog.pg_class.relpersistence != $3::CHAR AND pg_catalog.pg_namespace.nspname = $4::VARCHAR
-- stockade: read
SELECT attr.conrelid, array_agg(CAST(attr.attname AS TEXT) ORDER BY attr.ord) AS cols, attr.conname, min(attr.description) AS description, min(attr.indnkeyatts) AS indnkeyatts, bool_and(attr.indnullsnotdistinct) AS indnullsnotdistinct 
FROM (SELECT con.conrelid AS conrelid, con.conname AS conname, con.description AS description, con.ord AS ord, con.indnkeyatts AS indnkeyatts, con.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_attribute.attname AS attname 
FROM pg_catalog.pg_attribute JOIN (SELECT pg_catalog.pg_constraint.conrelid AS conrelid, pg_catalog.pg_constraint.conname AS conname, unnest(pg_catalog.pg_index.indkey) AS attnum, generate_subscripts(pg_catalog.pg_index.indkey, $1::INTEGER) AS ord, pg_catalog.pg_index.indnkeyatts AS indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct AS indnullsnotdistinct, pg_catalog.pg_description.description AS description 
FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_index ON pg_catalog.pg_constraint.conindid = pg_catalog.pg_index.indexrelid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid AND pg_catalog.pg_description.classoid = CAST($2::REGCLASS AS REGCLASS) 
WHERE pg_catalog.pg_constraint.contype = $3::CHAR AND pg_catalog.pg_constraint.conrelid IN ($4::OID)) AS con ON pg_catalog.pg_attribute.attnum = con.attnum AND pg_catalog.pg_attribute.attrelid = con.conrelid 
WHERE con.conrelid IN ($4::OID)) AS attr GROUP BY attr.conrelid, attr.conname ORDER BY attr.conrelid, attr.conname
-- stockade: read
SELECT pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname, pg_catalog.pg_index.indisunique, pg_catalog.pg_constraint.conrelid IS NOT NULL AS has_constraint, pg_catalog.pg_index.indoption, pg_catalog.pg_class.reloptions, pg_catalog.pg_am.amname, CASE WHEN (pg_catalog.pg_index.indpred IS NOT NULL) THEN pg_catalog.pg_get_expr(pg_catalog.pg_index.indpred, pg_catalog.pg_index.indrelid) END AS filter_definition, pg_catalog.pg_index.indnkeyatts, pg_catalog.pg_index.indnullsnotdistinct, idx_cols.elements, idx_cols.elements_is_expr, idx_cols.elements_opclass, idx_cols.elements_opdefault 
FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_catalog.pg_index.indexrelid = pg_catalog.pg_class.oid JOIN pg_catalog.pg_am ON pg_catalog.pg_class.relam = pg_catalog.pg_am.oid LEFT OUTER JOIN (SELECT idx_attr.indexrelid AS indexrelid, min(idx_attr.indrelid) AS min_1, array_agg(idx_attr.element ORDER BY idx_attr.ord) AS elements, array_agg(idx_attr.is_expr ORDER BY idx_attr.ord) AS elements_is_expr, array_agg(idx_attr.opcname ORDER BY idx_attr.ord) AS elements_opclass, array_agg(idx_attr.opcdefault ORDER BY idx_attr.ord) AS elements_opdefault 
FROM (SELECT idx.indexrelid AS indexrelid, idx.indrelid AS indrelid, idx.ord AS ord, CASE WHEN (idx.attnum = $1::INTEGER) THEN pg_catalog.pg_get_indexdef(idx.indexrelid, idx.ord + $2::INTEGER, $3::BOOLEAN) ELSE CAST(pg_catalog.pg_attribute.attname AS TEXT) END AS element, idx.attnum = $4::INTEGER AS is_expr, pg_catalog.pg_opclass.opcname AS opcname, pg_catalog.pg_opclass.opcdefault AS opcdefault 
FROM (SELECT pg_catalog.pg_index.indexrelid AS indexrelid, pg_catalog.pg_index.indrelid AS indrelid, unnest(pg_catalog.pg_index.indkey) AS attnum, unnest(pg_catalog.pg_index.indclass) AS att_opclass, generate_subscripts(pg_catalog.pg_index.indkey, $5::INTEGER) AS ord 
FROM pg_catalog.pg_index 
WHERE NOT pg_catalog.pg_index.indisprimary AND pg_catalog.pg_index.indrelid IN ($9::OID)) AS idx LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_attribute.attnum = idx.attnum AND pg_catalog.pg_attribute.attrelid = idx.indrelid LEFT OUTER JOIN pg_catalog.pg_opclass ON pg_catalog.pg_opclass.oid = idx.att_opclass 
WHERE idx.indrelid IN ($9::OID)) AS idx_attr GROUP BY idx_attr.indexrelid) AS idx_cols ON pg_catalog.pg_index.indexrelid = idx_cols.indexrelid LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_index.indrelid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_index.indexrelid = pg_catalog.pg_constraint.conindid AND pg_catalog.pg_constraint.contype = ANY (ARRAY[$6::VARCHAR, $7::VARCHAR, $8::VARCHAR]) 
WHERE pg_catalog.pg_index.indrelid IN ($9::OID) AND NOT pg_catalog.pg_index.indisprimary ORDER BY pg_catalog.pg_index.indrelid, pg_catalog.pg_class.relname
-- stockade: read
SELECT pg_catalog.pg_class.relname 
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace 
WHERE pg_catalog.pg_class.relkind = $1::CHAR AND pg_catalog.pg_class.relname = $2::VARCHAR AND pg_catalog.pg_namespace.nspname = $3::VARCHAR
-- stockade: write
INSERT INTO sa_users (name, mood, version, deleted_at, data, kind) VALUES ($1::VARCHAR, $2::mood, $3::INTEGER, $4::TIMESTAMP WITHOUT TIME ZONE, $5::JSONB, $6::VARCHAR) RETURNING sa_users.id, sa_users.created
-- stockade: write
INSERT INTO sa_users (name, mood, version, deleted_at, kind) VALUES ($1::VARCHAR, $2::mood, $3::INTEGER, $4::TIMESTAMP WITHOUT TIME ZONE, $5::VARCHAR) RETURNING sa_users.id, sa_users.created
-- stockade: write
INSERT INTO sa_posts (user_id, title, price, labels) SELECT p0::INTEGER, p1::VARCHAR, p2::NUMERIC(10, 2), p3::VARCHAR[] FROM (VALUES ($1::INTEGER, $2::VARCHAR, $3::NUMERIC(10, 2), $4::VARCHAR[], 0), ($5::INTEGER, $6::VARCHAR, $7::NUMERIC(10, 2), $8::VARCHAR[], 1), ($9::INTEGER, $10::VARCHAR, $11::NUMERIC(10, 2), $12::VARCHAR[], 2), ($13::INTEGER, $14::VARCHAR, $15::NUMERIC(10, 2), $16::VARCHAR[], 3), ($17::INTEGER, $18::VARCHAR, $19::NUMERIC(10, 2), $20::VARCHAR[], 4)) AS imp_sen(p0, p1, p2, p3, sen_counter) ORDER BY sen_counter RETURNING sa_posts.id, sa_posts.id AS id__1
-- stockade: read
COMMIT;
-- stockade: write
INSERT INTO sa_users (name, mood, version, deleted_at, kind) SELECT p0::VARCHAR, p1::mood, p2::INTEGER, p3::TIMESTAMP WITHOUT TIME ZONE, p4::VARCHAR FROM (VALUES ($1::VARCHAR, $2::mood, $3::INTEGER, $4::TIMESTAMP WITHOUT TIME ZONE, $5::VARCHAR, 0), ($6::VARCHAR, $7::mood, $8::INTEGER, $9::TIMESTAMP WITHOUT TIME ZONE, $10::VARCHAR, 1), ($11::VARCHAR, $12::mood, $13::INTEGER, $14::TIMESTAMP WITHOUT TIME ZONE, $15::VARCHAR, 2), ($16::VARCHAR, $17::mood, $18::INTEGER, $19::TIMESTAMP WITHOUT TIME ZONE, $20::VARCHAR, 3), ($21::VARCHAR, $22::mood, $23::INTEGER, $24::TIMESTAMP WITHOUT TIME ZONE, $25::VARCHAR, 4), ($26::VARCHAR, $27::mood, $28::INTEGER, $29::TIMESTAMP WITHOUT TIME ZONE, $30::VARCHAR, 5), ($31::VARCHAR, $32::mood, $33::INTEGER, $34::TIMESTAMP WITHOUT TIME ZONE, $35::VARCHAR, 6), ($36::VARCHAR, $37::mood, $38::INTEGER, $39::TIMESTAMP WITHOUT TIME ZONE, $40::VARCHAR, 7), ($41::VARCHAR, $42::mood, $43::INTEGER, $44::TIMESTAMP WITHOUT TIME ZONE, $45::VARCHAR, 8), ($46::VARCHAR, $47::mood, $48::INTEGER, $49::TIMESTAMP WITHOUT TIME ZONE, $50::VARCHAR, 9), ($51::VARCHAR, $52::mood, $53::INTEGER, $54::TIMESTAMP WITHOUT TIME ZONE, $55::VARCHAR, 10), ($56::VARCHAR, $57::mood, $58::INTEGER, $59::TIMESTAMP WITHOUT TIME ZONE, $60::VARCHAR, 11), ($61::VARCHAR, $62::mood, $63::INTEGER, $64::TIMESTAMP WITHOUT TIME ZONE, $65::VARCHAR, 12), ($66::VARCHAR, $67::mood, $68::INTEGER, $69::TIMESTAMP WITHOUT TIME ZONE, $70::VARCHAR, 13), ($71::VARCHAR, $72::mood, $73::INTEGER, $74::TIMESTAMP WITHOUT TIME ZONE, $75::VARCHAR, 14), ($76::VARCHAR, $77::mood, $78::INTEGER, $79::TIMESTAMP WITHOUT TIME ZONE, $80::VARCHAR, 15), ($81::VARCHAR, $82::mood, $83::INTEGER, $84::TIMESTAMP WITHOUT TIME ZONE, $85::VARCHAR, 16), ($86::VARCHAR, $87::mood, $88::INTEGER, $89::TIMESTAMP WITHOUT TIME ZONE, $90::VARCHAR, 17), ($91::VARCHAR, $92::mood, $93::INTEGER, $94::TIMESTAMP WITHOUT TIME ZONE, $95::VARCHAR, 18), ($96::VARCHAR, $97::mood, $98::INTEGER, $99::TIMESTAMP WITHOUT TIME ZONE, $100::VARCHAR, 19)) AS imp_sen(p0, p1, p2, p3, p4, sen_counter) ORDER BY sen_counter RETURNING sa_users.id, sa_users.created, sa_users.id AS id__1
-- stockade: read
SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users
-- stockade: read
select * from shop.orders
-- stockade: read
BEGIN ISOLATION LEVEL SERIALIZABLE;
-- stockade: read
BEGIN ISOLATION LEVEL REPEATABLE READ;
-- stockade: read
begin transaction
-- stockade: read
rollback
-- stockade: read
commit
-- stockade: read
DECLARE c_7fa39d5d8950_1 NO SCROLL CURSOR FOR SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users
-- stockade: read
FETCH FORWARD 1 FROM c_7fa39d5d8950_1
-- stockade: read
CLOSE c_7fa39d5d8950_1
-- stockade: read
DECLARE c_7fa39d44be50_2 NO SCROLL CURSOR FOR select * from shop.orders
-- stockade: read
FETCH FORWARD 1 FROM c_7fa39d44be50_2
-- stockade: read
CLOSE c_7fa39d44be50_2
-- stockade: read
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE
-- stockade: read
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED
-- stockade: read
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ
-- stockade: read
SET SESSION CHARACTERISTICS AS TRANSACTION DEFERRABLE
-- stockade: read
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY
-- stockade: read
SET SESSION CHARACTERISTICS AS TRANSACTION NOT DEFERRABLE
-- stockade: refused protected-setting
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE
-- stockade: read
DECLARE "c_7fa8f7156f10_1" CURSOR FOR SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users
-- stockade: read
FETCH FORWARD 1 FROM "c_7fa8f7156f10_1"
-- stockade: read
CLOSE "c_7fa8f7156f10_1"
-- stockade: read
DECLARE "c_7fa8f73a2ad0_2" CURSOR FOR select * from shop.orders
-- stockade: read
FETCH FORWARD 1 FROM "c_7fa8f73a2ad0_2"
-- stockade: read
CLOSE "c_7fa8f73a2ad0_2"
-- stockade: read
DECLARE "c_7f66cad5ba50_1" CURSOR WITHOUT HOLD FOR SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users
-- stockade: read
FETCH FORWARD 1 FROM "c_7f66cad5ba50_1"
-- stockade: read
CLOSE "c_7f66cad5ba50_1"
-- stockade: read
DECLARE "c_7f66cb147e90_2" CURSOR WITHOUT HOLD FOR select * from shop.orders
-- stockade: read
FETCH FORWARD 1 FROM "c_7f66cb147e90_2"
-- stockade: read
CLOSE "c_7f66cb147e90_2"
-- stockade: read
DECLARE c_7f8445952550_1 NO SCROLL CURSOR FOR SELECT sa_users.id, sa_users.name, sa_users.mood, sa_users.version, sa_users.created, sa_users.deleted_at, sa_users.data, sa_users.kind 
FROM sa_users
-- stockade: read
FETCH FORWARD 1 FROM c_7f8445952550_1
-- stockade: read
CLOSE c_7f8445952550_1
-- stockade: read
DECLARE c_7f8445c3ef50_2 NO SCROLL CURSOR FOR select * from shop.orders
-- stockade: read
FETCH FORWARD 1 FROM c_7f8445c3ef50_2
-- stockade: read
CLOSE c_7f8445c3ef50_2
