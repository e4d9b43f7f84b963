-- drizzle-orm 0.45.4 with pg 8.23.1 (node-postgres), pg-cursor and postgres 3.4.9 (postgres.js); drizzle-kit 0.31.11 pull.
-- stockade: write
insert into "users" ("id", "name", "mood", "meta", "created", "uid", "ok") values (default, $1, default, $2, default, default, default) returning "id", "name", "mood", "meta", "created", "uid", "ok"
-- stockade: write
insert into "users" ("id", "name", "mood", "meta", "created", "uid", "ok") values (default, $1, default, default, default, default, default), (default, $2, $3, default, default, default, default) on conflict do nothing
-- stockade: write
insert into "users" ("id", "name", "mood", "meta", "created", "uid", "ok") values (default, $1, default, default, default, default, default) on conflict ("name") do update set "mood" = $2, "meta" = excluded.meta
-- stockade: write
insert into "posts" ("id", "user_id", "title", "price", "tags") values (default, $1, $2, default, $3), (default, $4, $5, default, $6), (default, $7, $8, default, $9), (default, $10, $11, default, $12), (default, $13, $14, default, $15), (default, $16, $17, default, $18), (default, $19, $20, default, $21), (default, $22, $23, default, $24), (default, $25, $26, default, $27), (default, $28, $29, default, $30), (default, $31, $32, default, $33), (default, $34, $35, default, $36), (default, $37, $38, default, $39), (default, $40, $41, default, $42), (default, $43, $44, default, $45), (default, $46, $47, default, $48), (default, $49, $50, default, $51), (default, $52, $53, default, $54), (default, $55, $56, default, $57), (default, $58, $59, default, $60)
-- stockade: read
select "id", "name", "mood", "meta", "created", "uid", "ok" from "users"
-- stockade: read
select "users"."id", count("posts"."id") from "users" left join "posts" on "posts"."user_id" = "users"."id" group by "users"."id" having count("posts"."id") > $1 order by "users"."id" desc limit $2
-- stockade: read
select "id", "user_id", "title", "price", "tags" from "posts" where ("posts"."title" ilike $1 and ("posts"."price" is null or "posts"."id" in ($2, $3)))
-- stockade: read
select distinct "title" from "posts"
-- stockade: read
select distinct on ("posts"."user_id") "id", "user_id", "title", "price", "tags" from "posts" order by "posts"."user_id"
-- stockade: read
with "sq" as (select "id", "name", "mood", "meta", "created", "uid", "ok" from "users" where "users"."name" = $1) select "id", "name", "mood", "meta", "created", "uid", "ok" from "sq"
-- stockade: read
select "id", "name", "mood", "meta", "created", "uid", "ok" from "users" where exists (select "id", "user_id", "title", "price", "tags" from "posts" "p" where "p"."user_id" = "users"."id")
-- stockade: read
select count(*) as count from "users" where "users"."name" = $1;
-- stockade: read
select "users"."id", "users_posts"."data" as "posts" from "users" "users" left join lateral (select coalesce(json_agg(json_build_array("users_posts"."id", "users_posts"."user_id", "users_posts"."title", "users_posts"."price", "users_posts"."tags")), '[]'::json) as "data" from (select * from "posts" "users_posts" where ("users_posts"."user_id" = "users"."id" and "users_posts"."id" > $1) limit $2) "users_posts") "users_posts" on true
-- stockade: read
select "posts"."id", "posts"."user_id", "posts"."title", "posts"."price", "posts"."tags", "posts_user"."data" as "user" from "posts" "posts" left join lateral (select json_build_array("posts_user"."id", "posts_user"."name", "posts_user"."mood", "posts_user"."meta", "posts_user"."created", "posts_user"."uid", "posts_user"."ok") as "data" from (select * from "users" "posts_user" where "posts_user"."id" = "posts"."user_id" limit $1) "posts_user") "posts_user" on true limit $2
-- stockade: write
update "users" set "name" = $1 where "users"."id" = $2 returning "id", "name", "mood", "meta", "created", "uid", "ok"
-- stockade: write
update "posts" set "title" = $1, "price" = "posts"."price" + 1 from "users" where ("users"."id" = "posts"."user_id" and "users"."name" = $2)
-- stockade: read
begin
-- stockade: write
select "id", "name", "mood", "meta", "created", "uid", "ok" from "users" where "users"."id" = $1 for update
-- stockade: write
select "id", "name", "mood", "meta", "created", "uid", "ok" from "users" where "users"."id" = $1 for no key update of "users" skip locked
-- stockade: read
savepoint sp1
-- stockade: write
insert into "users" ("id", "name", "mood", "meta", "created", "uid", "ok") values (default, $1, default, default, default, default, default)
-- stockade: read
rollback to savepoint sp1
-- stockade: read
set transaction isolation level read committed
-- stockade: read
commit
-- stockade: read
begin isolation level repeatable read read only deferrable
-- stockade: read
begin isolation level serializable read write
-- stockade: write
insert into "archive" ("id", "title") select "id", "title" from "posts" where "posts"."id" < $1
-- stockade: read
select $1::int
-- stockade: read
select "id", "name", "mood", "meta", "created", "uid", "ok" from "users" where "users"."id" = $1
-- stockade: write
delete from "posts" where "posts"."user_id" = $1 returning "id"
-- stockade: write
delete from "users" where "users"."name" in ($1, $2, $3)
-- stockade: read
select "id" from "uv"
-- stockade: write
delete from "archive" where "archive"."id" in (select "id" from "archive" limit $1)
-- stockade: read
select * from generate_series(1, $1)
-- stockade: read
select $1::text
-- stockade: read
listen ch
-- stockade: read
select * from users where id = any($1)
-- stockade: read
select b.oid, b.typarray
      from pg_catalog.pg_type a
      left join pg_catalog.pg_type b on b.oid = a.typelem
      where a.typcategory = 'A'
      group by b.oid, b.typarray
      order by b.oid
