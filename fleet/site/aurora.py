"""The version of Aurora MySQL that databases start with."""

# The long-term-support line.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html
AURORA_LINE = "3.10"
AURORA_LINE_ENDS = "2028-04-30"
AURORA_VERSION = f"8.0.mysql_aurora.{AURORA_LINE}.6"
