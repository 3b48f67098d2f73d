#define _GNU_SOURCE
#include "CLibrary.h"

#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

// All that the signal handlers touch.
static int taken_descriptor = -1;
static volatile sig_atomic_t is_taken = 0;
static volatile sig_atomic_t gives_at = TCSAFLUSH;
static struct termios before;

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
enum { ENDING_COUNT = sizeof ending / sizeof *ending };
static struct sigaction actions_before[ENDING_COUNT];
static volatile sig_atomic_t has_action[ENDING_COUNT];

static void give(void) {
    if (!is_taken) return;
    is_taken = 0;
    tcsetattr(taken_descriptor, gives_at, &before);
}

// The terminal first, then what the signal does anyway.
static void handle(int number) {
    give();
    if (number == SIGTSTP) {
        kill(getpid(), SIGSTOP);
        return;
    }
    signal(number, SIG_DFL);
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &mask, NULL);
}

int aws_oidc_terminal_take(int descriptor, int with_signals) {
    if (is_taken || tcgetattr(descriptor, &before) != 0) return -1;
    struct termios raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    if (with_signals) {
        raw.c_lflag &= ~(tcflag_t)(ISIG | IEXTEN);
        raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL | INLCR);
    }
    gives_at = with_signals ? TCSANOW : TCSAFLUSH;
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    taken_descriptor = descriptor;
    for (int i = 0; i < ENDING_COUNT; i++) {
        struct sigaction found;
        if (has_action[i] || sigaction(ending[i], NULL, &found) != 0 || found.sa_handler == SIG_IGN) continue;
        // What is heard by somebody else in this process stays so; but Ctrl-\ is no crash, for which Swift's runtime takes it.
        if (found.sa_handler != SIG_DFL && ending[i] != SIGQUIT) continue;
        struct sigaction ours = {.sa_handler = handle};
        sigfillset(&ours.sa_mask);
        actions_before[i] = found;
        if (sigaction(ending[i], &ours, NULL) == 0) has_action[i] = 1;
    }
    is_taken = 1;
    if (tcsetattr(descriptor, TCSANOW, &raw) != 0) {
        aws_oidc_terminal_give();
        return -1;
    }
    return 0;
}

int aws_oidc_terminal_is_taken(void) { return is_taken; }

void aws_oidc_terminal_give(void) {
    give();
    for (int i = 0; i < ENDING_COUNT; i++) {
        if (has_action[i]) sigaction(ending[i], &actions_before[i], NULL);
        has_action[i] = 0;
    }
}

// To this thread alone, for which a runtime may have blocked it: what it looks at next, it sees when the process goes on.
void aws_oidc_terminal_await(void) {
    sigset_t wanted, found;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTTIN);
    pthread_sigmask(SIG_UNBLOCK, &wanted, &found);
    raise(SIGTTIN);
    pthread_sigmask(SIG_SETMASK, &found, NULL);
}
