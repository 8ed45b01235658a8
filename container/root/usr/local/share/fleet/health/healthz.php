<?php
// PHP answers. Not a word to the database: a check that asked would keep Aurora awake and kill tasks while it resumes.
header( 'Content-Type: text/plain' );
header( 'Cache-Control: no-store' );
echo "ok\n";
