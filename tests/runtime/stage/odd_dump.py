"""SQL as other servers and other tools write it."""

# What MariaDB 11.4 and All-in-One WP Migration write, and what servers were less strict about.
ODD = """
CREATE TABLE `wp_odd` (
  `id` int(11) NOT NULL,
  `day` datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  `words` longtext CHARACTER SET latin1 COLLATE latin1_swedish_ci,
  `size` int(11) GENERATED ALWAYS AS (char_length(`words`)) STORED,
  PRIMARY KEY (`id`)
) ENGINE=Aria DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci PAGE_CHECKSUM=1 TRANSACTIONAL=1;
INSERT INTO `wp_odd` (`id`, `day`, `words`) VALUES
(1,'0000-00-00 00:00:00','gr\u00fcn \U0001f6d2 at https://x.example/a'),
(2,'2026-01-01 00:00:00','LONG https://x.example');
INSERT INTO `wp_odd` (`id`, `words`) VALUES (3,'TWICE'); INSERT INTO `wp_odd` (`id`, `words`) VALUES
(4,'gr\u00fcn; INSERT INTO it'); INSERT INTO `wp_odd` (`id`, `words`) VALUES (5,'https://x.example/5');
INSERT INTO `wp_odd` (`id`, `words`) VALUES (6,'SERIALIZED');
RAW
INSERT INTO `wp_odd` (`id`, `words`) VALUES (7,'http:\\\\/\\\\/x.example\\\\/blog x.example/blogs');
CREATE TABLE `wp_line` (`x` text) ENGINE=MyISAM; INSERT INTO `wp_line` VALUES ('https://x.example/6');
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`old`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `odd` AS SELECT `id` FROM `wp_odd` */;
"""
LONG = 40_000_000  # bytes of a row
TWICE = "gr\u00fcn \u20ac"  # in a table whose connection said latin1


# Values whose line ends stand as they are: all that ends a statement, or begins one.
RAW = (
    "one;\n-- it's \"so\nINSERT INTO `x` VALUES (99);\n';\nDELIMITER ;;\n\\# https://x.example/8\n"
)


def raw_rows() -> str:
    doubled, escaped = (RAW.replace("\\", "\\\\").replace("'", quote) for quote in ("''", "\\'"))
    nested = f'a:1:{{i:0;s:{len(RAW)}:"{escaped}";}}'
    in_double = RAW.replace("\\", "\\\\").replace('"', '""')
    into = "INSERT INTO `SERVMASK_PREFIX_odd` (`id`, `words`) VALUES"
    rows = f"(8,'{doubled}'),\n(9,'{nested}'); -- it's ended\n"
    return f'{into}\n{rows}{into} (10,"{in_double}");\n'


def raw_values(home: str) -> list[str]:
    here = RAW.replace("https://x.example", home)
    return [here, f'a:1:{{i:0;s:{len(here)}:"{here}";}}', here]


def serialized(home: str) -> str:
    value = f"{TWICE} at {home}/6"
    return f'a:1:{{s:2:"at";s:{len(value.encode())}:"{value}";}}'


def twice(text: str) -> str:
    return text.encode().decode("cp1252")


def odd() -> str:
    """ODD, whose line RAW stays."""
    nested = twice(serialized("https://x.example")).replace('"', '\\"')
    text = ODD.replace("LONG", "x" * LONG).replace("SERIALIZED", nested)
    return text.replace("TWICE", twice(TWICE))
