#include "CSQLite.h"

#include <dlfcn.h>
#include <stdio.h>

#define FUNCTIONS(X)                                                                                                   \
    X(sqlite3_open_v2)                                                                                                 \
    X(sqlite3_close_v2)                                                                                                \
    X(sqlite3_extended_result_codes)                                                                                   \
    X(sqlite3_busy_timeout)                                                                                            \
    X(sqlite3_extended_errcode)                                                                                        \
    X(sqlite3_system_errno)                                                                                            \
    X(sqlite3_errmsg)                                                                                                  \
    X(sqlite3_prepare_v2)                                                                                              \
    X(sqlite3_step)                                                                                                    \
    X(sqlite3_finalize)                                                                                                \
    X(sqlite3_bind_null)                                                                                               \
    X(sqlite3_bind_int64)                                                                                              \
    X(sqlite3_bind_text)                                                                                               \
    X(sqlite3_bind_blob)                                                                                               \
    X(sqlite3_column_count)                                                                                            \
    X(sqlite3_column_type)                                                                                             \
    X(sqlite3_column_int64)                                                                                            \
    X(sqlite3_column_text)                                                                                             \
    X(sqlite3_column_blob)                                                                                             \
    X(sqlite3_column_bytes)

struct table {
#define FIELD(name) __typeof__(&name) name;
    FUNCTIONS(FIELD)
#undef FIELD
};

static struct table sqlite;

int aws_oidc_sqlite_load(const char *name, char *reason, size_t reason_size) {
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *error = dlerror();
        snprintf(reason, reason_size, "%s", error != NULL ? error : name);
        return -1;
    }
    struct table found;
#define RESOLVE(function)                                                                                              \
    found.function = (__typeof__(found.function))dlsym(library, #function);                                            \
    if (found.function == NULL) {                                                                                      \
        snprintf(reason, reason_size, "%s is too old: it has no " #function, name);                                    \
        dlclose(library);                                                                                              \
        return -1;                                                                                                     \
    }
    FUNCTIONS(RESOLVE)
#undef RESOLVE
    sqlite = found;
    return 0;
}

int aws_oidc_sqlite_open(const char *name, sqlite3 **database, int flags) {
    return sqlite.sqlite3_open_v2(name, database, flags, NULL);
}

void aws_oidc_sqlite_close(sqlite3 *database) { sqlite.sqlite3_close_v2(database); }

void aws_oidc_sqlite_use_extended_codes(sqlite3 *database) { sqlite.sqlite3_extended_result_codes(database, 1); }

void aws_oidc_sqlite_set_patience(sqlite3 *database, int milliseconds) {
    sqlite.sqlite3_busy_timeout(database, milliseconds);
}

int aws_oidc_sqlite_code(sqlite3 *database) { return sqlite.sqlite3_extended_errcode(database); }

int aws_oidc_sqlite_system_error(sqlite3 *database) { return sqlite.sqlite3_system_errno(database); }

const char *aws_oidc_sqlite_message(sqlite3 *database) { return sqlite.sqlite3_errmsg(database); }

int aws_oidc_sqlite_prepare(sqlite3 *database, const char *text, sqlite3_stmt **statement) {
    return sqlite.sqlite3_prepare_v2(database, text, -1, statement, NULL);
}

int aws_oidc_sqlite_step(sqlite3_stmt *statement) { return sqlite.sqlite3_step(statement); }

void aws_oidc_sqlite_finalize(sqlite3_stmt *statement) { sqlite.sqlite3_finalize(statement); }

int aws_oidc_sqlite_bind_null(sqlite3_stmt *statement, int index) {
    return sqlite.sqlite3_bind_null(statement, index);
}

int aws_oidc_sqlite_bind_integer(sqlite3_stmt *statement, int index, sqlite3_int64 value) {
    return sqlite.sqlite3_bind_int64(statement, index, value);
}

int aws_oidc_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
    return sqlite.sqlite3_bind_text(statement, index, text, count, SQLITE_TRANSIENT);
}

int aws_oidc_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite.sqlite3_bind_blob(statement, index, count == 0 ? "" : bytes, count, SQLITE_TRANSIENT);
}

int aws_oidc_sqlite_column_count(sqlite3_stmt *statement) { return sqlite.sqlite3_column_count(statement); }

int aws_oidc_sqlite_column_type(sqlite3_stmt *statement, int index) {
    return sqlite.sqlite3_column_type(statement, index);
}

sqlite3_int64 aws_oidc_sqlite_column_integer(sqlite3_stmt *statement, int index) {
    return sqlite.sqlite3_column_int64(statement, index);
}

const unsigned char *aws_oidc_sqlite_column_text(sqlite3_stmt *statement, int index) {
    return sqlite.sqlite3_column_text(statement, index);
}

const void *aws_oidc_sqlite_column_blob(sqlite3_stmt *statement, int index) {
    return sqlite.sqlite3_column_blob(statement, index);
}

int aws_oidc_sqlite_column_bytes(sqlite3_stmt *statement, int index) {
    return sqlite.sqlite3_column_bytes(statement, index);
}
