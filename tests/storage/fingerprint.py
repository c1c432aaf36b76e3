"""What a schema consists of, so that two of them can be compared."""

import re

from storage import jobs_schema

# What pg_dump would print of columns, constraints, indexes, triggers, functions and views.
_POSTGRESQL = """
SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text,
       COALESCE(pg_get_expr(d.adbin, d.adrelid), '') || a.attgenerated::text
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relnamespace = to_regnamespace('{0}') AND c.relkind IN ('r', 'v') AND a.attnum > 0
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', ''
  FROM pg_constraint WHERE connamespace = to_regnamespace('{0}') AND contype <> 'n'
UNION ALL
SELECT 'index', tablename, indexname, indexdef, '', ''
  FROM pg_indexes WHERE schemaname = '{0}'
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(pg_trigger.oid),
       tgenabled::text, ''
  FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
 WHERE NOT tgisinternal AND c.relnamespace = to_regnamespace('{0}')
UNION ALL
SELECT 'function', proname, '', pg_get_functiondef(oid), '', ''
  FROM pg_proc WHERE pronamespace = to_regnamespace('{0}')
UNION ALL
SELECT 'view', viewname, '', definition, '', '' FROM pg_views WHERE schemaname = '{0}'
"""

_SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"


def fingerprint(connection):
    """All of the schema that is ours, in an order of its own: not Alembic's table nor the jobs'."""
    return [
        part
        for part, of in _parts(connection, "public")
        if of != "alembic_version" and of not in jobs_schema.TABLES
    ]


def fingerprint_of_jobs(connection):
    """All of the schema that belongs to the library behind the jobs."""
    parts = _parts(connection, jobs_schema.SCHEMA)
    return [
        part
        for part, of in parts
        if connection.dialect.name == "postgresql" or of in jobs_schema.TABLES
    ]


def _parts(connection, schema):
    """(what there is, the table it belongs to), sorted."""
    if connection.dialect.name == "postgresql":
        rows = connection.exec_driver_sql(_POSTGRESQL.format(schema)).all()
        return sorted((tuple(row), row[1]) for row in rows)
    rows = connection.exec_driver_sql(_SQLITE).all()
    return sorted(((kind, name, _clauses(sql)), of) for kind, name, of, sql in rows)


def _clauses(sql):
    """The lines of a CREATE statement in an order of their own; words are kept as they are."""
    lines = re.sub(r"\n\s+", "\n", sql.replace('"', "")).split("\n")
    return sorted(line.strip().rstrip(",") for line in lines if line.strip())
