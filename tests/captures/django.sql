-- Django 5.2.19 with psycopg 3.3.9: ORM, admin, database cache, sessions, inspectdb, dumpdata.
-- stockade: read
SELECT set_config('TimeZone', 'UTC', false)
-- stockade: read
SELECT oid, typarray FROM pg_type WHERE typname = 'hstore'
-- stockade: read
SELECT oid, typarray FROM pg_type WHERE typname = 'citext'
-- stockade: write
INSERT INTO "app_author" ("name", "born", "deleted_at", "mail") VALUES ('a', NULL, NULL, '') RETURNING "app_author"."id"
-- stockade: read
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author" WHERE "app_author"."name" = 'b' LIMIT 21
-- stockade: read
BEGIN
-- stockade: read
COMMIT
-- stockade: write
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author" WHERE "app_author"."name" = 'b' LIMIT 21 FOR UPDATE
-- stockade: write
UPDATE "app_author" SET "born" = NULL, "deleted_at" = NULL, "mail" = 'x@y' WHERE "app_author"."id" = 2
-- stockade: read
SAVEPOINT "s140508280654720_x1"
-- stockade: read
RELEASE SAVEPOINT "s140508280654720_x1"
-- stockade: write
INSERT INTO "app_book" ("author_id", "title", "price", "data", "labels", "published", "active", "stock", "sv") VALUES (1, 't', 3, '{"a": {"b": [1]}}'::jsonb, '{x,y}'::varchar(10)[], '2026-11-22 14:06:47.680848+00:00'::timestamptz, true, 0, NULL) RETURNING "app_book"."id"
-- stockade: write
INSERT INTO "app_tag" ("name") SELECT * FROM UNNEST(('{0,1,2,3}')::varchar[]) RETURNING "app_tag"."id"
-- stockade: write
INSERT INTO "app_book" ("author_id", "title", "price", "data", "labels", "published", "active", "stock", "sv") VALUES (1, 'b0', 0, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b1', 1, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b2', 2, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b3', 3, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b4', 4, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b5', 5, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b6', 6, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b7', 7, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b8', 8, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b9', 9, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b10', 10, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b11', 11, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b12', 12, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b13', 13, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b14', 14, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b15', 15, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b16', 16, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b17', 17, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b18', 18, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b19', 19, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b20', 20, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b21', 21, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b22', 22, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b23', 23, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b24', 24, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b25', 25, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b26', 26, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b27', 27, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b28', 28, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b29', 29, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b30', 30, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b31', 31, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b32', 32, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b33', 33, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b34', 34, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b35', 35, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b36', 36, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b37', 37, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b38', 38, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL), (1, 'b39', 39, '{}'::jsonb, '{}'::varchar(10)[], NULL, true, 0, NULL) RETURNING "app_book"."id"
-- stockade: write
INSERT INTO "app_author" ("name", "born", "deleted_at", "mail") SELECT * FROM UNNEST(('{a,q}')::varchar[], ('{NULL,NULL}')::date[], ('{NULL,NULL}')::timestamp with time zone[], ('{"",""}')::varchar[]) ON CONFLICT DO NOTHING
-- stockade: write
INSERT INTO "app_author" ("name", "born", "deleted_at", "mail") SELECT * FROM UNNEST(('{a,q2}')::varchar[], ('{NULL,NULL}')::date[], ('{NULL,NULL}')::timestamp with time zone[], ('{z,""}')::varchar[]) ON CONFLICT("name") DO UPDATE SET "mail" = EXCLUDED."mail" RETURNING "app_author"."id"
-- stockade: read
SELECT "app_tag"."id" AS "id" FROM "app_tag" INNER JOIN "app_book_tags" ON ("app_tag"."id" = "app_book_tags"."tag_id") WHERE "app_book_tags"."book_id" = 1
-- stockade: write
INSERT INTO "app_book_tags" ("book_id", "tag_id") SELECT * FROM UNNEST(('{1,1,1}'::int2[])::bigint[], ('{1,2,3}'::int2[])::bigint[]) ON CONFLICT DO NOTHING
-- stockade: write
INSERT INTO "app_book_tags" ("book_id", "tag_id") VALUES (1, 5) ON CONFLICT DO NOTHING
-- stockade: write
DELETE FROM "app_book_tags" WHERE ("app_book_tags"."book_id" = 1 AND "app_book_tags"."tag_id" IN (1))
-- stockade: write
DELETE FROM "app_book_tags" WHERE "app_book_tags"."book_id" = 1
-- stockade: write
UPDATE "app_book" SET "author_id" = 1, "title" = 'T2', "price" = 3, "data" = '{"a": {"b": [1]}}'::jsonb, "labels" = '{x,y}'::varchar(10)[], "published" = '2026-11-22 14:06:47.680848+00:00'::timestamptz, "active" = true, "stock" = 0, "sv" = NULL WHERE "app_book"."id" = 1
-- stockade: write
UPDATE "app_book" SET "price" = 3 WHERE "app_book"."id" = 1
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."id" = 1 LIMIT 21
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" LIMIT 5
-- stockade: write
UPDATE "app_book" SET "price" = (CASE WHEN ("app_book"."id" = 2) THEN 5 WHEN ("app_book"."id" = 3) THEN 5 WHEN ("app_book"."id" = 4) THEN 5 WHEN ("app_book"."id" = 5) THEN 5 WHEN ("app_book"."id" = 6) THEN 5 ELSE NULL END)::numeric(8, 2), "stock" = (CASE WHEN ("app_book"."id" = 2) THEN 0 WHEN ("app_book"."id" = 3) THEN 0 WHEN ("app_book"."id" = 4) THEN 0 WHEN ("app_book"."id" = 5) THEN 0 WHEN ("app_book"."id" = 6) THEN 0 ELSE NULL END)::integer WHERE "app_book"."id" IN (2, 3, 4, 5, 6)
-- stockade: write
UPDATE "app_book" SET "price" = ("app_book"."price" * 2) WHERE "app_book"."price" < 3
-- stockade: write
UPDATE "app_book" SET "active" = false WHERE "app_book"."id" IN (SELECT U0."id" FROM "app_book" U0 INNER JOIN "app_author" U1 ON (U0."author_id" = U1."id") WHERE (U1."name" = 'a' AND U0."title"::text LIKE 'b%'))
-- stockade: write
UPDATE "app_book" SET "stock" = ("app_book"."stock" + 1), "data" = '{"x": 1}'::jsonb WHERE "app_book"."id" = 1
-- stockade: write
UPDATE "app_book" SET "stock" = 1 WHERE "app_book"."id" IN (SELECT U0."id" AS "id" FROM "app_book" U0 INNER JOIN "app_author" U1 ON (U0."author_id" = U1."id") WHERE U1."name" = 'a' LIMIT 3)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE (UPPER("app_book"."title"::text) LIKE UPPER('%t%') OR NOT ("app_author"."name" = 'z'))
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE NOT (EXISTS(SELECT 1 AS "a" FROM "app_book_tags" U1 INNER JOIN "app_tag" U2 ON (U1."tag_id" = U2."id") WHERE (U2."name" = '1' AND U1."book_id" = ("app_book"."id")) LIMIT 1))
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id")
-- stockade: read
SELECT ("app_book_tags"."book_id") AS "_prefetch_related_val_book_id", "app_tag"."id", "app_tag"."name" FROM "app_tag" INNER JOIN "app_book_tags" ON ("app_tag"."id" = "app_book_tags"."tag_id") WHERE "app_book_tags"."book_id" IN (41, 40, 32, 10, 9, 7, 35, 38, 15, 6, 26, 12, 39, 24, 19, 36, 25, 31, 30, 21, 14, 3, 17, 37, 28, 22, 20, 33, 13, 5, 18, 2, 16, 27, 23, 11, 8, 1, 29, 4, 34)
-- stockade: read
SELECT "app_review"."id", "app_review"."book_id", "app_review"."stars", "app_review"."text" FROM "app_review" WHERE "app_review"."book_id" IN (41, 40, 32, 10, 9, 7, 35, 38, 15, 6, 26, 12, 39, 24, 19, 36, 25, 31, 30, 21, 14, 3, 17, 37, 28, 22, 20, 33, 13, 5, 18, 2, 16, 27, 23, 11, 8, 1, 29, 4, 34)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", COUNT("app_book_tags"."tag_id") AS "n" FROM "app_book" LEFT OUTER JOIN "app_book_tags" ON ("app_book"."id" = "app_book_tags"."book_id") GROUP BY "app_book"."id" HAVING COUNT("app_book_tags"."tag_id") > 1
-- stockade: read
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail", SUM("app_book"."price") AS "s", MAX("app_book"."published") AS "m", COUNT(DISTINCT "app_book"."id") FILTER (WHERE "app_book"."active") AS "c" FROM "app_author" LEFT OUTER JOIN "app_book" ON ("app_author"."id" = "app_book"."author_id") GROUP BY "app_author"."id" ORDER BY 6 DESC
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE ("app_book"."data" #> '{a,b}') @> '[1]'::jsonb
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."data" ? 'a'
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE ("app_book"."labels" @> (ARRAY['x'])::varchar(10)[] AND CASE WHEN "app_book"."labels" IS NULL THEN NULL ELSE coalesce(array_length("app_book"."labels", 1), 0) END = 2)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE (("app_book"."published" AT TIME ZONE 'America/Chicago')::date >= '2020-01-01'::date AND "app_book"."published" BETWEEN '2024-01-01 00:00:00-06:00'::timestamptz AND '2024-12-31 23:59:59.999999-06:00'::timestamptz)
-- stockade: read
SELECT DATE_TRUNC('month', "app_book"."published" AT TIME ZONE 'America/Chicago') AS "mth", COUNT("app_book"."id") AS "c" FROM "app_book" GROUP BY 1
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", ROW_NUMBER() OVER (PARTITION BY "app_book"."author_id" ORDER BY "app_book"."price") AS "r" FROM "app_book"
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", (SELECT U0."text" AS "text" FROM "app_review" U0 WHERE U0."book_id" = ("app_book"."id") ORDER BY U0."stars" DESC LIMIT 1) AS "latest" FROM "app_book"
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE EXISTS(SELECT 1 AS "a" FROM "app_review" U0 WHERE U0."book_id" = ("app_book"."id") LIMIT 1)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", CASE WHEN "app_book"."price" > 5 THEN 'hi' ELSE 'lo' END AS "k" FROM "app_book"
-- stockade: read
SELECT "app_book"."id", "app_book"."title" FROM "app_book"
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book"
-- stockade: read
SELECT DISTINCT ON ("app_book"."author_id") "app_book"."title" AS "title" FROM "app_book"
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" ORDER BY RANDOM() ASC LIMIT 2
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" LIMIT 3 OFFSET 3
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE ("app_book"."title"::text ~* 'B' AND "app_book"."title"::text ~ '^b')
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."price" BETWEEN 1 AND 5
-- stockade: read
(SELECT "app_book"."id" AS "col1", "app_book"."author_id" AS "col2", "app_book"."title" AS "col3", "app_book"."price" AS "col4", "app_book"."data" AS "col5", "app_book"."labels" AS "col6", "app_book"."published" AS "col7", "app_book"."active" AS "col8", "app_book"."stock" AS "col9", "app_book"."sv" AS "col10" FROM "app_book" WHERE "app_book"."title" = 'x') UNION (SELECT "app_book"."id" AS "col1", "app_book"."author_id" AS "col2", "app_book"."title" AS "col3", "app_book"."price" AS "col4", "app_book"."data" AS "col5", "app_book"."labels" AS "col6", "app_book"."published" AS "col7", "app_book"."active" AS "col8", "app_book"."stock" AS "col9", "app_book"."sv" AS "col10" FROM "app_book" WHERE "app_book"."title" = 'y')
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", to_tsvector(COALESCE("app_book"."title", '')) AS "s" FROM "app_book" WHERE to_tsvector(COALESCE("app_book"."title", '')) @@ (plainto_tsquery('b1'))
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", ts_rank(to_tsvector(COALESCE("app_book"."title", '')), plainto_tsquery('b1')) AS "rank" FROM "app_book" ORDER BY 11 DESC
-- stockade: read
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail", ARRAY_AGG("app_book"."title" ) AS "t", COALESCE(STRING_AGG("app_book"."title", ',' ), '') AS "u" FROM "app_author" LEFT OUTER JOIN "app_book" ON ("app_author"."id" = "app_book"."author_id") GROUP BY "app_author"."id"
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", LENGTH("app_book"."title") AS "l", UPPER("app_book"."title") AS "u", (COALESCE("app_book"."title", '') || COALESCE('x', '')) AS "c", COALESCE("app_book"."stock", 0) AS "co", GREATEST("app_book"."stock", "app_book"."stock") AS "g", EXTRACT(YEAR FROM "app_book"."published" AT TIME ZONE 'America/Chicago') AS "ex", ("app_book"."price")::integer AS "ca" FROM "app_book"
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_special"."book_ptr_id", "app_special"."gift" FROM "app_special" INNER JOIN "app_book" ON ("app_special"."book_ptr_id" = "app_book"."id")
-- stockade: read
SELECT DISTINCT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") INNER JOIN "app_book" T3 ON ("app_author"."id" = T3."author_id") WHERE T3."price" > 1
-- stockade: read
select * from app_book where id = 1
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."title" IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15', '16', '17', '18', '19')
-- stockade: read
SELECT COUNT(*) AS "__count" FROM "app_book"
-- stockade: read
SELECT 1 AS "a" FROM "app_book" LIMIT 1
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" ORDER BY "app_book"."id" ASC LIMIT 1
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" ORDER BY "app_book"."id" DESC LIMIT 1
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" ORDER BY "app_book"."published" DESC LIMIT 1
-- stockade: read
SELECT COUNT(*) AS "n", AVG("app_book"."price") AS "price__avg", MIN("app_book"."price") AS "price__min", STDDEV_POP("app_book"."price") AS "price__stddev" FROM "app_book"
-- stockade: read
SELECT DISTINCT DATE_TRUNC('day', "app_book"."published" AT TIME ZONE 'America/Chicago') AS "datetimefield" FROM "app_book" WHERE "app_book"."published" IS NOT NULL ORDER BY 1 ASC
-- stockade: read
EXPLAIN (ANALYZE true) SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."id" = 1
-- stockade: read
SELECT 1 AS "a" FROM "app_book" WHERE "app_book"."id" = 1 LIMIT 1
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_1" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book"
-- stockade: read
FETCH FORWARD 7 FROM "_django_curs_140508280654720_sync_1"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_1"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_2" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book"
-- stockade: read
FETCH FORWARD 7 FROM "_django_curs_140508280654720_sync_2"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_2"
-- stockade: write
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."id" = 1 FOR UPDATE
-- stockade: write
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE "app_book"."id" = 1 FOR UPDATE OF "app_book" SKIP LOCKED
-- stockade: write
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."id" = 1 FOR NO KEY UPDATE NOWAIT
-- stockade: read
ROLLBACK TO SAVEPOINT "s140508280654720_x2"
-- stockade: write
INSERT INTO "app_tag" ("name") VALUES ('sp') RETURNING "app_tag"."id"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_3" NO SCROLL CURSOR FOR SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book"
-- stockade: read
FETCH FORWARD 7 FROM "_django_curs_140508280654720_sync_3"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_3"
-- stockade: read
SET CONSTRAINTS ALL IMMEDIATE
-- stockade: read
SET CONSTRAINTS ALL DEFERRED
-- stockade: read
ROLLBACK
-- stockade: write
INSERT INTO "app_special" ("book_ptr_id", "gift") VALUES (42, 'g')
-- stockade: write
UPDATE "app_book" SET "author_id" = 2, "title" = 's', "price" = 0, "data" = '{}'::jsonb, "labels" = '{}'::varchar(10)[], "published" = NULL, "active" = true, "stock" = 0, "sv" = NULL WHERE "app_book"."id" = 42
-- stockade: write
UPDATE "app_special" SET "gift" = 'h' WHERE "app_special"."book_ptr_id" = 42
-- stockade: write
DELETE FROM "app_book_tags" WHERE "app_book_tags"."book_id" IN (42)
-- stockade: write
UPDATE "app_review" SET "book_id" = NULL WHERE "app_review"."book_id" IN (42)
-- stockade: write
DELETE FROM "app_special" WHERE "app_special"."book_ptr_id" IN (42)
-- stockade: write
DELETE FROM "app_book" WHERE "app_book"."id" IN (42)
-- stockade: write
INSERT INTO "app_review" ("book_id", "stars", "text") VALUES (1, 3, 'x') RETURNING "app_review"."id"
-- stockade: write
DELETE FROM "app_review" WHERE "app_review"."book_id" = 1
-- stockade: read
SELECT "app_book"."id", "app_special"."book_ptr_id" FROM "app_special" INNER JOIN "app_book" ON ("app_special"."book_ptr_id" = "app_book"."id") WHERE "app_special"."book_ptr_id" IN (1)
-- stockade: read
SELECT "app_tag"."id", "app_tag"."name" FROM "app_tag" WHERE "app_tag"."name" = 'sp'
-- stockade: write
DELETE FROM "app_book_tags" WHERE "app_book_tags"."tag_id" IN (11)
-- stockade: write
DELETE FROM "app_tag" WHERE "app_tag"."id" IN (11)
-- stockade: read
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author" WHERE "app_author"."name" IN ('q', 'q2')
-- stockade: read
SELECT "app_book"."id" FROM "app_book" WHERE "app_book"."author_id" IN (5, 7)
-- stockade: write
DELETE FROM "app_author" WHERE "app_author"."id" IN (7, 5)
-- stockade: write
DELETE FROM "app_book" WHERE "app_book"."price" < 2
-- stockade: read
SELECT "app_book"."id" FROM "app_book" WHERE "app_book"."author_id" IN (1)
-- stockade: write
INSERT INTO "auth_user" ("password", "last_login", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined") VALUES ('pbkdf2_sha256$1000000$zSkI6zqa77WpqbUCCnyzCS$zM1G3b+BTC4w3xNTPqcm6O2fvKR2COxNivLjdF88sO4=', NULL, true, 'admin', '', '', 'a@b.c', true, true, '2026-11-22 14:06:47.816597+00:00'::timestamptz) RETURNING "auth_user"."id"
-- stockade: read
SELECT "auth_user"."id", "auth_user"."password", "auth_user"."last_login", "auth_user"."is_superuser", "auth_user"."username", "auth_user"."first_name", "auth_user"."last_name", "auth_user"."email", "auth_user"."is_staff", "auth_user"."is_active", "auth_user"."date_joined" FROM "auth_user" WHERE "auth_user"."username" = 'admin' LIMIT 21
-- stockade: write
INSERT INTO "auth_group" ("name") VALUES ('g') RETURNING "auth_group"."id"
-- stockade: read
SELECT "auth_permission"."id", "auth_permission"."name", "auth_permission"."content_type_id", "auth_permission"."codename" FROM "auth_permission" INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, "auth_permission"."codename" ASC LIMIT 1
-- stockade: write
INSERT INTO "auth_group_permissions" ("group_id", "permission_id") VALUES (1, 1) ON CONFLICT DO NOTHING
-- stockade: write
INSERT INTO "auth_user_groups" ("user_id", "group_id") VALUES (1, 1) ON CONFLICT DO NOTHING
-- stockade: write
INSERT INTO "auth_user" ("password", "last_login", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined") VALUES ('!Px1EIpqK6QeS3A2tz1AHFS9kmxTZkyvMJ6DPBgqj', NULL, false, 'x', '', '', '', false, true, '2026-11-22 14:06:48.348318+00:00'::timestamptz) RETURNING "auth_user"."id"
-- stockade: read
SELECT "django_content_type"."app_label" AS "content_type__app_label", "auth_permission"."codename" AS "codename" FROM "auth_permission" INNER JOIN "auth_user_user_permissions" ON ("auth_permission"."id" = "auth_user_user_permissions"."permission_id") INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_user_user_permissions"."user_id" = 2
-- stockade: read
SELECT "django_content_type"."app_label" AS "content_type__app_label", "auth_permission"."codename" AS "codename" FROM "auth_permission" INNER JOIN "auth_group_permissions" ON ("auth_permission"."id" = "auth_group_permissions"."permission_id") INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_group_permissions"."group_id" IN (SELECT U0."id" FROM "auth_group" U0 INNER JOIN "auth_user_groups" U1 ON (U0."id" = U1."group_id") WHERE U1."user_id" = 2)
-- stockade: read
SELECT COUNT(*) FROM "dj_cache"
-- stockade: read
SELECT "cache_key", "expires" FROM "dj_cache" WHERE "cache_key" = ':1:a'
-- stockade: write
INSERT INTO "dj_cache" ("cache_key", "value", "expires") VALUES (':1:a', 'gAVLAS4=', '2026-11-22 14:07:48+00:00'::timestamptz)
-- stockade: read
SELECT "cache_key", "value", "expires" FROM "dj_cache" WHERE "cache_key" IN (':1:a')
-- stockade: read
SELECT "cache_key", "value", "expires" FROM "dj_cache" WHERE "cache_key" IN (':1:a', ':1:b')
-- stockade: read
SELECT "cache_key", "expires" FROM "dj_cache" WHERE "cache_key" = ':1:x'
-- stockade: read
SELECT "cache_key", "expires" FROM "dj_cache" WHERE "cache_key" = ':1:y'
-- stockade: write
UPDATE "dj_cache" SET "expires" = '2026-11-22 14:11:48+00:00'::timestamptz WHERE "cache_key" = ':1:a'
-- stockade: write
DELETE FROM "dj_cache" WHERE "cache_key" IN (':1:a')
-- stockade: read
SELECT 1 AS "a" FROM "django_session" WHERE "django_session"."session_key" = '9hp4z07sidixiladclqzi8b9ftcfi94d' LIMIT 1
-- stockade: write
INSERT INTO "django_session" ("session_key", "session_data", "expire_date") VALUES ('9hp4z07sidixiladclqzi8b9ftcfi94d', 'e30:1xV8DQ:MCQdYOV0Hq6Tg4XOlVGhoXhIlUok8MJ9jQOV7d2i4Yw', '2026-12-06 14:06:48.643044+00:00'::timestamptz)
-- stockade: read
SELECT "django_session"."session_key", "django_session"."session_data", "django_session"."expire_date" FROM "django_session" WHERE ("django_session"."expire_date" > '2026-11-22 14:06:48.644582+00:00'::timestamptz AND "django_session"."session_key" = '9hp4z07sidixiladclqzi8b9ftcfi94d') LIMIT 21
-- stockade: read
SELECT 1 AS "a" FROM "django_session" WHERE "django_session"."session_key" = 'jn9mt7ovvq9gbrhwsnog6r1v9fkzvseg' LIMIT 1
-- stockade: read
SELECT "django_session"."session_key", "django_session"."session_data", "django_session"."expire_date" FROM "django_session" WHERE "django_session"."session_key" = '9hp4z07sidixiladclqzi8b9ftcfi94d' LIMIT 21
-- stockade: write
DELETE FROM "django_session" WHERE "django_session"."session_key" IN ('9hp4z07sidixiladclqzi8b9ftcfi94d')
-- stockade: write
UPDATE "auth_user" SET "last_login" = '2026-11-22 14:06:48.648841+00:00'::timestamptz WHERE "auth_user"."id" = 1
-- stockade: write
UPDATE "django_session" SET "session_data" = '.eJxVjMsOwiAQRf-FtSFQHkNduvcbyAwMUjU0Ke3K-O_apAvd3nPOfYmI21rj1nmJUxZnocXpdyNMD247yHdst1mmua3LRHJX5EG7vM6Zn5fD_Tuo2Ou3DgoBXFbOeQ7kTWavkyKbA9NQ0BdgYj2MwViiAgQMozXeh2Ks0w7F-wPoujfn:1xV8DQ:4GbkBI7R9TU3NxH3i32KGz1c82YiCSL2zFxwdhq11nM', "expire_date" = '2026-12-06 14:06:48.649639+00:00'::timestamptz WHERE "django_session"."session_key" = 'jn9mt7ovvq9gbrhwsnog6r1v9fkzvseg'
-- stockade: read
SELECT "auth_user"."id", "auth_user"."password", "auth_user"."last_login", "auth_user"."is_superuser", "auth_user"."username", "auth_user"."first_name", "auth_user"."last_name", "auth_user"."email", "auth_user"."is_staff", "auth_user"."is_active", "auth_user"."date_joined" FROM "auth_user" WHERE "auth_user"."id" = 1 LIMIT 21
-- stockade: read
SELECT "django_admin_log"."id", "django_admin_log"."action_time", "django_admin_log"."user_id", "django_admin_log"."content_type_id", "django_admin_log"."object_id", "django_admin_log"."object_repr", "django_admin_log"."action_flag", "django_admin_log"."change_message", "auth_user"."id", "auth_user"."password", "auth_user"."last_login", "auth_user"."is_superuser", "auth_user"."username", "auth_user"."first_name", "auth_user"."last_name", "auth_user"."email", "auth_user"."is_staff", "auth_user"."is_active", "auth_user"."date_joined", "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_admin_log" INNER JOIN "auth_user" ON ("django_admin_log"."user_id" = "auth_user"."id") LEFT OUTER JOIN "django_content_type" ON ("django_admin_log"."content_type_id" = "django_content_type"."id") WHERE "django_admin_log"."user_id" = 1 ORDER BY "django_admin_log"."action_time" DESC LIMIT 10
-- stockade: read
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author"
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") ORDER BY "app_book"."id" DESC
-- stockade: read
SELECT MIN("app_book"."published") AS "first", MAX("app_book"."published") AS "last" FROM "app_book"
-- stockade: read
SELECT COUNT(*) AS "__count" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE (UPPER("app_book"."title"::text) LIKE UPPER('%a%') OR UPPER("app_author"."name"::text) LIKE UPPER('%a%'))
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE (UPPER("app_book"."title"::text) LIKE UPPER('%a%') OR UPPER("app_author"."name"::text) LIKE UPPER('%a%')) ORDER BY "app_book"."id" DESC
-- stockade: read
SELECT DISTINCT DATE_TRUNC('day', "app_book"."published" AT TIME ZONE 'America/Chicago') AS "datetimefield" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE ((UPPER("app_book"."title"::text) LIKE UPPER('%a%') OR UPPER("app_author"."name"::text) LIKE UPPER('%a%')) AND "app_book"."published" IS NOT NULL) ORDER BY 1 ASC
-- stockade: read
SELECT COUNT(*) AS "__count" FROM "app_book" WHERE ("app_book"."active" AND "app_book"."published" >= '2024-01-01 00:00:00-06:00'::timestamptz AND "app_book"."published" < '2025-01-01 00:00:00-06:00'::timestamptz)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE ("app_book"."active" AND "app_book"."published" >= '2024-01-01 00:00:00-06:00'::timestamptz AND "app_book"."published" < '2025-01-01 00:00:00-06:00'::timestamptz) ORDER BY "app_book"."title" DESC, "app_book"."author_id" ASC, "app_book"."id" DESC
-- stockade: read
SELECT DISTINCT DATE_TRUNC('month', "app_book"."published" AT TIME ZONE 'America/Chicago') AS "datetimefield" FROM "app_book" WHERE ("app_book"."active" AND "app_book"."published" >= '2024-01-01 00:00:00-06:00'::timestamptz AND "app_book"."published" < '2025-01-01 00:00:00-06:00'::timestamptz AND "app_book"."published" IS NOT NULL) ORDER BY 1 ASC
-- stockade: read
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE ("django_content_type"."app_label" = 'app' AND "django_content_type"."model" = 'book') LIMIT 21
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_4" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author"
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_4"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_4"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_5" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_tag"."id", "app_tag"."name" FROM "app_tag"
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_5"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_5"
-- stockade: read
SELECT "app_tag"."id", "app_tag"."name" FROM "app_tag" INNER JOIN "app_book_tags" ON ("app_tag"."id" = "app_book_tags"."tag_id") WHERE "app_book_tags"."book_id" = 43
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_6" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author"
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_6"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_6"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_7" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_tag"."id", "app_tag"."name" FROM "app_tag"
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_7"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_7"
-- stockade: read
SELECT COUNT(*) AS "__count" FROM "django_admin_log" WHERE ("django_admin_log"."content_type_id" = 9 AND "django_admin_log"."object_id" = '43')
-- stockade: read
SELECT "app_book_tags"."id", "app_book_tags"."book_id", "app_book_tags"."tag_id", "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book_tags" INNER JOIN "app_book" ON ("app_book_tags"."book_id" = "app_book"."id") WHERE "app_book_tags"."book_id" IN (43)
-- stockade: read
SELECT "auth_group"."id", "auth_group"."name" FROM "auth_group" ORDER BY "auth_group"."name" ASC
-- stockade: read
SELECT COUNT(*) AS "__count" FROM "auth_user"
-- stockade: read
SELECT "auth_user"."id", "auth_user"."password", "auth_user"."last_login", "auth_user"."is_superuser", "auth_user"."username", "auth_user"."first_name", "auth_user"."last_name", "auth_user"."email", "auth_user"."is_staff", "auth_user"."is_active", "auth_user"."date_joined" FROM "auth_user" ORDER BY "auth_user"."username" ASC
-- stockade: read
SELECT "auth_group"."id", "auth_group"."name" FROM "auth_group" INNER JOIN "auth_user_groups" ON ("auth_group"."id" = "auth_user_groups"."group_id") WHERE "auth_user_groups"."user_id" = 1
-- stockade: read
SELECT "auth_permission"."id", "auth_permission"."name", "auth_permission"."content_type_id", "auth_permission"."codename" FROM "auth_permission" INNER JOIN "auth_user_user_permissions" ON ("auth_permission"."id" = "auth_user_user_permissions"."permission_id") INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_user_user_permissions"."user_id" = 1 ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, "auth_permission"."codename" ASC
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_8" NO SCROLL CURSOR WITH HOLD FOR SELECT "auth_group"."id", "auth_group"."name" FROM "auth_group" ORDER BY "auth_group"."name" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_8"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_8"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_9" NO SCROLL CURSOR WITH HOLD FOR SELECT "auth_permission"."id", "auth_permission"."name", "auth_permission"."content_type_id", "auth_permission"."codename", "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "auth_permission" INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, "auth_permission"."codename" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_9"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_9"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_10" NO SCROLL CURSOR WITH HOLD FOR SELECT "auth_permission"."id", "auth_permission"."name", "auth_permission"."content_type_id", "auth_permission"."codename", "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "auth_permission" INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, "auth_permission"."codename" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_10"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_10"
-- stockade: read
SELECT 1 AS "a" FROM "app_author" WHERE "app_author"."name" = 'adm2' LIMIT 1
-- stockade: write
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ('2026-11-22 14:06:48.974309+00:00'::timestamptz, 1, 7, '10', 'adm2', 1, '[{"added": {}}]') RETURNING "django_admin_log"."id"
-- stockade: read
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author" WHERE "app_author"."id" = 9 LIMIT 21
-- stockade: read
SELECT 1 AS "a" FROM "app_author" WHERE ("app_author"."name" = 'adm3' AND NOT ("app_author"."id" = 9)) LIMIT 1
-- stockade: write
UPDATE "app_author" SET "name" = 'adm3', "born" = NULL, "deleted_at" = NULL, "mail" = '' WHERE "app_author"."id" = 9
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE "app_book"."id" IN (44, 45) ORDER BY "app_book"."id" DESC LIMIT 1
-- stockade: write
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") SELECT * FROM UNNEST(('{"2026-11-22 14:06:49.016304+00:00","2026-11-22 14:06:49.016343+00:00"}'::timestamptz[])::timestamp with time zone[], ('{1,1}'::int2[])::integer[], ('{9,9}'::int2[])::integer[], ('{45,44}')::text[], ('{"Book object (45)","Book object (44)"}')::varchar[], ('{3,3}'::int2[])::smallint[], ('{"",""}')::text[]) RETURNING "django_admin_log"."id"
-- stockade: write
DELETE FROM "django_session" WHERE "django_session"."expire_date" < '2026-11-22 14:06:49.033767+00:00'::timestamptz
-- stockade: read
SELECT
                c.relname,
                CASE
                    WHEN c.relispartition THEN 'p'
                    WHEN c.relkind IN ('m', 'v') THEN 'v'
                    ELSE 't'
                END,
                obj_description(c.oid, 'pg_class')
            FROM pg_catalog.pg_class c
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
-- stockade: read
SELECT "django_migrations"."id", "django_migrations"."app", "django_migrations"."name", "django_migrations"."applied" FROM "django_migrations"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_11" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author" ORDER BY "app_author"."id" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_11"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_11"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_12" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_tag"."id", "app_tag"."name" FROM "app_tag" ORDER BY "app_tag"."id" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_12"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_12"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_13" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" ORDER BY "app_book"."id" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_13"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_14" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_tag"."id" FROM "app_tag" INNER JOIN "app_book_tags" ON ("app_tag"."id" = "app_book_tags"."tag_id") WHERE "app_book_tags"."book_id" = 46
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_14"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_14"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_13"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_15" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_review"."id", "app_review"."book_id", "app_review"."stars", "app_review"."text" FROM "app_review" ORDER BY "app_review"."id" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_15"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_15"
-- stockade: read
DECLARE "_django_curs_140508280654720_sync_16" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_special"."book_ptr_id", "app_special"."gift" FROM "app_special" INNER JOIN "app_book" ON ("app_special"."book_ptr_id" = "app_book"."id") ORDER BY "app_special"."book_ptr_id" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_140508280654720_sync_16"
-- stockade: read
CLOSE "_django_curs_140508280654720_sync_16"
-- stockade: read
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC
-- stockade: read
SELECT
                s.relname AS sequence_name,
                a.attname AS colname
            FROM
                pg_class s
                JOIN pg_depend d ON d.objid = s.oid
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attribute a ON d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum
                JOIN pg_class tbl ON tbl.oid = d.refobjid
                    AND tbl.relname = 'app_author'
                    AND pg_catalog.pg_table_is_visible(tbl.oid)
            WHERE
                s.relkind = 'S';
-- stockade: read
SELECT set_config('TimeZone', $1, false)
-- stockade: read
SELECT oid, typarray FROM pg_type WHERE typname = $1
-- stockade: write
INSERT INTO "app_author" ("name", "born", "deleted_at", "mail") VALUES ($1, $2, $3, $4) RETURNING "app_author"."id"
-- stockade: read
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author" WHERE "app_author"."name" = $1 LIMIT 21
-- stockade: write
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author" WHERE "app_author"."name" = $1 LIMIT 21 FOR UPDATE
-- stockade: write
UPDATE "app_author" SET "born" = NULL, "deleted_at" = NULL, "mail" = $1 WHERE "app_author"."id" = $2
-- stockade: write
INSERT INTO "app_book" ("author_id", "title", "price", "data", "labels", "published", "active", "stock", "sv") VALUES ($1, $2, $3, $4, $5::varchar(10)[], $6, $7, $8, $9) RETURNING "app_book"."id"
-- stockade: write
INSERT INTO "app_tag" ("name") SELECT * FROM UNNEST(($1)::varchar[]) RETURNING "app_tag"."id"
-- stockade: write
INSERT INTO "app_book" ("author_id", "title", "price", "data", "labels", "published", "active", "stock", "sv") VALUES ($1, $2, $3, $4, $5::varchar(10)[], $6, $7, $8, $9), ($10, $11, $12, $13, $14::varchar(10)[], $15, $16, $17, $18), ($19, $20, $21, $22, $23::varchar(10)[], $24, $25, $26, $27), ($28, $29, $30, $31, $32::varchar(10)[], $33, $34, $35, $36), ($37, $38, $39, $40, $41::varchar(10)[], $42, $43, $44, $45), ($46, $47, $48, $49, $50::varchar(10)[], $51, $52, $53, $54), ($55, $56, $57, $58, $59::varchar(10)[], $60, $61, $62, $63), ($64, $65, $66, $67, $68::varchar(10)[], $69, $70, $71, $72), ($73, $74, $75, $76, $77::varchar(10)[], $78, $79, $80, $81), ($82, $83, $84, $85, $86::varchar(10)[], $87, $88, $89, $90), ($91, $92, $93, $94, $95::varchar(10)[], $96, $97, $98, $99), ($100, $101, $102, $103, $104::varchar(10)[], $105, $106, $107, $108), ($109, $110, $111, $112, $113::varchar(10)[], $114, $115, $116, $117), ($118, $119, $120, $121, $122::varchar(10)[], $123, $124, $125, $126), ($127, $128, $129, $130, $131::varchar(10)[], $132, $133, $134, $135), ($136, $137, $138, $139, $140::varchar(10)[], $141, $142, $143, $144), ($145, $146, $147, $148, $149::varchar(10)[], $150, $151, $152, $153), ($154, $155, $156, $157, $158::varchar(10)[], $159, $160, $161, $162), ($163, $164, $165, $166, $167::varchar(10)[], $168, $169, $170, $171), ($172, $173, $174, $175, $176::varchar(10)[], $177, $178, $179, $180), ($181, $182, $183, $184, $185::varchar(10)[], $186, $187, $188, $189), ($190, $191, $192, $193, $194::varchar(10)[], $195, $196, $197, $198), ($199, $200, $201, $202, $203::varchar(10)[], $204, $205, $206, $207), ($208, $209, $210, $211, $212::varchar(10)[], $213, $214, $215, $216), ($217, $218, $219, $220, $221::varchar(10)[], $222, $223, $224, $225), ($226, $227, $228, $229, $230::varchar(10)[], $231, $232, $233, $234), ($235, $236, $237, $238, $239::varchar(10)[], $240, $241, $242, $243), ($244, $245, $246, $247, $248::varchar(10)[], $249, $250, $251, $252), ($253, $254, $255, $256, $257::varchar(10)[], $258, $259, $260, $261), ($262, $263, $264, $265, $266::varchar(10)[], $267, $268, $269, $270), ($271, $272, $273, $274, $275::varchar(10)[], $276, $277, $278, $279), ($280, $281, $282, $283, $284::varchar(10)[], $285, $286, $287, $288), ($289, $290, $291, $292, $293::varchar(10)[], $294, $295, $296, $297), ($298, $299, $300, $301, $302::varchar(10)[], $303, $304, $305, $306), ($307, $308, $309, $310, $311::varchar(10)[], $312, $313, $314, $315), ($316, $317, $318, $319, $320::varchar(10)[], $321, $322, $323, $324), ($325, $326, $327, $328, $329::varchar(10)[], $330, $331, $332, $333), ($334, $335, $336, $337, $338::varchar(10)[], $339, $340, $341, $342), ($343, $344, $345, $346, $347::varchar(10)[], $348, $349, $350, $351), ($352, $353, $354, $355, $356::varchar(10)[], $357, $358, $359, $360) RETURNING "app_book"."id"
-- stockade: write
INSERT INTO "app_author" ("name", "born", "deleted_at", "mail") SELECT * FROM UNNEST(($1)::varchar[], ($2)::date[], ($3)::timestamp with time zone[], ($4)::varchar[]) ON CONFLICT DO NOTHING
-- stockade: write
INSERT INTO "app_author" ("name", "born", "deleted_at", "mail") SELECT * FROM UNNEST(($1)::varchar[], ($2)::date[], ($3)::timestamp with time zone[], ($4)::varchar[]) ON CONFLICT("name") DO UPDATE SET "mail" = EXCLUDED."mail" RETURNING "app_author"."id"
-- stockade: read
SELECT "app_tag"."id" AS "id" FROM "app_tag" INNER JOIN "app_book_tags" ON ("app_tag"."id" = "app_book_tags"."tag_id") WHERE "app_book_tags"."book_id" = $1
-- stockade: write
INSERT INTO "app_book_tags" ("book_id", "tag_id") SELECT * FROM UNNEST(($1)::bigint[], ($2)::bigint[]) ON CONFLICT DO NOTHING
-- stockade: write
INSERT INTO "app_book_tags" ("book_id", "tag_id") VALUES ($1, $2) ON CONFLICT DO NOTHING
-- stockade: write
DELETE FROM "app_book_tags" WHERE ("app_book_tags"."book_id" = $1 AND "app_book_tags"."tag_id" IN ($2))
-- stockade: write
DELETE FROM "app_book_tags" WHERE "app_book_tags"."book_id" = $1
-- stockade: write
UPDATE "app_book" SET "author_id" = $1, "title" = $2, "price" = $3, "data" = $4, "labels" = $5::varchar(10)[], "published" = $6, "active" = $7, "stock" = $8, "sv" = NULL WHERE "app_book"."id" = $9
-- stockade: write
UPDATE "app_book" SET "price" = $1 WHERE "app_book"."id" = $2
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."id" = $1 LIMIT 21
-- stockade: write
UPDATE "app_book" SET "price" = (CASE WHEN ("app_book"."id" = $1) THEN $2 WHEN ("app_book"."id" = $3) THEN $4 WHEN ("app_book"."id" = $5) THEN $6 WHEN ("app_book"."id" = $7) THEN $8 WHEN ("app_book"."id" = $9) THEN $10 ELSE NULL END)::numeric(8, 2), "stock" = (CASE WHEN ("app_book"."id" = $11) THEN $12 WHEN ("app_book"."id" = $13) THEN $14 WHEN ("app_book"."id" = $15) THEN $16 WHEN ("app_book"."id" = $17) THEN $18 WHEN ("app_book"."id" = $19) THEN $20 ELSE NULL END)::integer WHERE "app_book"."id" IN ($21, $22, $23, $24, $25)
-- stockade: write
UPDATE "app_book" SET "price" = ("app_book"."price" * $1) WHERE "app_book"."price" < $2
-- stockade: write
UPDATE "app_book" SET "active" = $1 WHERE "app_book"."id" IN (SELECT U0."id" FROM "app_book" U0 INNER JOIN "app_author" U1 ON (U0."author_id" = U1."id") WHERE (U1."name" = $2 AND U0."title"::text LIKE $3))
-- stockade: write
UPDATE "app_book" SET "stock" = ("app_book"."stock" + $1), "data" = $2 WHERE "app_book"."id" = $3
-- stockade: write
UPDATE "app_book" SET "stock" = $1 WHERE "app_book"."id" IN (SELECT U0."id" AS "id" FROM "app_book" U0 INNER JOIN "app_author" U1 ON (U0."author_id" = U1."id") WHERE U1."name" = $2 LIMIT 3)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE (UPPER("app_book"."title"::text) LIKE UPPER($1) OR NOT ("app_author"."name" = $2))
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE NOT (EXISTS(SELECT $1 AS "a" FROM "app_book_tags" U1 INNER JOIN "app_tag" U2 ON (U1."tag_id" = U2."id") WHERE (U2."name" = $2 AND U1."book_id" = ("app_book"."id")) LIMIT 1))
-- stockade: read
SELECT ("app_book_tags"."book_id") AS "_prefetch_related_val_book_id", "app_tag"."id", "app_tag"."name" FROM "app_tag" INNER JOIN "app_book_tags" ON ("app_tag"."id" = "app_book_tags"."tag_id") WHERE "app_book_tags"."book_id" IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41)
-- stockade: read
SELECT "app_review"."id", "app_review"."book_id", "app_review"."stars", "app_review"."text" FROM "app_review" WHERE "app_review"."book_id" IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", COUNT("app_book_tags"."tag_id") AS "n" FROM "app_book" LEFT OUTER JOIN "app_book_tags" ON ("app_book"."id" = "app_book_tags"."book_id") GROUP BY "app_book"."id" HAVING COUNT("app_book_tags"."tag_id") > $1
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE ("app_book"."data" #> $1) @> $2
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."data" ? $1
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE ("app_book"."labels" @> (ARRAY[$1])::varchar(10)[] AND CASE WHEN "app_book"."labels" IS NULL THEN NULL ELSE coalesce(array_length("app_book"."labels", 1), 0) END = $2)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE (("app_book"."published" AT TIME ZONE $1)::date >= $2 AND "app_book"."published" BETWEEN $3 AND $4)
-- stockade: read
SELECT DATE_TRUNC($1, "app_book"."published" AT TIME ZONE $2) AS "mth", COUNT("app_book"."id") AS "c" FROM "app_book" GROUP BY 1
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE EXISTS(SELECT $1 AS "a" FROM "app_review" U0 WHERE U0."book_id" = ("app_book"."id") LIMIT 1)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", CASE WHEN "app_book"."price" > $1 THEN $2 ELSE $3 END AS "k" FROM "app_book"
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE ("app_book"."title"::text ~* $1 AND "app_book"."title"::text ~ $2)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."price" BETWEEN $1 AND $2
-- stockade: read
(SELECT "app_book"."id" AS "col1", "app_book"."author_id" AS "col2", "app_book"."title" AS "col3", "app_book"."price" AS "col4", "app_book"."data" AS "col5", "app_book"."labels" AS "col6", "app_book"."published" AS "col7", "app_book"."active" AS "col8", "app_book"."stock" AS "col9", "app_book"."sv" AS "col10" FROM "app_book" WHERE "app_book"."title" = $1) UNION (SELECT "app_book"."id" AS "col1", "app_book"."author_id" AS "col2", "app_book"."title" AS "col3", "app_book"."price" AS "col4", "app_book"."data" AS "col5", "app_book"."labels" AS "col6", "app_book"."published" AS "col7", "app_book"."active" AS "col8", "app_book"."stock" AS "col9", "app_book"."sv" AS "col10" FROM "app_book" WHERE "app_book"."title" = $2)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", to_tsvector(COALESCE("app_book"."title", $1)) AS "s" FROM "app_book" WHERE to_tsvector(COALESCE("app_book"."title", $2)) @@ (plainto_tsquery($3))
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", ts_rank(to_tsvector(COALESCE("app_book"."title", $1)), plainto_tsquery($2)) AS "rank" FROM "app_book" ORDER BY 11 DESC
-- stockade: read
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail", ARRAY_AGG("app_book"."title" ) AS "t", COALESCE(STRING_AGG("app_book"."title", $1 ), $2) AS "u" FROM "app_author" LEFT OUTER JOIN "app_book" ON ("app_author"."id" = "app_book"."author_id") GROUP BY "app_author"."id"
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", LENGTH("app_book"."title") AS "l", UPPER("app_book"."title") AS "u", (COALESCE("app_book"."title", $1) || COALESCE($2, $3)) AS "c", COALESCE("app_book"."stock", $4) AS "co", GREATEST("app_book"."stock", "app_book"."stock") AS "g", EXTRACT(YEAR FROM "app_book"."published" AT TIME ZONE $5) AS "ex", ("app_book"."price")::integer AS "ca" FROM "app_book"
-- stockade: read
SELECT DISTINCT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") INNER JOIN "app_book" T3 ON ("app_author"."id" = T3."author_id") WHERE T3."price" > $1
-- stockade: read
select * from app_book where id = $1
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."title" IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
-- stockade: read
SELECT $1 AS "a" FROM "app_book" LIMIT 1
-- stockade: read
SELECT DISTINCT DATE_TRUNC($1, "app_book"."published" AT TIME ZONE $2) AS "datetimefield" FROM "app_book" WHERE "app_book"."published" IS NOT NULL ORDER BY 1 ASC
-- stockade: read
SELECT $1 AS "a" FROM "app_book" WHERE "app_book"."id" = $2 LIMIT 1
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_1" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book"
-- stockade: read
FETCH FORWARD 7 FROM "_django_curs_139648469400448_sync_1"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_1"
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_2" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book"
-- stockade: read
FETCH FORWARD 7 FROM "_django_curs_139648469400448_sync_2"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_2"
-- stockade: write
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."id" = $1 FOR UPDATE
-- stockade: write
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE "app_book"."id" = $1 FOR UPDATE OF "app_book" SKIP LOCKED
-- stockade: write
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" WHERE "app_book"."id" = $1 FOR NO KEY UPDATE NOWAIT
-- stockade: write
INSERT INTO "app_tag" ("name") VALUES ($1) RETURNING "app_tag"."id"
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_3" NO SCROLL CURSOR FOR SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book"
-- stockade: read
FETCH FORWARD 7 FROM "_django_curs_139648469400448_sync_3"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_3"
-- stockade: write
INSERT INTO "app_special" ("book_ptr_id", "gift") VALUES ($1, $2)
-- stockade: write
UPDATE "app_book" SET "author_id" = $1, "title" = $2, "price" = $3, "data" = $4, "labels" = $5::varchar(10)[], "published" = NULL, "active" = $6, "stock" = $7, "sv" = NULL WHERE "app_book"."id" = $8
-- stockade: write
UPDATE "app_special" SET "gift" = $1 WHERE "app_special"."book_ptr_id" = $2
-- stockade: write
DELETE FROM "app_book_tags" WHERE "app_book_tags"."book_id" IN ($1)
-- stockade: write
UPDATE "app_review" SET "book_id" = NULL WHERE "app_review"."book_id" IN ($1)
-- stockade: write
DELETE FROM "app_special" WHERE "app_special"."book_ptr_id" IN ($1)
-- stockade: write
DELETE FROM "app_book" WHERE "app_book"."id" IN ($1)
-- stockade: write
INSERT INTO "app_review" ("book_id", "stars", "text") VALUES ($1, $2, $3) RETURNING "app_review"."id"
-- stockade: write
DELETE FROM "app_review" WHERE "app_review"."book_id" = $1
-- stockade: read
SELECT "app_book"."id", "app_special"."book_ptr_id" FROM "app_special" INNER JOIN "app_book" ON ("app_special"."book_ptr_id" = "app_book"."id") WHERE "app_special"."book_ptr_id" IN ($1)
-- stockade: read
SELECT "app_tag"."id", "app_tag"."name" FROM "app_tag" WHERE "app_tag"."name" = $1
-- stockade: write
DELETE FROM "app_book_tags" WHERE "app_book_tags"."tag_id" IN ($1)
-- stockade: write
DELETE FROM "app_tag" WHERE "app_tag"."id" IN ($1)
-- stockade: read
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author" WHERE "app_author"."name" IN ($1, $2)
-- stockade: read
SELECT "app_book"."id" FROM "app_book" WHERE "app_book"."author_id" IN ($1, $2)
-- stockade: write
DELETE FROM "app_author" WHERE "app_author"."id" IN ($1, $2)
-- stockade: write
DELETE FROM "app_book" WHERE "app_book"."price" < $1
-- stockade: read
SELECT "app_book"."id" FROM "app_book" WHERE "app_book"."author_id" IN ($1)
-- stockade: write
INSERT INTO "auth_user" ("password", "last_login", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING "auth_user"."id"
-- stockade: read
SELECT "auth_user"."id", "auth_user"."password", "auth_user"."last_login", "auth_user"."is_superuser", "auth_user"."username", "auth_user"."first_name", "auth_user"."last_name", "auth_user"."email", "auth_user"."is_staff", "auth_user"."is_active", "auth_user"."date_joined" FROM "auth_user" WHERE "auth_user"."username" = $1 LIMIT 21
-- stockade: write
INSERT INTO "auth_group" ("name") VALUES ($1) RETURNING "auth_group"."id"
-- stockade: write
INSERT INTO "auth_group_permissions" ("group_id", "permission_id") VALUES ($1, $2) ON CONFLICT DO NOTHING
-- stockade: write
INSERT INTO "auth_user_groups" ("user_id", "group_id") VALUES ($1, $2) ON CONFLICT DO NOTHING
-- stockade: read
SELECT "django_content_type"."app_label" AS "content_type__app_label", "auth_permission"."codename" AS "codename" FROM "auth_permission" INNER JOIN "auth_user_user_permissions" ON ("auth_permission"."id" = "auth_user_user_permissions"."permission_id") INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_user_user_permissions"."user_id" = $1
-- stockade: read
SELECT "django_content_type"."app_label" AS "content_type__app_label", "auth_permission"."codename" AS "codename" FROM "auth_permission" INNER JOIN "auth_group_permissions" ON ("auth_permission"."id" = "auth_group_permissions"."permission_id") INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_group_permissions"."group_id" IN (SELECT U0."id" FROM "auth_group" U0 INNER JOIN "auth_user_groups" U1 ON (U0."id" = U1."group_id") WHERE U1."user_id" = $1)
-- stockade: read
SELECT "cache_key", "expires" FROM "dj_cache" WHERE "cache_key" = $1
-- stockade: write
INSERT INTO "dj_cache" ("cache_key", "value", "expires") VALUES ($1, $2, $3)
-- stockade: read
SELECT "cache_key", "value", "expires" FROM "dj_cache" WHERE "cache_key" IN ($1)
-- stockade: read
SELECT "cache_key", "value", "expires" FROM "dj_cache" WHERE "cache_key" IN ($1, $2)
-- stockade: write
UPDATE "dj_cache" SET "expires" = $1 WHERE "cache_key" = $2
-- stockade: write
DELETE FROM "dj_cache" WHERE "cache_key" IN ($1)
-- stockade: read
SELECT $1 AS "a" FROM "django_session" WHERE "django_session"."session_key" = $2 LIMIT 1
-- stockade: write
INSERT INTO "django_session" ("session_key", "session_data", "expire_date") VALUES ($1, $2, $3)
-- stockade: read
SELECT "django_session"."session_key", "django_session"."session_data", "django_session"."expire_date" FROM "django_session" WHERE ("django_session"."expire_date" > $1 AND "django_session"."session_key" = $2) LIMIT 21
-- stockade: read
SELECT "django_session"."session_key", "django_session"."session_data", "django_session"."expire_date" FROM "django_session" WHERE "django_session"."session_key" = $1 LIMIT 21
-- stockade: write
DELETE FROM "django_session" WHERE "django_session"."session_key" IN ($1)
-- stockade: write
UPDATE "auth_user" SET "last_login" = $1 WHERE "auth_user"."id" = $2
-- stockade: write
UPDATE "django_session" SET "session_data" = $1, "expire_date" = $2 WHERE "django_session"."session_key" = $3
-- stockade: read
SELECT "django_admin_log"."id", "django_admin_log"."action_time", "django_admin_log"."user_id", "django_admin_log"."content_type_id", "django_admin_log"."object_id", "django_admin_log"."object_repr", "django_admin_log"."action_flag", "django_admin_log"."change_message", "auth_user"."id", "auth_user"."password", "auth_user"."last_login", "auth_user"."is_superuser", "auth_user"."username", "auth_user"."first_name", "auth_user"."last_name", "auth_user"."email", "auth_user"."is_staff", "auth_user"."is_active", "auth_user"."date_joined", "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_admin_log" INNER JOIN "auth_user" ON ("django_admin_log"."user_id" = "auth_user"."id") LEFT OUTER JOIN "django_content_type" ON ("django_admin_log"."content_type_id" = "django_content_type"."id") WHERE "django_admin_log"."user_id" = $1 ORDER BY "django_admin_log"."action_time" DESC LIMIT 10
-- stockade: read
SELECT COUNT(*) AS "__count" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE (UPPER("app_book"."title"::text) LIKE UPPER($1) OR UPPER("app_author"."name"::text) LIKE UPPER($2))
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE (UPPER("app_book"."title"::text) LIKE UPPER($1) OR UPPER("app_author"."name"::text) LIKE UPPER($2)) ORDER BY "app_book"."id" DESC
-- stockade: read
SELECT DISTINCT DATE_TRUNC($1, "app_book"."published" AT TIME ZONE $2) AS "datetimefield" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE ((UPPER("app_book"."title"::text) LIKE UPPER($3) OR UPPER("app_author"."name"::text) LIKE UPPER($4)) AND "app_book"."published" IS NOT NULL) ORDER BY 1 ASC
-- stockade: read
SELECT COUNT(*) AS "__count" FROM "app_book" WHERE ("app_book"."active" AND "app_book"."published" >= $1 AND "app_book"."published" < $2)
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE ("app_book"."active" AND "app_book"."published" >= $1 AND "app_book"."published" < $2) ORDER BY "app_book"."title" DESC, "app_book"."author_id" ASC, "app_book"."id" DESC
-- stockade: read
SELECT DISTINCT DATE_TRUNC($1, "app_book"."published" AT TIME ZONE $2) AS "datetimefield" FROM "app_book" WHERE ("app_book"."active" AND "app_book"."published" >= $3 AND "app_book"."published" < $4 AND "app_book"."published" IS NOT NULL) ORDER BY 1 ASC
-- stockade: read
SELECT "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "django_content_type" WHERE ("django_content_type"."app_label" = $1 AND "django_content_type"."model" = $2) LIMIT 21
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_4" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author"
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_4"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_4"
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_5" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_tag"."id", "app_tag"."name" FROM "app_tag"
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_5"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_5"
-- stockade: read
SELECT "app_tag"."id", "app_tag"."name" FROM "app_tag" INNER JOIN "app_book_tags" ON ("app_tag"."id" = "app_book_tags"."tag_id") WHERE "app_book_tags"."book_id" = $1
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_6" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author"
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_6"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_6"
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_7" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_tag"."id", "app_tag"."name" FROM "app_tag"
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_7"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_7"
-- stockade: read
SELECT COUNT(*) AS "__count" FROM "django_admin_log" WHERE ("django_admin_log"."content_type_id" = $1 AND "django_admin_log"."object_id" = $2)
-- stockade: read
SELECT "auth_group"."id", "auth_group"."name" FROM "auth_group" INNER JOIN "auth_user_groups" ON ("auth_group"."id" = "auth_user_groups"."group_id") WHERE "auth_user_groups"."user_id" = $1
-- stockade: read
SELECT "auth_permission"."id", "auth_permission"."name", "auth_permission"."content_type_id", "auth_permission"."codename" FROM "auth_permission" INNER JOIN "auth_user_user_permissions" ON ("auth_permission"."id" = "auth_user_user_permissions"."permission_id") INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") WHERE "auth_user_user_permissions"."user_id" = $1 ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, "auth_permission"."codename" ASC
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_8" NO SCROLL CURSOR WITH HOLD FOR SELECT "auth_group"."id", "auth_group"."name" FROM "auth_group" ORDER BY "auth_group"."name" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_8"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_8"
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_9" NO SCROLL CURSOR WITH HOLD FOR SELECT "auth_permission"."id", "auth_permission"."name", "auth_permission"."content_type_id", "auth_permission"."codename", "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "auth_permission" INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, "auth_permission"."codename" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_9"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_9"
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_10" NO SCROLL CURSOR WITH HOLD FOR SELECT "auth_permission"."id", "auth_permission"."name", "auth_permission"."content_type_id", "auth_permission"."codename", "django_content_type"."id", "django_content_type"."app_label", "django_content_type"."model" FROM "auth_permission" INNER JOIN "django_content_type" ON ("auth_permission"."content_type_id" = "django_content_type"."id") ORDER BY "django_content_type"."app_label" ASC, "django_content_type"."model" ASC, "auth_permission"."codename" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_10"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_10"
-- stockade: read
SELECT $1 AS "a" FROM "app_author" WHERE "app_author"."name" = $2 LIMIT 1
-- stockade: write
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING "django_admin_log"."id"
-- stockade: read
SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author" WHERE "app_author"."id" = $1 LIMIT 21
-- stockade: read
SELECT $1 AS "a" FROM "app_author" WHERE ("app_author"."name" = $2 AND NOT ("app_author"."id" = $3)) LIMIT 1
-- stockade: write
UPDATE "app_author" SET "name" = $1, "born" = NULL, "deleted_at" = NULL, "mail" = $2 WHERE "app_author"."id" = $3
-- stockade: read
SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_book" INNER JOIN "app_author" ON ("app_book"."author_id" = "app_author"."id") WHERE "app_book"."id" IN ($1, $2) ORDER BY "app_book"."id" DESC LIMIT 1
-- stockade: write
INSERT INTO "django_admin_log" ("action_time", "user_id", "content_type_id", "object_id", "object_repr", "action_flag", "change_message") SELECT * FROM UNNEST(($1)::timestamp with time zone[], ($2)::integer[], ($3)::integer[], ($4)::text[], ($5)::varchar[], ($6)::smallint[], ($7)::text[]) RETURNING "django_admin_log"."id"
-- stockade: write
DELETE FROM "django_session" WHERE "django_session"."expire_date" < $1
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_11" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_author"."id", "app_author"."name", "app_author"."born", "app_author"."deleted_at", "app_author"."mail" FROM "app_author" ORDER BY "app_author"."id" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_11"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_11"
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_12" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_tag"."id", "app_tag"."name" FROM "app_tag" ORDER BY "app_tag"."id" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_12"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_12"
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_13" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv" FROM "app_book" ORDER BY "app_book"."id" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_13"
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_14" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_tag"."id" FROM "app_tag" INNER JOIN "app_book_tags" ON ("app_tag"."id" = "app_book_tags"."tag_id") WHERE "app_book_tags"."book_id" = $1
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_14"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_14"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_13"
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_15" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_review"."id", "app_review"."book_id", "app_review"."stars", "app_review"."text" FROM "app_review" ORDER BY "app_review"."id" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_15"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_15"
-- stockade: read
DECLARE "_django_curs_139648469400448_sync_16" NO SCROLL CURSOR WITH HOLD FOR SELECT "app_book"."id", "app_book"."author_id", "app_book"."title", "app_book"."price", "app_book"."data", "app_book"."labels", "app_book"."published", "app_book"."active", "app_book"."stock", "app_book"."sv", "app_special"."book_ptr_id", "app_special"."gift" FROM "app_special" INNER JOIN "app_book" ON ("app_special"."book_ptr_id" = "app_book"."id") ORDER BY "app_special"."book_ptr_id" ASC
-- stockade: read
FETCH FORWARD 2000 FROM "_django_curs_139648469400448_sync_16"
-- stockade: read
CLOSE "_django_curs_139648469400448_sync_16"
-- stockade: read
SELECT
                s.relname AS sequence_name,
                a.attname AS colname
            FROM
                pg_class s
                JOIN pg_depend d ON d.objid = s.oid
                    AND d.classid = 'pg_class'::regclass
                    AND d.refclassid = 'pg_class'::regclass
                JOIN pg_attribute a ON d.refobjid = a.attrelid
                    AND d.refobjsubid = a.attnum
                JOIN pg_class tbl ON tbl.oid = d.refobjid
                    AND tbl.relname = $1
                    AND pg_catalog.pg_table_is_visible(tbl.oid)
            WHERE
                s.relkind = 'S';
-- stockade: read
SELECT a1.attname, c2.relname, a2.attname
            FROM pg_constraint con
            LEFT JOIN pg_class c1 ON con.conrelid = c1.oid
            LEFT JOIN pg_class c2 ON con.confrelid = c2.oid
            LEFT JOIN
                pg_attribute a1 ON c1.oid = a1.attrelid AND a1.attnum = con.conkey[1]
            LEFT JOIN
                pg_attribute a2 ON c2.oid = a2.attrelid AND a2.attnum = con.confkey[1]
            WHERE
                c1.relname = 'plain' AND
                con.contype = 'f' AND
                c1.relnamespace = c2.relnamespace AND
                pg_catalog.pg_table_is_visible(c1.oid)
-- stockade: read
SELECT
                c.conname,
                array(
                    SELECT attname
                    FROM unnest(c.conkey) WITH ORDINALITY cols(colid, arridx)
                    JOIN pg_attribute AS ca ON cols.colid = ca.attnum
                    WHERE ca.attrelid = c.conrelid
                    ORDER BY cols.arridx
                ),
                c.contype,
                (SELECT fkc.relname || '.' || fka.attname
                FROM pg_attribute AS fka
                JOIN pg_class AS fkc ON fka.attrelid = fkc.oid
                WHERE fka.attrelid = c.confrelid AND fka.attnum = c.confkey[1]),
                cl.reloptions
            FROM pg_constraint AS c
            JOIN pg_class AS cl ON c.conrelid = cl.oid
            WHERE cl.relname = 'plain' AND pg_catalog.pg_table_is_visible(cl.oid)
-- stockade: read
SELECT
                indexname,
                array_agg(attname ORDER BY arridx),
                indisunique,
                indisprimary,
                array_agg(ordering ORDER BY arridx),
                amname,
                exprdef,
                s2.attoptions
            FROM (
                SELECT
                    c2.relname as indexname, idx.*, attr.attname, am.amname,
                    CASE
                        WHEN idx.indexprs IS NOT NULL THEN
                            pg_get_indexdef(idx.indexrelid)
                    END AS exprdef,
                    CASE am.amname
                        WHEN 'btree' THEN
                            CASE (option & 1)
                                WHEN 1 THEN 'DESC' ELSE 'ASC'
                            END
                    END as ordering,
                    c2.reloptions as attoptions
                FROM (
                    SELECT *
                    FROM
                        pg_index i,
                        unnest(i.indkey, i.indoption)
                            WITH ORDINALITY koi(key, option, arridx)
                ) idx
                LEFT JOIN pg_class c ON idx.indrelid = c.oid
                LEFT JOIN pg_class c2 ON idx.indexrelid = c2.oid
                LEFT JOIN pg_am am ON c2.relam = am.oid
                LEFT JOIN
                    pg_attribute attr ON attr.attrelid = c.oid AND attr.attnum = idx.key
                WHERE c.relname = 'plain' AND pg_catalog.pg_table_is_visible(c.oid)
            ) s2
            GROUP BY indexname, indisunique, indisprimary, amname, exprdef, attoptions;
-- stockade: read
SELECT
                a.attname AS column_name,
                NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS is_nullable,
                pg_get_expr(ad.adbin, ad.adrelid) AS column_default,
                CASE WHEN collname = 'default' THEN NULL ELSE collname END AS collation,
                a.attidentity != '' AS is_autofield,
                col_description(a.attrelid, a.attnum) AS column_comment
            FROM pg_attribute a
            LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
            LEFT JOIN pg_collation co ON a.attcollation = co.oid
            JOIN pg_type t ON a.atttypid = t.oid
            JOIN pg_class c ON a.attrelid = c.oid
            JOIN pg_namespace n ON c.relnamespace = n.oid
            WHERE c.relkind IN ('f', 'm', 'p', 'r', 'v')
                AND c.relname = 'plain'
                AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                AND pg_catalog.pg_table_is_visible(c.oid)
-- stockade: read
SELECT * FROM "plain" LIMIT 1
-- stockade: read
SELECT * FROM "sa_admins" LIMIT 1
-- stockade: read
SELECT * FROM "sa_nodes" LIMIT 1
-- stockade: read
SELECT * FROM "sa_post_tags" LIMIT 1
-- stockade: read
SELECT * FROM "sa_posts" LIMIT 1
-- stockade: read
SELECT * FROM "sa_tags" LIMIT 1
-- stockade: read
SELECT * FROM "sa_users" LIMIT 1
-- stockade: read
SELECT * FROM "app_author" LIMIT 1
-- stockade: read
SELECT * FROM "app_book" LIMIT 1
-- stockade: read
SELECT * FROM "app_book_tags" LIMIT 1
-- stockade: read
SELECT * FROM "app_review" LIMIT 1
-- stockade: read
SELECT * FROM "app_special" LIMIT 1
-- stockade: read
SELECT * FROM "app_tag" LIMIT 1
-- stockade: read
SELECT * FROM "auth_group" LIMIT 1
-- stockade: read
SELECT * FROM "auth_group_permissions" LIMIT 1
-- stockade: read
SELECT * FROM "auth_permission" LIMIT 1
-- stockade: read
SELECT * FROM "auth_user" LIMIT 1
-- stockade: read
SELECT * FROM "auth_user_groups" LIMIT 1
-- stockade: read
SELECT * FROM "auth_user_user_permissions" LIMIT 1
-- stockade: read
SELECT * FROM "dj_cache" LIMIT 1
-- stockade: read
SELECT * FROM "django_admin_log" LIMIT 1
-- stockade: read
SELECT * FROM "django_content_type" LIMIT 1
-- stockade: read
SELECT * FROM "django_migrations" LIMIT 1
-- stockade: read
SELECT * FROM "django_session" LIMIT 1
-- stockade: read
select 1
