"""What core makes of a theme's JSON files, which the image keeps from one request to the next."""

import json

import pytest

from tests.runtime.stage.container import wait_until
from tests.runtime.stage.site import Replica

STYLES = "/srv/site/wp-content/themes/twentytwentyfive/styles"
KEPT = "/var/cache/fleet/theme-json"
# What is kept beside what core makes itself.
COMPARE = """
function compared( $name, $said, $made ) {
	$GLOBALS['all'][ $name ] = [
		'same'   => $said === $made,
		'length' => strlen( serialize( $said ) ),
		'titles' => is_array( $said ) ? array_column( $said, 'title' ) : [],
	];
}
function core( $method, ...$given ) {
	$made = new ReflectionMethod( 'WP_Theme_JSON_Resolver', "made_$method" );
	return $made->invoke( null, ...$given );
}
$alone = [ 'with_supports' => false ];
$theme = WP_Theme_JSON_Resolver::get_theme_data( [], $alone )->get_raw_data();
foreach ( [ 'default', 'blocks', 'theme', 'custom' ] as $of ) {
	$merged[ $of ] = WP_Theme_JSON_Resolver::get_merged_data( $of )->get_raw_data();
}
$sheet = wp_get_global_stylesheet();
foreach ( [ 'theme', 'block' ] as $of ) {
	$said = WP_Theme_JSON_Resolver::get_style_variations( $of );
	compared( $of, $said, core( 'style_variations', $of ) );
}
compared( 'of the theme', $theme, core( 'theme_data', [], $alone )->get_raw_data() );
foreach ( $merged as $of => $said ) {
	compared( "merged $of", $said, core( 'merged_data', $of )->get_raw_data() );
}
wp_clean_theme_json_cache();
compared( 'stylesheet', $sheet, fleet_made_stylesheet() );
echo json_encode( $all );
"""
# A style of a block counts only where somebody registered it.
REGISTER = "register_block_style( 'core/group', [ 'name' => 'ours', 'label' => 'Ours' ] );"
OURS = {
    "version": 3,
    "title": "Ours",
    "styles": {"blocks": {"core/group": {"variations": {"ours": {"color": {"text": "red"}}}}}},
}
SHOW = """
foreach ( WP_Theme_JSON_Resolver::get_style_variations() as $one ) {
	'Ours' === $one['title'] && print( json_encode( $one['styles'] ?? [] ) );
}
"""

PURPLE = "[ 'version' => 3, 'styles' => [ 'color' => [ 'text' => 'rebeccapurple' ] ] ]"
FILTER = (
    f"add_filter( 'wp_theme_json_data_theme', fn( $theme ) => $theme->update_with( {PURPLE} ) );"
)
# As the site editor does.
SAVE = f"""
wp_set_current_user( 1 );
$styles = json_encode( [ 'isGlobalStylesUserThemeJSON' => true ] + {PURPLE} );
$id     = WP_Theme_JSON_Resolver::get_user_global_styles_post_id();
wp_update_post( [ 'ID' => $id, 'post_content' => wp_slash( $styles ) ] );
"""


def evaluated(replica: Replica, code: str) -> str:
    done = replica.container.execute(
        "php", "-r", f"require '/usr/src/wordpress/wp-load.php'; {code}"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def put(replica: Replica, name: str, text: str) -> None:
    done = replica.container.execute("sh", "-c", f'printf %s "$text" > {STYLES}/{name}', text=text)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def replica(shared_replica: Replica) -> Replica:
    shared_replica.container.execute("sh", "-c", f"rm -rf {KEPT} {STYLES}/ours.json")
    return shared_replica


def test_what_is_kept_is_what_core_makes(replica: Replica) -> None:
    made = json.loads(evaluated(replica, COMPARE))
    assert len(made["theme"]["titles"]) > 5 < len(made["block"]["titles"])
    assert [name for name, what in made.items() if not what["same"]] == []
    kept = replica.container.execute("ls", KEPT).stdout
    assert json.loads(evaluated(replica, COMPARE)) == made
    assert replica.container.execute("ls", KEPT).stdout == kept


def test_a_theme_s_new_and_changed_files_count(replica: Replica) -> None:
    assert "Ours" not in json.loads(evaluated(replica, COMPARE))["theme"]["titles"]
    put(replica, "ours.json", json.dumps(OURS))
    assert "Ours" in json.loads(evaluated(replica, COMPARE))["theme"]["titles"]
    # In place, it counts with the generation that it makes.
    put(replica, "ours.json", json.dumps({**OURS, "title": "Theirs"}))

    def is_seen() -> bool:
        said = json.loads(evaluated(replica, COMPARE))["theme"]
        return "Theirs" in said["titles"] and said["same"]

    wait_until(is_seen, "the rewritten file counts")


def test_styles_that_a_plugin_registers_count(replica: Replica) -> None:
    put(replica, "ours.json", json.dumps(OURS))
    assert "red" not in evaluated(replica, SHOW)
    assert "red" in evaluated(replica, REGISTER + SHOW)
    assert "red" not in evaluated(replica, SHOW)


def test_what_is_damaged_is_made_anew(replica: Replica) -> None:
    made = json.loads(evaluated(replica, COMPARE))
    damage = f'for file in {KEPT}/*; do printf %s "$text" > $file; done'
    for text in ["a:1:{", 'O:8:"stdClass":0:{}']:
        assert replica.container.execute("sh", "-c", damage, text=text).returncode == 0
        assert json.loads(evaluated(replica, COMPARE)) == made


def test_what_the_owner_and_plugins_say_counts_at_once(replica: Replica) -> None:
    assert "rebeccapurple" not in evaluated(replica, "echo wp_get_global_stylesheet();")
    assert "rebeccapurple" in evaluated(replica, FILTER + "echo wp_get_global_stylesheet();")
    evaluated(replica, SAVE)
    assert "rebeccapurple" in evaluated(replica, "echo wp_get_global_stylesheet();")
    made = json.loads(evaluated(replica, COMPARE))
    assert [name for name, what in made.items() if not what["same"]] == []
    evaluated(
        replica, "wp_delete_post( WP_Theme_JSON_Resolver::get_user_global_styles_post_id() );"
    )
    assert "rebeccapurple" not in evaluated(replica, "echo wp_get_global_stylesheet();")
