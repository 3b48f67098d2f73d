// Says what is waited for while a system call keeps the only thread: a file on a server that is away.
#include "CLibrary.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static char line[4352];
static size_t length;
static struct sigaction earlier;

static void say(int signal) {
    (void)signal;
    int code = errno;
    if (write(STDERR_FILENO, line, length) < 0) { /* There is nobody to be told. */ }
    errno = code;
}

int aws_oidc_overdue_begin(const char *text, unsigned int seconds) {
    length = strnlen(text, sizeof line - 1);
    memcpy(line, text, length);
    line[length++] = '\n';
    struct sigaction ours = {.sa_handler = say, .sa_flags = SA_RESTART};
    if (sigaction(SIGALRM, &ours, &earlier) != 0) { return -1; }
    unsigned int left = alarm(seconds);
    if (left == 0) { return 0; }
    // Whoever started this program has set an alarm for it.
    sigaction(SIGALRM, &earlier, NULL);
    alarm(left);
    return -1;
}

void aws_oidc_overdue_end(void) {
    alarm(0);
    // One that came while it was blocked goes with this: it is not for whatever program comes next.
    signal(SIGALRM, SIG_IGN);
    sigaction(SIGALRM, &earlier, NULL);
}