-- stockade: read
savepoint "s0"
-- stockade: read
rollback to "s0"
-- stockade: read
set transaction isolation level repeatable read read only deferrable
-- stockade: refused protected-setting
set transaction isolation level serializable read write
-- stockade: read
select * from users where id in ($1,$2) and name = $3
-- stockade: write
insert into users ("name")values($1)
-- stockade: write
update users set "name"=$1 where name = $2
-- stockade: read
select 1
-- stockade: read
select * from generate_series(1, 30)
-- stockade: read
listen "ch"
-- stockade: read
select $1::int[], $2::jsonb, $3::timestamptz
-- stockade: read
select mood from users
-- stockade: read
SELECT 
    n.nspname AS table_schema, 
    c.relname AS table_name, 
    CASE 
        WHEN c.relkind = 'r' THEN 'table'
        WHEN c.relkind = 'v' THEN 'view'
        WHEN c.relkind = 'm' THEN 'materialized_view'
    END AS type,
	c.relrowsecurity AS rls_enabled
FROM 
    pg_catalog.pg_class c
JOIN 
    pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE 
	c.relkind IN ('r', 'v', 'm') 
     AND n.nspname = 'public';
-- stockade: read
select s.nspname as table_schema
  from pg_catalog.pg_namespace s
  join pg_catalog.pg_user u on u.usesysid = s.nspowner
  where nspname not in ('information_schema', 'pg_catalog', 'public')
        and nspname not like 'pg_toast%'
        and nspname not like 'pg_temp_%'
  order by table_schema;
-- stockade: read
select schemaname, sequencename, start_value, min_value, max_value, increment_by, cycle, cache_size from pg_sequences as seq WHERE schemaname = 'public';
-- stockade: read
select n.nspname as enum_schema,
  t.typname as enum_name,
  e.enumlabel as enum_value,
  e.enumsortorder as sort_order
  from pg_type t
  join pg_enum e on t.oid = e.enumtypid
  join pg_catalog.pg_namespace n ON n.oid = t.typnamespace
   WHERE n.nspname = 'public'
  order by enum_schema, enum_name, sort_order;
