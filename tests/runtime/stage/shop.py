"""A shop's data, with all that is hard to move, and what is compared of it."""

import json
from typing import Any

from tests.runtime.stage.site import StagedSite

POSTS = 10_000

TABLES = """
SET SESSION cte_max_recursion_depth = 20000;
CREATE TABLE wp_wc_orders (id BIGINT UNSIGNED PRIMARY KEY, status VARCHAR(20),
  total DECIMAL(26,8), date_updated_gmt DATETIME, note LONGTEXT) ENGINE=InnoDB;
CREATE TABLE wp_wc_order_items (id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT,
  order_id BIGINT UNSIGNED NOT NULL, sku VARCHAR(64), secret BLOB,
  CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES wp_wc_orders (id) ON DELETE CASCADE);
CREATE TABLE wp_log (id INT PRIMARY KEY, line VARCHAR(255), FULLTEXT KEY line (line))
  ENGINE=MyISAM DEFAULT CHARSET=utf8mb3;
INSERT INTO wp_log VALUES (1, 'made by an old plugin: grün');
INSERT INTO wp_posts (post_author, post_date, post_date_gmt, post_content, post_title, post_excerpt,
  post_status, post_name, to_ping, pinged, post_modified, post_modified_gmt,
  post_content_filtered, guid, post_type)
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < {posts})
SELECT 1, '2026-01-01', '2026-01-01',
  CONCAT('<a href="{home}/p/', i, '">it''s ', i, ' 🛒</a>\\n//{host}/x\\nhttp://{host}/y\\n{host} ',
    '<!-- wp:x {"a":"\\\\u0022http://{host}/z\\\\u0022\\\\u003e{host}\\\\u003c"} -->?to=%3D{host}'),
  CONCAT('Product ', i), '',
  'publish', CONCAT('product-', i), '', '', '2026-01-01', '2026-01-01', '',
  CONCAT('{home}/?p=', i), 'product' FROM n;
INSERT INTO wp_wc_orders VALUES (7, 'wc-paid', 12.5, '2026-01-02', '0000'), (8, 'new', 0, NULL, '');
INSERT INTO wp_wc_order_items (order_id, sku, secret) VALUES (7, 'A-1', x'00FF27225C0A1A80');
CREATE VIEW paid AS SELECT o.id, i.sku FROM wp_wc_orders o JOIN wp_wc_order_items i
  ON i.order_id = o.id WHERE o.status = 'wc-paid';
CREATE VIEW skus AS SELECT sku FROM paid;
CREATE TRIGGER noted BEFORE INSERT ON wp_wc_orders FOR EACH ROW SET NEW.note = 'by trigger';
CREATE PROCEDURE total_of(IN which BIGINT) SELECT total FROM wp_wc_orders WHERE id = which;
CREATE EVENT sweep ON SCHEDULE EVERY 1 YEAR STARTS '2040-01-01' DO DELETE FROM wp_log;
"""

OPTIONS = """
require '/usr/src/wordpress/wp-load.php';
$home = home_url();
$deep = serialize( [ 'url' => "$home/shop", 'euro' => '€ ☃', 'inner' => [ $home => 1.5 ] ] );
update_option( 'shop_settings', [ 'home' => "$home/", 'deep' => $deep, 'n' => null, 't' => true,
  'json' => json_encode( [ 'at' => "$home/a b", 'quote' => "it's \\"so\\"" ] ),
  'object' => (object) [ 'host' => parse_url( $home, PHP_URL_HOST ) ],
  'lines' => "a\\r\\nb\\tc\\\\d" ] );
update_option( 'shop_urls', "http://" . parse_url( $home, PHP_URL_HOST ) . "/plain $home/tls" );
update_option( 'shop_mail', 'orders@' . parse_url( $home, PHP_URL_HOST ) );
"""

