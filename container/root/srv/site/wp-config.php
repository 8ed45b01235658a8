<?php
// Core is at /usr/src/wordpress. Plugins' own entry points look for it above the wp-content that they are in.
require '/usr/src/wordpress/wp-config.php';