-- stockade: read
SELECT rolname, rolinherit, rolcreatedb, rolcreaterole FROM pg_roles;
-- stockade: read
SELECT schemaname, tablename, policyname as name, permissive as "as", roles as to, cmd as for, qual as using, with_check as "withCheck" FROM pg_policies WHERE schemaname = 'public';
-- stockade: read
SELECT 
    a.attrelid::regclass::text AS table_name,  -- Table, view, or materialized view name
    a.attname AS column_name,   -- Column name
    CASE 
        WHEN NOT a.attisdropped THEN 
            CASE 
                WHEN a.attnotnull THEN 'NO'
                ELSE 'YES'
            END 
        ELSE NULL 
    END AS is_nullable,  -- NULL or NOT NULL constraint
    a.attndims AS array_dimensions,  -- Array dimensions
    CASE 
        WHEN a.atttypid = ANY ('{int,int8,int2}'::regtype[]) 
        AND EXISTS (
            SELECT FROM pg_attrdef ad
            WHERE ad.adrelid = a.attrelid 
            AND ad.adnum = a.attnum 
            AND pg_get_expr(ad.adbin, ad.adrelid) = 'nextval(''' 
                || pg_get_serial_sequence(a.attrelid::regclass::text, a.attname)::regclass || '''::regclass)'
        )
        THEN CASE a.atttypid
            WHEN 'int'::regtype THEN 'serial'
            WHEN 'int8'::regtype THEN 'bigserial'
            WHEN 'int2'::regtype THEN 'smallserial'
        END
        ELSE format_type(a.atttypid, a.atttypmod)
    END AS data_type,  -- Column data type
--    ns.nspname AS type_schema,  -- Schema name
    pg_get_serial_sequence('"public"."sa_nodes"', a.attname)::regclass AS seq_name,  -- Serial sequence (if any)
    c.column_default,  -- Column default value
    c.data_type AS additional_dt,  -- Data type from information_schema
    c.udt_name AS enum_name,  -- Enum type (if applicable)
    c.is_generated,  -- Is it a generated column?
    c.generation_expression,  -- Generation expression (if generated)
    c.is_identity,  -- Is it an identity column?
    c.identity_generation,  -- Identity generation strategy (ALWAYS or BY DEFAULT)
    c.identity_start,  -- Start value of identity column
    c.identity_increment,  -- Increment for identity column
    c.identity_maximum,  -- Maximum value for identity column
    c.identity_minimum,  -- Minimum value for identity column
    c.identity_cycle,  -- Does the identity column cycle?
    enum_ns.nspname AS type_schema  -- Schema of the enum type
FROM 
    pg_attribute a
JOIN 
    pg_class cls ON cls.oid = a.attrelid  -- Join pg_class to get table/view/materialized view info
JOIN 
    pg_namespace ns ON ns.oid = cls.relnamespace  -- Join namespace to get schema info
LEFT JOIN 
    information_schema.columns c ON c.column_name = a.attname 
        AND c.table_schema = ns.nspname 
        AND c.table_name = cls.relname  -- Match schema and table/view name
LEFT JOIN 
    pg_type enum_t ON enum_t.oid = a.atttypid  -- Join to get the type info
LEFT JOIN 
    pg_namespace enum_ns ON enum_ns.oid = enum_t.typnamespace  -- Join to get the enum schema
WHERE 
    a.attnum > 0  -- Valid column numbers only
    AND NOT a.attisdropped  -- Skip dropped columns
    AND cls.relkind IN ('r', 'v', 'm')  -- Include regular tables ('r'), views ('v'), and materialized views ('m')
    AND ns.nspname = 'public'  -- Filter by schema
    AND cls.relname = 'sa_nodes'  -- Filter by table name
ORDER BY 
    a.attnum;  -- Order by column number
-- stockade: read
SELECT c.column_name, c.data_type, constraint_type, constraint_name, constraint_schema
      FROM information_schema.table_constraints tc
      JOIN information_schema.constraint_column_usage AS ccu USING (constraint_schema, constraint_name)
      JOIN information_schema.columns AS c ON c.table_schema = tc.constraint_schema
        AND tc.table_name = c.table_name AND ccu.column_name = c.column_name
      WHERE tc.table_name = 'sa_nodes' and constraint_schema = 'public';
-- stockade: read
SELECT 
						tc.constraint_name,
						tc.constraint_type,
						pg_get_constraintdef(con.oid) AS constraint_definition
					FROM 
						information_schema.table_constraints AS tc
						JOIN pg_constraint AS con 
							ON tc.constraint_name = con.conname
							AND con.conrelid = (
								SELECT oid 
								FROM pg_class 
								WHERE relname = tc.table_name 
								AND relnamespace = (
									SELECT oid 
									FROM pg_namespace 
									WHERE nspname = tc.constraint_schema
								)
							)
					WHERE 
						tc.table_name = 'sa_nodes'
						AND tc.constraint_schema = 'public'
						AND tc.constraint_type = 'CHECK'
						AND con.contype = 'c';
-- stockade: read
SELECT
            con.contype AS constraint_type,
            nsp.nspname AS constraint_schema,
            con.conname AS constraint_name,
            rel.relname AS table_name,
            att.attname AS column_name,
            fnsp.nspname AS foreign_table_schema,
            frel.relname AS foreign_table_name,
            fatt.attname AS foreign_column_name,
            CASE con.confupdtype
              WHEN 'a' THEN 'NO ACTION'
              WHEN 'r' THEN 'RESTRICT'
              WHEN 'n' THEN 'SET NULL'
              WHEN 'c' THEN 'CASCADE'
              WHEN 'd' THEN 'SET DEFAULT'
            END AS update_rule,
            CASE con.confdeltype
              WHEN 'a' THEN 'NO ACTION'
              WHEN 'r' THEN 'RESTRICT'
              WHEN 'n' THEN 'SET NULL'
              WHEN 'c' THEN 'CASCADE'
              WHEN 'd' THEN 'SET DEFAULT'
            END AS delete_rule
          FROM
            pg_catalog.pg_constraint con
            JOIN pg_catalog.pg_class rel ON rel.oid = con.conrelid
            JOIN pg_catalog.pg_namespace nsp ON nsp.oid = con.connamespace
            LEFT JOIN pg_catalog.pg_attribute att ON att.attnum = ANY (con.conkey)
              AND att.attrelid = con.conrelid
            LEFT JOIN pg_catalog.pg_class frel ON frel.oid = con.confrelid
            LEFT JOIN pg_catalog.pg_namespace fnsp ON fnsp.oid = frel.relnamespace
            LEFT JOIN pg_catalog.pg_attribute fatt ON fatt.attnum = ANY (con.confkey)
              AND fatt.attrelid = con.confrelid
          WHERE
            nsp.nspname = 'public'
            AND rel.relname = 'sa_nodes'
            AND con.contype IN ('f');
-- stockade: read
SELECT  DISTINCT ON (t.relname, ic.relname, k.i) t.relname as table_name, ic.relname AS indexname,
        k.i AS index_order,
        i.indisunique as is_unique,
        am.amname as method,
        ic.reloptions as with,
        coalesce(a.attname, pg_get_indexdef(i.indexrelid, k.i, false)) AS column_name,
          CASE
        WHEN pg_get_expr(i.indexprs, i.indrelid) IS NOT NULL THEN 1
        ELSE 0
    END AS is_expression,
        i.indoption[k.i-1] & 1 = 1 AS descending,
        i.indoption[k.i-1] & 2 = 2 AS nulls_first,
        pg_get_expr(
                              i.indpred,
                              i.indrelid
                          ) as where,
         opc.opcname
      FROM pg_class t
          LEFT JOIN pg_index i ON t.oid = i.indrelid
          LEFT JOIN pg_class ic ON ic.oid = i.indexrelid
		  CROSS JOIN LATERAL (SELECT unnest(i.indkey), generate_subscripts(i.indkey, 1) + 1) AS k(attnum, i)
          LEFT JOIN pg_attribute AS a
            ON i.indrelid = a.attrelid AND k.attnum = a.attnum
          JOIN pg_namespace c on c.oid = t.relnamespace
        LEFT JOIN pg_am AS am ON ic.relam = am.oid
        JOIN pg_opclass opc ON opc.oid = ANY(i.indclass)
      WHERE
      c.nspname = 'public' AND
      t.relname = 'sa_nodes';
-- stockade: read
SELECT conname AS primary_key
            FROM   pg_constraint join pg_class on (pg_class.oid = conrelid)
            WHERE  contype = 'p' 
            AND    connamespace = $1::regnamespace  
            AND    pg_class.relname = $2;
-- stockade: read
SELECT
          idx.indexrelname AS index_name,
          idx.relname AS table_name,
          schemaname,
          CASE WHEN con.conname IS NOT NULL THEN 1 ELSE 0 END AS generated_by_constraint
        FROM
          pg_stat_user_indexes idx
        LEFT JOIN
          pg_constraint con ON con.conindid = idx.indexrelid
        WHERE idx.relname = 'sa_nodes' and schemaname = 'public'
        group by index_name, table_name,schemaname, generated_by_constraint;