READ = """
require '/usr/src/wordpress/wp-load.php';
$bad = [];
$rows = $wpdb->get_results( "SELECT option_name n, option_value v FROM $wpdb->options" );
foreach ( $rows as $row ) {
  if ( is_serialized( $row->v ) && @unserialize( $row->v ) === false && $row->v !== 'b:0;' ) {
    $bad[] = $row->n;
  }
}
$shop = get_option( 'shop_settings' );
$shop['deep'] = unserialize( $shop['deep'] );
$shop['json'] = json_decode( $shop['json'], true );
echo json_encode( [ 'shop' => $shop, 'bad' => $bad, 'urls' => get_option( 'shop_urls' ),
  'roles' => get_user_by( 'login', $argv[1] ?? 'admin' )->roles ] );
"""

CHECKSUMS = """
SET SESSION group_concat_max_len = 1000000;
SELECT CONCAT('CHECKSUM TABLE ', GROUP_CONCAT('`', TABLE_NAME, '`')) INTO @sums
  FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA = DATABASE();
PREPARE sums FROM @sums; EXECUTE sums;
"""
OTHERS = {
    "views": "SELECT TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA",
    "triggers": "SELECT TRIGGER_NAME, ACTION_STATEMENT, EVENT_OBJECT_TABLE "
    "FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA",
    "routines": "SELECT ROUTINE_NAME, ROUTINE_DEFINITION FROM information_schema.ROUTINES "
    "WHERE ROUTINE_SCHEMA",
    "events": "SELECT EVENT_NAME, EVENT_DEFINITION FROM information_schema.EVENTS "
    "WHERE EVENT_SCHEMA",
    "keys": "SELECT CONSTRAINT_NAME, REFERENCED_TABLE_NAME "
    "FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA",
}
MARK = "kind: "


def filled(site: StagedSite, settings: bool = True) -> StagedSite:
    """Gives an installed site a shop."""
    sql = TABLES.replace("{posts}", str(POSTS)).replace("{home}", site.home)
    # As plugins do: what the server's root makes, a site's user may not read.
    values = site.task.values("wordpress")
    user, password = values["WORDPRESS_DB_USER"], values["WORDPRESS_DB_PASSWORD"]
    sql = sql.replace("{host}", site.host)
    done = site.database.as_user(user, password, site.schema, sql)
    assert done.returncode == 0, done.stderr
    if settings:
        container = site.run("wordpress", ["php", "-r", OPTIONS])
        assert container.wait() == 0, container.output()
    return site


def read(site: StagedSite) -> dict[str, Any]:
    """What WordPress makes of the options."""
    container = site.run("wordpress", ["php", "-r", READ])
    assert container.wait() == 0, container.output()
    return json.loads(container.output().splitlines()[-1])


PRODUCTS = "FROM wp_posts WHERE post_type = 'product'"


def rows(site: StagedSite, *pairs: tuple[str, str]) -> str:
    """What tables hold whose checksums a first visit changes: products as a sum, own options whole.

    `pairs`: texts and what stands for each.
    """
    content, guid = "post_content", "guid"
    for old, new in pairs:
        content, guid = (f"REPLACE({each}, '{old}', '{new}')" for each in (content, guid))
    others = "ID, post_author, post_date, post_title, post_name, post_status, post_modified"
    total = f"SUM(CRC32(CONCAT_WS('|', {others}, {content}, {guid})))"
    products = f"SELECT COUNT(*), {total} {PRODUCTS}"
    options = "SELECT option_name, HEX(option_value) FROM wp_options"
    own = "" if pairs else f"; {options} WHERE option_name LIKE 'shop\\_%' ORDER BY 1"
    return site.sql(products + own)


def state(site: StagedSite) -> dict[str, str]:
    """All that a schema holds: tables by their checksum, the rest by its definition."""
    # In the schema that the client uses; at once, since a call takes longer than all that it asks.
    kinds = "".join(f"SELECT '{MARK}{kind}'; {OTHERS[kind]} = DATABASE();" for kind in OTHERS)
    tables, *others = site.sql(f"{CHECKSUMS} {kinds}").split(MARK)
    sums = dict(line.split("\t") for line in tables.splitlines())
    found = (text.partition("\n") for text in others)
    return {name.removeprefix(f"{site.schema}."): value for name, value in sums.items()} | {
        kind: text.replace(f"`{site.schema}`.", "") for kind, _, text in found
    }
