"""The versions of a site's code that stay."""

import json

from tests.runtime.conftest import MakeSite

# What a site's own life makes of a plugin, in a store of its own.
TWELVE_VERSIONS = """
require '/usr/local/share/fleet/code/store.php';
$store = new Fleet\\Code\\Store( '/tmp/store' );
mkdir( '/tmp/root/plugins/shop', 0700, true );
foreach ( range( 1, 12 ) as $number ) {
	file_put_contents( '/tmp/root/plugins/shop/shop.php', "<?php // $number" );
	// Of longer ago than a change may be under way.
	array_map( fn( $file ) => touch( $file, 1 ), glob( '/tmp/store/items/plugins/shop/*' ) );
	$versions[] = $store->pack( 'plugins/shop', '/tmp/root' );
	$store->change( [ 'plugins/shop' => end( $versions ) ] );
}
$kept = array_column( $store->generation( $store->current() )['versions']['plugins/shop'], 0 );
foreach ( $kept as $version ) {
	$store->unpack( 'plugins/shop', $version, "/tmp/$version" );
	$texts[] = file_get_contents( "/tmp/$version/shop/shop.php" );
}
$archives = count( glob( '/tmp/store/items/plugins/shop/*' ) );
echo json_encode( [ $texts, $archives, $store->numbers() ] );
"""


def test_the_last_ten_versions_stay(make_site: MakeSite) -> None:
    container = make_site().run("wordpress", ["php", "-r", TWELVE_VERSIONS])
    assert container.wait() == 0, container.output()
    texts, archives, generations = json.loads(container.output())
    assert texts == [f"<?php // {number}" for number in range(12, 2, -1)]
    assert archives == 10
    assert generations == list(range(12, 2, -1))
