//! What applications, people and agents send: statements of every kind and length, none of them read before.

/// The sample, a statement each.
pub const SAMPLE: [&str; 40] = [
    // Single rows, as drivers and ORMs write them.
    "SELECT id, name FROM customers WHERE id = $1",
    "SELECT * FROM orders WHERE customer_id = 4711 ORDER BY placed DESC LIMIT 20",
    r#"SELECT "u"."id", "u"."email", "u"."name", "u"."created_at", "u"."updated_at" FROM "public"."users" AS "u" WHERE ("u"."email" = $1 AND "u"."deleted_at" IS NULL) LIMIT $2 OFFSET $3"#,
    "SELECT count(*) FROM sessions WHERE expires < now()",
    "INSERT INTO customers (name, email, created) VALUES ('Ada', 'ada@example.com', now()) RETURNING id",
    "INSERT INTO measurements (sensor, at, value) VALUES (1, '2024-01-01', 1.5), (2, '2024-01-01', 2.5), (3, '2024-01-01', 3.5)",
    "INSERT INTO counters (name, hits) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET hits = counters.hits + 1",
    "UPDATE orders SET status = 'shipped', shipped = now() WHERE id = 99",
    "UPDATE accounts a SET balance = a.balance - t.amount FROM transfers t WHERE t.source = a.id AND t.id = $1",
    "DELETE FROM carts WHERE id = $1",
    "DELETE FROM logs WHERE at < now() - interval '90 days' AND level = 'debug'",
    // Joins, groups, windows.
    "SELECT c.name, sum(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.name HAVING sum(o.total) > 1000 ORDER BY 2 DESC",
    "SELECT p.id, p.title, a.name, array_agg(t.name) FROM posts p JOIN authors a ON a.id = p.author_id LEFT JOIN post_tags pt ON pt.post_id = p.id \
     LEFT JOIN tags t ON t.id = pt.tag_id WHERE p.published AND p.at BETWEEN $1 AND $2 GROUP BY p.id, p.title, a.name",
    "SELECT id, department, salary, rank() OVER (PARTITION BY department ORDER BY salary DESC) FROM employees WHERE left_at IS NULL",
    "SELECT id FROM products WHERE price > (SELECT avg(price) FROM products) AND EXISTS (SELECT 1 FROM stock s WHERE s.product_id = products.id AND s.amount > 0)",
    "SELECT name, CASE WHEN age < 18 THEN 'minor' WHEN age < 65 THEN 'adult' ELSE 'senior' END AS bracket FROM people WHERE name ILIKE '%son' OR email LIKE 'a%'",
    "SELECT id, payload ->> 'kind' AS kind, (payload -> 'size')::int FROM events WHERE payload @> '{\"urgent\": true}' AND id = ANY ($1)",
    "SELECT a.id FROM a WHERE a.x IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10) UNION ALL SELECT b.id FROM b WHERE b.y NOT IN ('p', 'q', 'r') EXCEPT SELECT c.id FROM c",
    "SELECT date_trunc('month', placed) AS month, count(*) FILTER (WHERE total > 100), percentile_cont(0.5) WITHIN GROUP (ORDER BY total) FROM orders GROUP BY 1",
    "SELECT d::date FROM generate_series('2024-01-01'::timestamp, '2024-12-31', '1 day') AS d",
    // CTEs.
    "WITH recent AS (SELECT customer_id, sum(total) AS spent FROM orders WHERE placed > now() - interval '30 days' GROUP BY customer_id) \
     SELECT c.id, c.name, r.spent FROM customers c JOIN recent r ON r.customer_id = c.id WHERE r.spent > 500",
    "WITH RECURSIVE tree AS (SELECT id, parent, 1 AS depth FROM nodes WHERE parent IS NULL UNION ALL SELECT n.id, n.parent, t.depth + 1 FROM nodes n \
     JOIN tree t ON n.parent = t.id) SELECT * FROM tree WHERE depth < 5",
    "WITH gone AS (DELETE FROM queue WHERE id IN (SELECT id FROM queue WHERE state = 'done' ORDER BY id LIMIT 100) RETURNING id, payload) \
     INSERT INTO archive (id, payload) SELECT id, payload FROM gone",
    "WITH recent AS (SELECT customer_id, sum(total) AS spent FROM orders WHERE placed > now() - interval '30 days' \
     GROUP BY customer_id), gone AS (DELETE FROM carts c USING recent r WHERE c.customer_id = r.customer_id AND c.id = $1 \
     RETURNING c.id) SELECT r.customer_id, r.spent, count(g.id) FROM recent r LEFT JOIN gone g ON true GROUP BY 1, 2 ORDER BY 2 DESC",
    // Introspection.
    "SELECT n.nspname, c.relname, c.relkind FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE c.relkind IN ('r','p','v','m','S','f','') AND n.nspname <> 'pg_catalog' AND n.nspname !~ '^pg_toast' AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1,2",
    "SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'orders' ORDER BY ordinal_position",
    "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), (SELECT substring(pg_catalog.pg_get_expr(d.adbin, d.adrelid) for 128) \
     FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef), a.attnotnull FROM pg_catalog.pg_attribute a \
     WHERE a.attrelid = '16385' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
    // Definitions.
    "CREATE TABLE invoices (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE, \
     number text UNIQUE NOT NULL, total numeric(12,2) NOT NULL DEFAULT 0 CHECK (total >= 0), issued date NOT NULL DEFAULT current_date)",
    "CREATE INDEX CONCURRENTLY orders_by_customer ON orders USING btree (customer_id, placed DESC) WHERE status <> 'cancelled'",
    "ALTER TABLE customers ADD COLUMN phone text, ALTER COLUMN name SET NOT NULL",
    "ALTER TABLE orders DROP COLUMN note CASCADE",
    "CREATE VIEW open_orders AS SELECT o.id, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'open'",
    "DROP TABLE IF EXISTS scratch, staging CASCADE",
    "TRUNCATE orders RESTART IDENTITY",
    "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO app",
    // The session.
    "BEGIN",
    "COMMIT",
    "SET application_name = 'reporting'",
    "EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM orders WHERE customer_id = 1",
    "COPY orders (id, customer_id, total) FROM STDIN WITH (FORMAT csv, HEADER true)",
];

/// A text of about this many bytes that applications send again and again.
pub fn of_length(bytes: usize) -> String {
    let mut text = "SELECT id, name FROM customers WHERE id IN ($1".to_owned();
    let mut parameter = 1;
    while text.len() + 1 < bytes {
        parameter += 1;
        text.push_str(&format!(", ${parameter}"));
    }
    text.push(')');
    text
}
