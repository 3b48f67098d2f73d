#pragma once

// SQLite without linking it: the library is opened by aws_oidc_sqlite_load, and each function below calls the one of
// SQLite that it is named for. SQLite's header gives types and constants only.

#include <sqlite3.h>

#include <stddef.h>

#pragma clang assume_nonnull begin

/// Opens the library of that file name; 0, or what is wrong with it in `reason`.
///
/// Every other function may be called only after it gave 0. It is not for several threads at once.
int aws_oidc_sqlite_load(const char *name, char *reason, size_t reason_size);

int aws_oidc_sqlite_open(const char *name, sqlite3 *_Nullable *_Nonnull database, int flags);
void aws_oidc_sqlite_close(sqlite3 *database);
void aws_oidc_sqlite_use_extended_codes(sqlite3 *database);
void aws_oidc_sqlite_set_patience(sqlite3 *database, int milliseconds);
int aws_oidc_sqlite_code(sqlite3 *database);
int aws_oidc_sqlite_system_error(sqlite3 *database);
const char *aws_oidc_sqlite_message(sqlite3 *database);

int aws_oidc_sqlite_prepare(
    sqlite3 *database, const char *text, sqlite3_stmt *_Nullable *_Nonnull statement);
int aws_oidc_sqlite_step(sqlite3_stmt *statement);
void aws_oidc_sqlite_finalize(sqlite3_stmt *statement);

// What is bound is copied.
int aws_oidc_sqlite_bind_null(sqlite3_stmt *statement, int index);
int aws_oidc_sqlite_bind_integer(sqlite3_stmt *statement, int index, sqlite3_int64 value);
int aws_oidc_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int count);
int aws_oidc_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *_Nullable bytes, int count);

int aws_oidc_sqlite_column_count(sqlite3_stmt *statement);
int aws_oidc_sqlite_column_type(sqlite3_stmt *statement, int index);
sqlite3_int64 aws_oidc_sqlite_column_integer(sqlite3_stmt *statement, int index);
const unsigned char *_Nullable aws_oidc_sqlite_column_text(sqlite3_stmt *statement, int index);
const void *_Nullable aws_oidc_sqlite_column_blob(sqlite3_stmt *statement, int index);
int aws_oidc_sqlite_column_bytes(sqlite3_stmt *statement, int index);

#pragma clang assume_nonnull end
