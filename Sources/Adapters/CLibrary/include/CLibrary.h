#pragma once

// What the C library has and Swift's import of it leaves out.

#ifdef __linux__
#include <sys/vfs.h>

/// The magic number of the file system that an open file lies on (statfs(2)); -1 where the system does not tell.
static inline long aws_oidc_file_system_magic(int descriptor) {
    struct statfs status;
    return fstatfs(descriptor, &status) == 0 ? (long)status.f_type : -1;
}
#endif

/// The entries of this process's environment as they are, up to a null (environ(7)).
char *_Nullable *_Nullable aws_oidc_environment(void);
