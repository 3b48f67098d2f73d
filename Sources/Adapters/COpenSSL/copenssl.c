#include "COpenSSL.h"

#include <dlfcn.h>
#include <stdio.h>

int aws_oidc_libcrypto_open(const char *name, aws_oidc_libcrypto *functions, char *reason, size_t reason_size) {
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *error = dlerror();
        snprintf(reason, reason_size, "%s", error != NULL ? error : name);
        return -1;
    }
#define RESOLVE(function)                                                                                              \
    functions->function = (__typeof__(functions->function))dlsym(library, #function);                                  \
    if (functions->function == NULL) {                                                                                 \
        snprintf(reason, reason_size, "%s is too old: it has no " #function, name);                                    \
        dlclose(library);                                                                                              \
        return -1;                                                                                                     \
    }
    AWS_OIDC_LIBCRYPTO(RESOLVE)
#undef RESOLVE
    // No handler at exit: a request that still runs when the process ends must not find the library gone. No
    // configuration file: a token's signature means the same on every machine.
    functions->OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    return 0;
}
