#define _GNU_SOURCE
#include "CLibrary.h"

#ifdef __APPLE__
#include <crt_externs.h>
#else
#include <unistd.h>
#endif

char **aws_oidc_environment(void) {
#ifdef __APPLE__
    return *_NSGetEnviron();
#else
    return environ;
#endif
}
