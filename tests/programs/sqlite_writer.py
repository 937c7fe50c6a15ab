"""Adds rows to a database for ever, and tells the number of each row once its commit has returned.

  sqlite_writer.py DATABASE JOURNAL_MODE"""
import sqlite3
import sys

database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
database.execute(f"pragma journal_mode={sys.argv[2]}")
# Syncs the directory too after a journal was removed: only then its removal, which is the commit, is durable.
database.execute("pragma synchronous=extra")
database.execute("create table if not exists rows (number integer primary key, text text)")
number = database.execute("select coalesce(max(number), 0) from rows").fetchone()[0]
while True:
    database.execute("begin immediate")
    for _ in range(5):
        number += 1
        database.execute("insert into rows values (?, ?)", (number, f"row {number} " * 40))
    if number % 50 == 0:
        database.execute("update rows set text = text || 'x' where number % 7 = 0")
    database.execute("commit")
    print(number, flush=True)
