-- Prisma Client 7.10.0 with @prisma/adapter-pg; db pull by Prisma 6.19.3 (its schema engine as WebAssembly).
-- stockade: read
BEGIN
-- stockade: write
INSERT INTO "public"."User" ("name","mood","meta","tags","created","updated") VALUES ($1,CAST($2::text AS "public"."Mood"),$3,$4,$5,$6) RETURNING "public"."User"."id"
-- stockade: write
INSERT INTO "public"."Post" ("id","title","price","userId") VALUES ($1,$2,$3,$4) RETURNING "public"."Post"."id"
-- stockade: write
INSERT INTO "public"."Cat" ("name") VALUES ($1) RETURNING "public"."Cat"."id"
-- stockade: write
INSERT INTO "public"."_CatToPost" ("B","A") VALUES ($1,$2) ON CONFLICT DO NOTHING
-- stockade: read
SELECT "public"."User"."id", "public"."User"."name", "public"."User"."mood"::text, "public"."User"."meta", "public"."User"."tags", "public"."User"."created", "public"."User"."updated" FROM "public"."User" WHERE "public"."User"."id" = $1 LIMIT $2 OFFSET $3
-- stockade: read
SELECT "public"."Post"."id", "public"."Post"."title", "public"."Post"."price", "public"."Post"."userId" FROM "public"."Post" WHERE "public"."Post"."userId" = $1 OFFSET $2
-- stockade: read
SELECT "public"."Cat"."id", "public"."Cat"."name", "t0"."B" AS "CatToPost@Post" FROM "public"."Cat" INNER JOIN "public"."_CatToPost" AS "t0" ON "t0"."A" = "public"."Cat"."id" WHERE (1=1 AND "t0"."B" IN ($1,$2)) OFFSET $3
-- stockade: read
COMMIT
-- stockade: write
INSERT INTO "public"."User" ("name","mood","created","updated") VALUES ($1,CAST($2::text AS "public"."Mood"),$3,$4), ($5,CAST($6::text AS "public"."Mood"),$7,$8), ($9,CAST($10::text AS "public"."Mood"),$11,$12), ($13,CAST($14::text AS "public"."Mood"),$15,$16), ($17,CAST($18::text AS "public"."Mood"),$19,$20), ($21,CAST($22::text AS "public"."Mood"),$23,$24), ($25,CAST($26::text AS "public"."Mood"),$27,$28), ($29,CAST($30::text AS "public"."Mood"),$31,$32), ($33,CAST($34::text AS "public"."Mood"),$35,$36), ($37,CAST($38::text AS "public"."Mood"),$39,$40), ($41,CAST($42::text AS "public"."Mood"),$43,$44), ($45,CAST($46::text AS "public"."Mood"),$47,$48), ($49,CAST($50::text AS "public"."Mood"),$51,$52), ($53,CAST($54::text AS "public"."Mood"),$55,$56), ($57,CAST($58::text AS "public"."Mood"),$59,$60), ($61,CAST($62::text AS "public"."Mood"),$63,$64), ($65,CAST($66::text AS "public"."Mood"),$67,$68), ($69,CAST($70::text AS "public"."Mood"),$71,$72), ($73,CAST($74::text AS "public"."Mood"),$75,$76), ($77,CAST($78::text AS "public"."Mood"),$79,$80) ON CONFLICT DO NOTHING
-- stockade: write
INSERT INTO "public"."User" ("name","mood","created","updated") VALUES ($1,CAST($2::text AS "public"."Mood"),$3,$4) RETURNING "public"."User"."id", "public"."User"."name", "public"."User"."mood"::text, "public"."User"."meta", "public"."User"."tags", "public"."User"."created", "public"."User"."updated"
-- stockade: write
INSERT INTO "public"."User" ("name","mood","created","updated") VALUES ($1,CAST($2::text AS "public"."Mood"),$3,$4) ON CONFLICT ("name") DO UPDATE SET "mood" = CAST($5::text AS "public"."Mood"), "updated" = $6 WHERE ("public"."User"."name" = $7 AND 1=1) RETURNING "public"."User"."id", "public"."User"."name", "public"."User"."mood"::text, "public"."User"."meta", "public"."User"."tags", "public"."User"."created", "public"."User"."updated"
-- stockade: read
SELECT "public"."User"."id" FROM "public"."User" WHERE ("public"."User"."id" = $1 AND 1=1) OFFSET $2
-- stockade: write
INSERT INTO "public"."User" ("name","mood","created","updated") VALUES ($1,CAST($2::text AS "public"."Mood"),$3,$4) RETURNING "public"."User"."id"
-- stockade: read
SELECT "public"."User"."id", "public"."User"."name", "public"."User"."mood"::text, "public"."User"."meta", "public"."User"."tags", "public"."User"."created", "public"."User"."updated", COALESCE("aggr_selection_0_Post"."_aggr_count_posts", 0) AS "_aggr_count_posts" FROM "public"."User" LEFT JOIN (SELECT "public"."Post"."userId", COUNT(*) AS "orderby_aggregator" FROM "public"."Post" WHERE 1=1 GROUP BY "public"."Post"."userId") AS "orderby_1_Post" ON ("public"."User"."id" = "orderby_1_Post"."userId") LEFT JOIN (SELECT "public"."Post"."userId", COUNT(*) AS "_aggr_count_posts" FROM "public"."Post" WHERE 1=1 GROUP BY "public"."Post"."userId") AS "aggr_selection_0_Post" ON ("public"."User"."id" = "aggr_selection_0_Post"."userId") WHERE (("public"."User"."name" ILIKE ('%' || $1 || '%') OR EXISTS(SELECT "t0"."userId" FROM "public"."Post" AS "t0" WHERE ("t0"."title"::text LIKE ($2 || '%') AND ("public"."User"."id") = ("t0"."userId") AND "t0"."userId" IS NOT NULL))) AND (NOT "public"."User"."mood" = CAST($3::text AS "public"."Mood"))) ORDER BY "public"."User"."name" ASC, COALESCE("orderby_1_Post"."orderby_aggregator", $4) DESC LIMIT $5 OFFSET $6
-- stockade: read
SELECT "public"."Post"."id", "public"."Post"."title", "public"."Post"."price", "public"."Post"."userId" FROM "public"."Post" WHERE "public"."Post"."userId" IN (NULL) ORDER BY "public"."Post"."title" DESC OFFSET $1
-- stockade: read
SELECT "public"."User"."id", "public"."User"."name", "public"."User"."mood"::text, "public"."User"."meta", "public"."User"."tags", "public"."User"."created", "public"."User"."updated" FROM "public"."User" WHERE ("public"."User"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3
-- stockade: read
SELECT "public"."User"."id", "public"."User"."name", "public"."User"."mood"::text, "public"."User"."meta", "public"."User"."tags", "public"."User"."created", "public"."User"."updated" FROM "public"."User" WHERE (("public"."User"."meta"#>ARRAY[$1, $2]::text[])::jsonb::jsonb = $3 AND "public"."User"."tags" @> $4 AND "public"."User"."id" >= (SELECT "public"."User"."id" FROM "public"."User" WHERE ("public"."User"."id") = ($5))) ORDER BY "public"."User"."id" ASC LIMIT $6 OFFSET $7
-- stockade: read
SELECT "public"."User"."id", "public"."User"."name" FROM "public"."User" WHERE "public"."User"."id" IN ($1,$2,$3) OFFSET $4
-- stockade: read
SELECT SUM("price") AS "_sum$price", AVG("price") AS "_avg$price", COUNT(*) AS "_count$_all", MAX("title") AS "_max$title" FROM (SELECT "public"."Post"."price", "public"."Post"."id", "public"."Post"."title" FROM "public"."Post" WHERE "public"."Post"."title" = $1 OFFSET $2) AS "sub"
-- stockade: read
SELECT COUNT(*) AS "_count$_all", "public"."Post"."userId" FROM "public"."Post" WHERE 1=1 GROUP BY "public"."Post"."userId" HAVING SUM("public"."Post"."price") > $1 ORDER BY "public"."Post"."userId" ASC OFFSET $2
-- stockade: read
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."User"."id" FROM "public"."User" WHERE "public"."User"."name" <> $1 OFFSET $2) AS "sub"
-- stockade: write
UPDATE "public"."User" SET "name" = $1, "updated" = $2 WHERE ("public"."User"."id" = $3 AND 1=1) RETURNING "public"."User"."id", "public"."User"."name", "public"."User"."mood"::text, "public"."User"."meta", "public"."User"."tags", "public"."User"."created", "public"."User"."updated"
-- stockade: read
SELECT "public"."Post"."id", "public"."Post"."userId" FROM "public"."Post" WHERE ("public"."Post"."title" = $1 AND "public"."Post"."userId" IN ($2)) OFFSET $3
-- stockade: write
UPDATE "public"."Post" SET "price" = ("public"."Post"."price" + $1) WHERE ("public"."Post"."id" IN ($2) AND 1=1)
-- stockade: write
DELETE FROM "public"."Post" WHERE ("public"."Post"."id" IN ($1) AND 1=1)
-- stockade: write
UPDATE "public"."Post" SET "price" = $1 WHERE "public"."Post"."title" = $2
-- stockade: write
UPDATE "public"."Post" SET "price" = ("public"."Post"."price" * $1) WHERE "public"."Post"."title" = $2 RETURNING "public"."Post"."id", "public"."Post"."title", "public"."Post"."price", "public"."Post"."userId"
-- stockade: read
SELECT "public"."User"."id" FROM "public"."User" WHERE ("public"."User"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3
-- stockade: write
UPDATE "public"."Post" SET "userId" = $1 WHERE ("public"."Post"."id" = $2 AND 1=1) RETURNING "public"."Post"."id", "public"."Post"."title", "public"."Post"."price", "public"."Post"."userId"
-- stockade: read
SELECT "public"."Cat"."id", "t0"."B" AS "CatToPost@Post" FROM "public"."Cat" INNER JOIN "public"."_CatToPost" AS "t0" ON "t0"."A" = "public"."Cat"."id" WHERE ("public"."Cat"."name" = $1 AND 1=1 AND "t0"."B" IN ($2)) OFFSET $3
-- stockade: write
DELETE FROM "public"."_CatToPost" WHERE ("public"."_CatToPost"."B" = ($1) AND "public"."_CatToPost"."A" IN ($2))
-- stockade: read
SELECT "public"."Cat"."id" FROM "public"."Cat" WHERE ("public"."Cat"."name" = $1 AND 1=1) LIMIT $2 OFFSET $3
-- stockade: read
SELECT "public"."Cat"."id", "t1"."B" AS "CatToPost@Post" FROM "public"."Cat" INNER JOIN "public"."_CatToPost" AS "t1" ON "t1"."A" = "public"."Cat"."id" WHERE (1=1 AND "t1"."B" IN ($1)) OFFSET $2
-- stockade: read
SELECT "public"."Post"."id", "public"."Post"."title", "public"."Post"."price", "public"."Post"."userId" FROM "public"."Post" WHERE "public"."Post"."id" = $1 LIMIT $2 OFFSET $3
-- stockade: read
SELECT COUNT(*) AS "_count$_all" FROM (SELECT "public"."User"."id" FROM "public"."User" WHERE 1=1 OFFSET $1) AS "sub"
-- stockade: write
DELETE FROM "public"."Post" WHERE "public"."Post"."title" = $1
-- stockade: read
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
-- stockade: read
SELECT "public"."User"."id", "public"."User"."name", "public"."User"."mood"::text, "public"."User"."meta", "public"."User"."tags", "public"."User"."created", "public"."User"."updated" FROM "public"."User" WHERE 1=1 LIMIT $1 OFFSET $2
-- stockade: write
INSERT INTO "public"."Cat" ("name") VALUES ($1) RETURNING "public"."Cat"."id", "public"."Cat"."name"
-- stockade: read
ROLLBACK
-- stockade: read
select * from "User" where id = $1
-- stockade: write
update "User" set mood = 'ok' where id = $1
-- stockade: read
select 1
-- stockade: write
DELETE FROM "public"."Post" WHERE ("public"."Post"."userId" = $1 AND "public"."Post"."title"::text LIKE ('%' || $2))
-- stockade: write
DELETE FROM "public"."User" WHERE ("public"."User"."id" = $1 AND 1=1) RETURNING "public"."User"."id", "public"."User"."name", "public"."User"."mood"::text, "public"."User"."meta", "public"."User"."tags", "public"."User"."created", "public"."User"."updated"
-- stockade: write
DELETE FROM "public"."User" WHERE "public"."User"."name"::text LIKE ($1 || '%')
-- stockade: write
DELETE FROM "public"."Cat" WHERE "public"."Cat"."id" IN ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)
-- stockade: read
SELECT EXISTS(SELECT 1 FROM pg_namespace WHERE nspname = $1), version(), current_setting('server_version_num')::integer as numeric_version;
-- stockade: read
SELECT namespace.nspname as namespace_name
FROM pg_namespace as namespace
WHERE namespace.nspname = ANY ( $1 )
ORDER BY namespace_name;
-- stockade: read
SELECT
  tbl.relname AS table_name,
  namespace.nspname as namespace,
  (tbl.relhassubclass and tbl.relkind = 'p') as is_partition,
  (tbl.relhassubclass and tbl.relkind = 'r') as has_subclass,
  tbl.relrowsecurity as has_row_level_security,
  reloptions,
  obj_description(tbl.oid, 'pg_class') as description
FROM pg_class AS tbl
INNER JOIN pg_namespace AS namespace ON namespace.oid = tbl.relnamespace
WHERE
  ( -- (relkind = 'r' and relispartition = 't') matches partition table "duplicates"
    (tbl.relkind = 'r' AND tbl.relispartition = 'f')
      OR -- when it's a partition
    tbl.relkind = 'p'
  )
  AND namespace.nspname = ANY ( $1 )
ORDER BY namespace, table_name;
-- stockade: read
SELECT
    schemainfo.nspname AS namespace,
    tableinfo.relname AS table_name,
	constr.conname AS constraint_name,
	constr.contype AS constraint_type,
	pg_get_constraintdef(constr.oid) AS constraint_definition,
	constr.condeferrable AS is_deferrable,
	constr.condeferred AS is_deferred
FROM pg_constraint constr
JOIN pg_class AS tableinfo
	ON tableinfo.oid = constr.conrelid
JOIN pg_namespace AS schemainfo
	ON schemainfo.oid = tableinfo.relnamespace
WHERE schemainfo.nspname = ANY ( $1 )
	AND contype NOT IN ('p', 'u', 'f')
ORDER BY namespace, table_name, constr.contype, constraint_name;
-- stockade: read
SELECT
    views.viewname AS view_name,
    views.definition AS view_sql,
    views.schemaname AS namespace,
    obj_description(class.oid, 'pg_class') AS description
FROM pg_catalog.pg_views views
INNER JOIN pg_catalog.pg_namespace ns ON views.schemaname = ns.nspname
INNER JOIN pg_catalog.pg_class class ON class.relnamespace = ns.oid AND class.relname = views.viewname
WHERE schemaname = ANY ( $1 )
-- stockade: read
SELECT
                t.typname AS name,
                e.enumlabel AS value,
                n.nspname AS namespace,
                obj_description(t.oid, 'pg_type') AS description
            FROM pg_type t
            JOIN pg_enum e ON t.oid = e.enumtypid
            JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
            WHERE n.nspname = ANY ( $1 )
            ORDER BY e.enumsortorder
-- stockade: read
SELECT
                t.typname AS name,
                n.nspname AS namespace
            FROM pg_type t
            JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
            WHERE n.nspname = ANY ( $1 )
              AND t.typtype = 'b' -- only base types
              AND t.typinput::regproc::text <> 'array_in' -- exclude array types
-- stockade: read
SELECT
                oid.namespace,
                info.table_name,
                info.column_name,
                format_type(att.atttypid, att.atttypmod) as formatted_type,
                info.numeric_precision,
                info.numeric_scale,
                info.numeric_precision_radix,
                info.datetime_precision,
                info.data_type,
                info.udt_schema as type_schema_name,
                info.udt_name as full_data_type,
                pg_get_expr(attdef.adbin, attdef.adrelid) AS column_default,
                info.is_nullable,
                info.is_identity,
                info.character_maximum_length,
                col_description(att.attrelid, ordinal_position) AS description
            FROM information_schema.columns info
            JOIN pg_attribute att ON att.attname = info.column_name
            JOIN (
                 SELECT pg_class.oid, relname, pg_namespace.nspname as namespace
                 FROM pg_class
                 JOIN pg_namespace on pg_namespace.oid = pg_class.relnamespace
                 AND pg_namespace.nspname = ANY ( $1 )
                 WHERE reltype > 0
                ) as oid on oid.oid = att.attrelid
                  AND relname = info.table_name
                  AND namespace = info.table_schema
            LEFT OUTER JOIN pg_attrdef attdef ON attdef.adrelid = att.attrelid AND attdef.adnum = att.attnum AND table_schema = namespace
            WHERE table_schema = ANY ( $1 ) 
            ORDER BY namespace, table_name, ordinal_position;
-- stockade: read
SELECT
                con.oid         AS "con_id",
                att2.attname    AS "child_column",
                cl.relname      AS "parent_table",
                att.attname     AS "parent_column",
                con.confdeltype,
                con.confupdtype,
                rel_ns.nspname  AS "referenced_schema_name",
                conname         AS constraint_name,
                child,
                parent,
                table_name,
                namespace,
                condeferrable,
                condeferred
            FROM (SELECT
                        ns.nspname AS "namespace",
                        unnest(con1.conkey)                AS "parent",
                        unnest(con1.confkey)                AS "child",
                        cl.relname                          AS table_name,
                        ns.nspname                          AS schema_name,
                        generate_subscripts(con1.conkey, 1) AS colidx,
                        con1.oid,
                        con1.confrelid,
                        con1.conrelid,
                        con1.conname,
                        con1.confdeltype,
                        con1.confupdtype,
                        con1.condeferrable                  AS condeferrable,
                        con1.condeferred                    AS condeferred
                FROM pg_class cl
                        join pg_constraint con1 on con1.conrelid = cl.oid
                        join pg_namespace ns on cl.relnamespace = ns.oid
                WHERE
                    ns.nspname = ANY ( $1 )
                    and con1.contype = 'f'
                ORDER BY colidx
                ) con
                    JOIN pg_attribute att on att.attrelid = con.confrelid and att.attnum = con.child
                    JOIN pg_class cl on cl.oid = con.confrelid
                    JOIN pg_attribute att2 on att2.attrelid = con.conrelid and att2.attnum = con.parent
                    JOIN pg_class rel_cl on con.confrelid = rel_cl.oid
                    JOIN pg_namespace rel_ns on rel_cl.relnamespace = rel_ns.oid
            ORDER BY namespace, table_name, constraint_name, con_id, con.colidx;
-- stockade: read
WITH rawindex AS (
    SELECT
        indrelid, 
        indexrelid,
        indisunique,
        indisprimary,
        unnest(indkey) AS indkeyid,
        generate_subscripts(indkey, 1) AS indkeyidx,
        unnest(indclass) AS indclass,
        unnest(indoption) AS indoption
    FROM pg_index -- https://www.postgresql.org/docs/current/catalog-pg-index.html
    WHERE
        indpred IS NULL -- filter out partial indexes
        AND NOT indisexclusion -- filter out exclusion constraints
)
SELECT
    schemainfo.nspname AS namespace,
    indexinfo.relname AS index_name,
    tableinfo.relname AS table_name,
    columninfo.attname AS column_name,
    rawindex.indisunique AS is_unique,
    rawindex.indisprimary AS is_primary_key,
    rawindex.indkeyidx AS column_index,
    opclass.opcname AS opclass,
    opclass.opcdefault AS opcdefault,
    indexaccess.amname AS index_algo,
    CASE rawindex.indoption & 1
        WHEN 1 THEN 'DESC'
        ELSE 'ASC' END
        AS column_order,
    CASE rawindex.indoption & 2
        WHEN 2 THEN true
        ELSE false END
        AS nulls_first,
    pc.condeferrable AS condeferrable,
    pc.condeferred AS condeferred
FROM
    rawindex
    INNER JOIN pg_class AS tableinfo ON tableinfo.oid = rawindex.indrelid
    INNER JOIN pg_class AS indexinfo ON indexinfo.oid = rawindex.indexrelid
    INNER JOIN pg_namespace AS schemainfo ON schemainfo.oid = tableinfo.relnamespace
    LEFT JOIN pg_attribute AS columninfo
        ON columninfo.attrelid = tableinfo.oid AND columninfo.attnum = rawindex.indkeyid
    INNER JOIN pg_am AS indexaccess ON indexaccess.oid = indexinfo.relam
    LEFT JOIN pg_opclass AS opclass -- left join because crdb has no opclasses
        ON opclass.oid = rawindex.indclass
    LEFT JOIN pg_constraint pc ON rawindex.indexrelid = pc.conindid AND pc.contype <> 'f'
WHERE schemainfo.nspname = ANY ( $1 )
ORDER BY namespace, table_name, index_name, column_index;
-- stockade: read
SELECT p.proname AS name, n.nspname as namespace,
                CASE WHEN l.lanname = 'internal' THEN p.prosrc
                     ELSE pg_get_functiondef(p.oid)
                     END as definition
            FROM pg_proc p
            LEFT JOIN pg_namespace n ON p.pronamespace = n.oid
            LEFT JOIN pg_language l ON p.prolang = l.oid
            WHERE n.nspname = ANY ( $1 )
-- stockade: read
SELECT
    ext.extname AS extension_name,
    ext.extversion AS extension_version,
    ext.extrelocatable AS extension_relocatable,
    pn.nspname AS extension_schema
FROM pg_extension ext
INNER JOIN pg_namespace pn ON ext.extnamespace = pn.oid
ORDER BY ext.extname ASC
-- stockade: read
SELECT
                  sequence_name,
                  sequence_schema AS namespace,
                  start_value::INT8,
                  minimum_value::INT8 AS min_value,
                  maximum_value::INT8 AS max_value,
                  increment::INT8 AS increment_by,
                  (CASE cycle_option WHEN 'yes' THEN TRUE ELSE FALSE END) AS cycle,
                  0::INT8 AS cache_size
              FROM information_schema.sequences
              WHERE sequence_schema = ANY ( $1 )
              ORDER BY sequence_name
