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

/// Takes a terminal's keys as they are pressed, without echo; those that send signals only where that is asked for.
/// Whatever ends or stops this process, short of SIGKILL, first gives the terminal back. 0, or -1 where it is no terminal
/// or another one is taken.
int aws_oidc_terminal_take(int descriptor, int with_signals);
/// Whether a terminal is taken: not after this process was stopped.
int aws_oidc_terminal_is_taken(void);
/// Gives it back as it was; without what was typed and not read, unless the keys that send signals were taken too.
void aws_oidc_terminal_give(void);
/// Stops this process as whoever reads a terminal in the background is stopped, until it is brought to the foreground.
void aws_oidc_terminal_await(void);
