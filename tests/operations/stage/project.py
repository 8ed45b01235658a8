"""The files of a project whose environment `prod` has two cells."""

REGION = "us-east-1"
SITES = """
version: 1
defaults: {admin: {email: web@example.com}}
sites:
  blog: {domains: [blog.example.com]}
  docs: {domains: [docs.example.com], database: {placement: shared}}
  archive: {domains: [archive.example.com], state: paused}
  closing: {domains: [closing.example.com], state: paused}
  news: {domains: [news.example.com]}
  far: {domains: [far.example.com], cell: east}
"""
SETTINGS = f"""
config:
  aws:region: {REGION}
  wordpress-fleet:allowHttp: true
  wordpress-fleet:sharedDatabase: {{minAcu: 0.5, maxAcu: 4}}
"""
