"""The versions of a site's code that stay."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

from tests.runtime.conftest import MakeSite
from tests.runtime.stage.container import wait_until
from tests.runtime.stage.dashboard import install, offered, plugin, take
from tests.runtime.test_code import EFS, SOON, two

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


def test_of_two_updates_at_once_one_stays_whole(make_site: MakeSite) -> None:
    site, one, other = two(make_site, EFS)
    code = [
        site.seen(task, f"plugins/rival/{name}.php")
        for task in (one, other)
        for name in ("rival", "last")
    ]
    with site.visitor(one) as admin, site.visitor(other) as second, ThreadPoolExecutor(2) as pool:
        for visitor in (admin, second):
            visitor.log_in()
        install(admin, plugin("rival", "1"))
        wait_until(lambda: all(path.exists() for path in code), "the other task has it", SOON)
        offers = [
            offered(by, plugin("rival", version, more=50))
            for by, version in ((admin, "2"), (second, "3"))
        ]
        for taken in [
            pool.submit(take, *pair) for pair in zip((admin, second), offers, strict=True)
        ]:
            taken.result()

    def versions() -> set[str]:
        if not all(path.exists() for path in code):
            return set()
        return {re.findall(r"rival_(\d)\(\)", path.read_text())[0] for path in code}

    wait_until(lambda: versions() in ({"2"}, {"3"}), "one version is on both tasks", SOON)
