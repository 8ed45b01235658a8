"""A customer's traces in a shop: what WordPress, WooCommerce and plugins keep of her."""

import json

from tests.runtime.stage.site import StagedSite

# No column of an anonymised copy has any of these.
PERSONAL = (
    "anne@client.example",
    "anne%40client.example",
    "m@x.example",
    "Annegret",
    "Musterfrau",
    "+49 170 5550123",
    "203.0.113.77",
    "Musterweg 5",
    "Kein Klingeln",
    "Safari/1",
    "ch_3Xpayment",
    "token-of-hers",
    "born 1980",
)
# One of two plugins that are on; the other takes payments.
COUNTS = "counter/counter.php"
# What a site's own file says: a table that no rule of the image's knows.
# Beside it such as are of tables as other versions of a plugin have them.
OTHER_VERSIONS = [
    {"table": "users", "where": {"no_such": ["x"]}, "set": {"user_email": "email"}},
    {"table": "comments", "number": "no_such", "set": {"comment_author": "name"}},
    {"table": "comments", "without": {"user_id": ["users", "no_such"]}, "delete": True},
    {"table": "comments", "without": {"user_id": ["no_such", "id"]}, "delete": True},
]
OWN_RULES = json.dumps({"empty": ["quiz_answers"], "rules": OTHER_VERSIONS})

SQL = """
INSERT INTO wp_users (ID, user_login, user_pass, user_nicename, user_email, user_url,
  user_registered, display_name) VALUES
  (50, 'Annegret', '$P$hers', 'annegret', 'anne@client.example', 'http://musterfrau.example',
  '2026-01-01', 'Annegret'),
  (51, 'm', '$P$his', 'm', 'm@x.example', '', '2026-01-01', 'm');
INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES
  (50, 'wp_capabilities', 'a:1:{s:8:"customer";b:1;}'), (50, 'first_name', 'Annegret'),
  (50, 'billing_phone', '+49 170 5550123'), (50, 'plugin_of_nobody', 'born 1980'),
  (50, 'session_tokens', 'token-of-hers'), (1, 'session_tokens', 'token-of-hers'),
  (51, 'wp_capabilities', 'a:1:{s:10:"subscriber";b:1;}');
INSERT INTO wp_comments (comment_post_ID, comment_author, comment_author_email, comment_author_url,
  comment_author_IP, comment_agent, comment_content, comment_approved, comment_type, user_id) VALUES
  (1, 'Annegret', 'anne@client.example', '', '203.0.113.77', 'Safari/1', 'A public word', '1',
  'comment', 50),
  (1, 'Annegret', 'anne@client.example', '', '203.0.113.77', 'Safari/1', 'Annegret waits', '0',
  'comment', 0),
  (7, 'Shop', 'shop@x.example', '', '', '', 'Called +49 170 5550123', '1', 'order_note', 0);
INSERT INTO wp_posts (ID, post_author, post_content, post_title, post_excerpt, post_type, to_ping,
  pinged, post_content_filtered) VALUES
  (90001, 1, '', 'Order', 'Kein Klingeln', 'shop_order', '', '', ''),
  (90002, 1, 'Annegret asks', 'Annegret', '', 'flamingo_inbound', '', '', '');
INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES
  (90001, '_billing_email', 'anne@client.example'), (90001, '_billing_address_1', 'Musterweg 5'),
  (90001, '_billing_country', 'DE'), (90001, '_order_total', '12.50'),
  (90001, '_customer_ip_address', '203.0.113.77'), (90001, '_transaction_id', 'ch_3Xpayment'),
  (90002, '_from_name', 'Annegret');
ALTER TABLE wp_wc_orders ADD billing_email VARCHAR(320), ADD ip_address VARCHAR(100),
  ADD user_agent TEXT, ADD customer_note TEXT, ADD transaction_id VARCHAR(100);
UPDATE wp_wc_orders SET billing_email = 'anne@client.example', ip_address = '203.0.113.77',
  user_agent = 'Safari/1', customer_note = 'Kein Klingeln', transaction_id = 'ch_3Xpayment';
CREATE TABLE wp_wc_order_addresses (id BIGINT PRIMARY KEY, order_id BIGINT, address_type
  VARCHAR(20), first_name TEXT, last_name TEXT, company TEXT, address_1 TEXT, address_2 TEXT,
  city TEXT, state TEXT, postcode TEXT, country TEXT, email VARCHAR(320), phone VARCHAR(100));
INSERT INTO wp_wc_order_addresses VALUES (1, 7, 'billing', 'Annegret', 'Musterfrau', '',
  'Musterweg 5', '', 'Annegret', '', '12345', 'DE', 'anne@client.example', '+49 170 5550123');
CREATE TABLE wp_wc_orders_meta (id BIGINT PRIMARY KEY, order_id BIGINT, meta_key VARCHAR(255),
  meta_value TEXT);
INSERT INTO wp_wc_orders_meta VALUES (1, 7, '_order_key', 'wc_1'), (2, 7, 'vat_name', 'Annegret');
CREATE TABLE wp_wc_customer_lookup (customer_id BIGINT PRIMARY KEY, user_id BIGINT UNIQUE,
  username VARCHAR(60), first_name VARCHAR(255), last_name VARCHAR(255), email VARCHAR(100),
  postcode VARCHAR(20), city VARCHAR(100), state VARCHAR(100));
INSERT INTO wp_wc_customer_lookup VALUES (3, 50, 'Annegret', 'Annegret', 'Musterfrau',
  'anne@client.example', '', '', '');
CREATE TABLE wp_woocommerce_sessions (session_id BIGINT PRIMARY KEY, session_value LONGTEXT);
INSERT INTO wp_woocommerce_sessions VALUES (1, 'Annegret');
CREATE TABLE wp_plugin_log (line TEXT);
INSERT INTO wp_plugin_log VALUES ('sent to anne@client.example and m@x.example'),
  ('/?to=anne@client.example'),
  ('/?to=anne%40client.example'), ('info@x.example is ours');
CREATE TABLE wp_quiz_answers (id INT PRIMARY KEY, answer TEXT);
INSERT INTO wp_quiz_answers VALUES (1, 'Annegret, born 1980');
INSERT INTO wp_options (option_name, option_value, autoload) VALUES
  ('plugin_people', 'a:1:{i:0;s:19:"anne@client.example";}', 'off');
UPDATE wp_options SET option_value =
  'a:2:{i:0;s:37:"woocommerce-gateway-stripe/stripe.php";i:1;s:19:"counter/counter.php";}'
  WHERE option_name = 'active_plugins';
"""


def come(site: StagedSite) -> None:
    """Customers come to a shop."""
    values = site.task.values("wordpress")
    user, password = values["WORDPRESS_DB_USER"], values["WORDPRESS_DB_PASSWORD"]
    done = site.database.as_user(user, password, site.schema, SQL)
    assert done.returncode == 0, done.stderr
    (site.mount / "fleet-personal.json").write_text(OWN_RULES)
