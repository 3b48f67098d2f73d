/*
 * The token cache in a folder that hosts share: the states and steps of docs/cache-protocol.md, for Spin.
 * `make verify` runs it; scripts/verify.sh says in which sizes.
 *
 * What is here
 *   record.G, lease.G.E, end.G.E, spent.H.K and new.G.* as names on one server; link(2) as one indivisible step that fails
 *   where the name is taken, or the temp file is gone; looks that may show an older listing (but none from before the looker's
 *   own last name, and nothing less than it has seen); crash, and pause and resume, before every step; takeover; checkpoints;
 *   productions without a right (a login beside another, or one that lost its right long ago); logout; cleaning; a newest
 *   record that is damaged.
 *
 * What is abstracted, and why that is fair
 *   - One key, and one process a host: those of one host queue behind a lock of that host.
 *   - No clocks. A pause is what the interleaving does anyway. That a right has run out is `expired`: it may become so for a
 *     living holder before each sending, and does whenever a right is taken over, because the silence before that is
 *     longer than a right. Both draw on the budget of pauses. A dead holder may be taken over at any time.
 *   - A token is its H: the hash of the token and of the number of its exchange. It is named by the first generation whose record it
 *     is in.
 *   - The provider answers a refresh as it likes: a new token, a refusal, no answer; or the request never arrives. That
 *     includes every provider that detects reuse.
 *   - Waiting has no limit here: nobody is helped on by giving up. So "goes on" means more than "gets an error after 60 s".
 *   - A cleaner unlinks its temp files in one step before each record. spent.H.K and end.G.E are not cleaned, and no
 *     record is repeated: each repetition would be one more record that nothing is based on.
 *   - A listing is the folder as it was at one moment. The rules make up for its age, not for one that never was.
 *   - Not here: the Go tool's file and its mirror, node-local stores, the flush, lost replies to link (the link count tells),
 *     a server that is away, bytes on disks but the newest record's, names that a server loses. Those are the tests' part.
 *   - A marker tells what came of those before it. Here all are looked at: an end stays as it is, so that it is the same.
 *
 * Numbers are bounded by the work that there is to do; where the bounds do not suffice, an assertion fails: nothing is cut off.
 *
 * Sizes:  HOSTS, ROUNDS (productions of each host), LOGINS (productions without a right), LOGOUTS, CRASHES, PAUSES, DAMAGES,
 *         STALE (how many looks of all may be old; without it: every one).
 * Breaks: each BREAK_X takes one rule out, and Spin must find what it was for.
 */

#ifndef HOSTS
#define HOSTS 2
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef LOGINS
#define LOGINS 0
#endif
#ifndef LOGOUTS
#define LOGOUTS 0
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef PAUSES
#define PAUSES 0
#endif
#ifndef DAMAGES
#define DAMAGES 0
#endif
#ifndef MAXG
#define MAXG 8          /* one more than the highest number that a record can get */
#endif
#define MAXE 6          /* epochs of one generation */
#define MAXK 4          /* spent.H.K of one token */

#define PROCESSES (HOSTS + LOGINS + LOGOUTS)

/* What a name record.G is: no file yet, a whole record, a checkpoint, a tombstone, an unreadable one, cleaned away. */
#define NONE 0
#define GOOD 1
#define CHECKPOINT 2
#define TOMBSTONE 3
#define DAMAGED 4
#define GONE 5

/* What a process is there for. */
#define PRODUCER 0
#define LOGIN 1
#define LOGOUT 2

/* For a producer's first look: what is newer than that, is news. */
#define UNKNOWN 255
#define FIRST (role == PRODUCER -> UNKNOWN : 0)

/* The server's folder. It begins with record.1, whose id_token is over, and whose refresh token is 1. */
byte top = 1;
byte kind[MAXG + 1];
byte token[MAXG + 1];
byte epochs[MAXG + 2];      /* how many lease.G.* there are */
byte holder[MAXG + 2];      /* whose the last one is */
byte ended[MAXG + 2];       /* which epochs have an end.G.E: a bit each */
byte taken[MAXG + 2];       /* in which of those stands `taken` */
byte markers[MAXG + 1];     /* how many spent.H.* there are */
byte unsent[MAXG + 1];      /* which of them are named as unsent by the end of their maker's right: a bit each */
byte maker[MAXK * (MAXG + 1)];      /* whose each one is */
byte under[MAXK * (MAXG + 1)];      /* by which right: generation * 8 + epoch */
bool temp[PROCESSES];       /* each one's new.G.*: is it there */
byte label[PROCESSES];      /* the generation in its name */
byte born[PROCESSES];       /* the newest record when it was made */

/* The world. */
bool dead[PROCESSES];
bool expired[PROCESSES];    /* its right has run out */
byte heldG[PROCESSES];      /* its right: generation, epoch */
byte heldE[PROCESSES];
byte crashes = CRASHES;
byte pauses = PAUSES;
byte damages = DAMAGES;
#ifdef STALE
byte stale = STALE;
#define MAY_BE_STALE (stale > 0)
#define COUNT_STALE stale--
#else
#define MAY_BE_STALE true
#define COUNT_STALE skip
#endif

/* What the properties speak of; no step depends on it. */
byte sent[MAXG + 1];        /* how often each token was sent, as far as the provider can have seen it */
byte removals;              /* how many logouts have ended */

/* The properties. Each assertion stands for its own. */
#define ONE_PUBLICATION(g) assert(kind[g] == NONE)                                              /* (1) */
#define ONE_SENDER(h) assert(sent[h] <= 1 || (sent[h] == 2 && A_SENDER_WAS_LOST(h)))            /* (2) */
#define REMOVAL_STANDS assert(removals == removalsBefore)                                       /* (3) */
/* (4): no invalid end state (nobody waits for ever), and no cycle (nobody goes round for ever). */

#define ENDED(g, e) ((ended[g] >> (e)) & 1)
#define TAKEN(g, e) ((taken[g] >> (e)) & 1)

/* What became of marker k of a token. */
#define G_OF(h, k) (under[MAXK * (h) + k] >> 3)
#define E_OF(h, k) (under[MAXK * (h) + k] & 7)
#define IS_OPEN(h, k) (k < markers[h] && !ENDED(G_OF(h, k), E_OF(h, k)))
#define IS_UNSENT(h, k) ((unsent[h] >> k) & 1)
#define IS_DOUBTFUL(h, k) (k < markers[h] && !IS_UNSENT(h, k) && ENDED(G_OF(h, k), E_OF(h, k)))
#define WAS_LOST(h, k) (k < markers[h] && TAKEN(G_OF(h, k), E_OF(h, k)))
#define ANY_OPEN(h) (IS_OPEN(h, 0) || IS_OPEN(h, 1) || IS_OPEN(h, 2) || IS_OPEN(h, 3))
#define DOUBTFUL(h) (IS_DOUBTFUL(h, 0) + IS_DOUBTFUL(h, 1) + IS_DOUBTFUL(h, 2) + IS_DOUBTFUL(h, 3))
#define A_SENDER_WAS_LOST(h) (WAS_LOST(h, 0) || WAS_LOST(h, 1) || WAS_LOST(h, 2) || WAS_LOST(h, 3))

/* Whether a token may be sent, given its markers. */
#if defined(BREAK_MARK)
#define MAY_SEND(h) true
#elif defined(BREAK_LOST)
#define MAY_SEND(h) (!ANY_OPEN(h) && DOUBTFUL(h) <= 1)
#elif defined(BREAK_OPEN)
#define MAY_SEND(h) (DOUBTFUL(h) == 0 || (DOUBTFUL(h) == 1 && A_SENDER_WAS_LOST(h)))
#else
#define MAY_SEND(h) (!ANY_OPEN(h) && (DOUBTFUL(h) == 0 || (DOUBTFUL(h) == 1 && A_SENDER_WAS_LOST(h))))
#endif

/* opendir, list: the highest record number, perhaps that of an older listing. */
inline look() {
    if
    :: R = top
    :: MAY_BE_STALE && floor < top -> COUNT_STALE; R = floor; do :: R + 1 < top -> R++ :: break od
    fi;
    floor = R
}

/* A listing counts only if every name that I have made is in it: so it is not older than the last of them. */
inline wrote() {
#ifdef BREAK_FRESH
    skip
#else
    floor = top
#endif
}

inline makeTemp(g) {
    temp[me] = true; label[me] = g; born[me] = top; wrote()
}

/* link(new.*, record.g) */
inline publish(g, what) {
    assert(g < MAXG);
    if
#ifdef BREAK_LINK
    :: temp[me] ->
#else
    :: temp[me] && (kind[g] == NONE || kind[g] == GONE) ->
#endif
        ONE_PUBLICATION(g);
        if :: what != TOMBSTONE -> REMOVAL_STANDS :: else fi;
        if :: N == 0 -> N = g :: else fi;
        kind[g] = what; token[g] = (what == TOMBSTONE -> 0 : N); top = g; wrote();
        published = true
#ifndef BREAK_LINK
    :: temp[me] && kind[g] != NONE && kind[g] != GONE ->
        if :: floor < g -> floor = g :: else fi;        /* a name that is taken has been seen */
        published = false
#endif
    :: !temp[me] -> published = false
    fi
}

/* link end.G.E of my right, unless it was taken from me. */
inline endRight(isUnsent) {
    if
    :: heldG[me] != 0 && !ENDED(heldG[me], heldE[me]) ->
        ended[heldG[me]] = ended[heldG[me]] | (1 << heldE[me]);
        if
        :: isUnsent && mark != 0 -> unsent[H] = unsent[H] | (1 << (mark - 1))
        :: else
        fi
    :: else
    fi;
    heldG[me] = 0; heldE[me] = 0; expired[me] = false; mark = 0
}

/* link end.G.E in the name of another, whose beat is silent or whose process is dead. */
inline takeAway(g, e, whose) {
    ended[g] = ended[g] | (1 << (e)); taken[g] = taken[g] | (1 << (e));
    if
    :: heldG[whose] == g && heldE[whose] == e -> expired[whose] = true
    :: else
    fi
}

/* Makes of an open marker one whose maker is lost, if it is; else there is nothing to do but wait. */
#define IS_LOST(h, k) (IS_OPEN(h, k) && (dead[maker[MAXK * (h) + k]] || (pauses > 0 && maker[MAXK * (h) + k] != me)))
inline giveUp(k) {
    if :: dead[maker[MAXK * H + k]] :: else -> pauses-- fi;
    takeAway(G_OF(H, k), E_OF(H, k), maker[MAXK * H + k])
}

/* Record g came first, and is not mine: does it stay the last word? A tombstone does, and what may be or may hide one. */
#ifdef BREAK_TOMBSTONE
#define IS_BARRIER(g) (kind[g] == DAMAGED || kind[g] == GONE)
#define IS_LESS(g) (kind[g] == TOMBSTONE || (kind[g] == CHECKPOINT && isSignIn) || (!isSignIn && token[g] == H))
#else
#define IS_BARRIER(g) (kind[g] == TOMBSTONE || kind[g] == DAMAGED || kind[g] == GONE)
#define IS_LESS(g) ((kind[g] == CHECKPOINT && isSignIn) || (!isSignIn && token[g] == H))
#endif

/* The look that decides: may I link record.G, or what comes after those that came first? */
inline decide() {
    look();
    isDropped = false;
#ifdef BREAK_NUMBER
    if :: isSignIn -> G = R + 1 :: else fi;
#endif
    if
    :: R >= G ->
#ifdef BREAK_STEP
        g = R;
#else
        g = G;
#endif
        do
        :: g <= R && IS_BARRIER(g) -> isDropped = true; break
        :: g <= R && !IS_BARRIER(g) -> g++
        :: g > R -> break
        od;
        g = 0;
        if
        :: !isDropped && IS_LESS(R) -> G = R + 1
        :: else -> isDropped = true
        fi
    :: R < G && R + 1 != G -> isDropped = true
    :: R < G && R + 1 == G
    fi
}

inline skipGone() {
    do
    :: g + 2 <= R && (kind[g] == GONE || kind[g] == DAMAGED) -> g++
    :: else -> break
    od
}

inline forget() {
    R = 0; G = 0; E = 0; H = 0; N = 0; mark = 0; seenMarkers = 0; g = 0; q = 0;
    isSignIn = false; hasNext = false; published = false; isDropped = false;
    removalsBefore = 0; temp[me] = false; label[me] = 0; born[me] = 0
}

proctype Host(byte me; byte role; byte rounds) {
    byte floor, first, R, G, E, H, N, mark, seenMarkers, g, q, removalsBefore;
    bool isSignIn, hasNext, published, isDropped;

    {
    atomic {
        rounds > 0 -> first = FIRST;
        if
        :: role == LOGOUT -> goto bury
        :: else
        fi
    };

startOver:  /* Look. What is news is taken. */
    atomic {
        temp[me] = false;
        look();
        if
        :: first == UNKNOWN -> first = R
        :: else
        fi;
        if
        :: role == PRODUCER && R > first && kind[R] == GOOD -> goto done
        :: kind[R] == GONE -> goto startOver
        :: else
        fi;
        G = R + 1;
        removalsBefore = removals;
        if
        :: role == LOGIN -> makeTemp(G); goto signIn
        :: else
        fi
    };

wait:       /* The right is free, has ended, or is taken away; or a record appears. */
    atomic {
        if
        :: top > R -> goto startOver
        :: epochs[G] == 0
        :: epochs[G] > 0 && ENDED(G, epochs[G] - 1)
#ifndef BREAK_TAKEOVER
        :: epochs[G] > 0 && !ENDED(G, epochs[G] - 1) && dead[holder[G]] -> takeAway(G, epochs[G] - 1, holder[G])
        :: epochs[G] > 0 && !ENDED(G, epochs[G] - 1) && !dead[holder[G]] && holder[G] != me && pauses > 0 ->
            pauses--; takeAway(G, epochs[G] - 1, holder[G])
#endif
        fi;
        E = epochs[G];
        assert(E < MAXE)
    };

take:       /* link lease.G.E */
    atomic {
        if
        :: epochs[G] == E ->
            epochs[G] = E + 1; holder[G] = me; heldG[me] = G; heldE[me] = E; expired[me] = false; E = 0; wrote()
        :: else -> goto startOver
        fi
    };

confirm:    /* Look again: nothing from before counts. Then room is made for what is to be stored. */
    atomic {
        look();
        if
        :: R + 1 != G || kind[R] == GONE -> endRight(true); goto startOver
        :: else
        fi;
        removalsBefore = removals;
        makeTemp(G);
        if
        :: kind[R] == GOOD || kind[R] == CHECKPOINT -> H = token[R]
        :: else -> goto signIn
        fi
    };

spend:      /* May this token be sent? */
    atomic {
        look();
        if
        :: R + 1 != G || expired[me] -> endRight(true); goto startOver
        :: else
        fi;
        seenMarkers = markers[H]
    };
    atomic {
        if
        :: MAY_SEND(H)
        :: !MAY_SEND(H) && IS_LOST(H, 0) -> giveUp(0); goto spend
        :: !MAY_SEND(H) && IS_LOST(H, 1) -> giveUp(1); goto spend
        :: !MAY_SEND(H) && IS_LOST(H, 2) -> giveUp(2); goto spend
        :: !MAY_SEND(H) && IS_LOST(H, 3) -> giveUp(3); goto spend
        :: !MAY_SEND(H) && ANY_OPEN(H) && (top > R || expired[me] || markers[H] != seenMarkers) -> goto spend
        :: !MAY_SEND(H) && !ANY_OPEN(H) -> goto signIn
        fi
    };
attempt:    /* link spent.H.K */
    atomic {
        if
#ifdef BREAK_UNSENT
        :: markers[H] == seenMarkers && seenMarkers > 0 && DOUBTFUL(H) == 0
        :: markers[H] == seenMarkers && !(seenMarkers > 0 && DOUBTFUL(H) == 0) ->
#else
        :: markers[H] == seenMarkers ->
#endif
            assert(seenMarkers < MAXK);
            maker[MAXK * H + seenMarkers] = me; under[MAXK * H + seenMarkers] = (heldG[me] << 3) | heldE[me];
            markers[H]++; mark = markers[H]; wrote()
        :: else -> seenMarkers = 0; goto spend
        fi;
        seenMarkers = 0
    };

check:      /* Is the record still there, and is the right still mine, for as long as the request may take? */
    atomic {
        if
        :: pauses > 0 && !expired[me] -> pauses--; expired[me] = true
        :: true
        fi;
        if
        :: expired[me] || kind[R] == GONE -> endRight(true); goto startOver
        :: else
        fi
    };

send:
    atomic {
        if
        :: true -> endRight(true); goto done        /* it never left, or the provider's answer leaves it alone */
        :: sent[H]++; ONE_SENDER(H);
            if
            :: goto nextLease                       /* a new token */
            :: goto signIn                          /* refused */
#ifdef BREAK_END
            :: heldG[me] = 0; heldE[me] = 0; mark = 0; goto done
#else
            :: endRight(false); goto done           /* no answer: who knows */
#endif
            fi
        fi
    };

nextLease:  /* The checkpoint: first the right to what follows it, while mine lasts; then the record. */
    atomic {
        E = G;
        hasNext = (epochs[G + 1] == 0 && !expired[me]);
        if
        :: hasNext -> epochs[G + 1] = 1; holder[G + 1] = me; wrote()
        :: else
        fi
    };
checkpoint:
    atomic {
        if :: !temp[me] -> makeTemp(G); goto checkpoint :: else fi;
        decide();
        if
        :: isDropped ->
            if :: hasNext -> ended[E + 1] = ended[E + 1] | 1 :: else fi;
            endRight(false); goto done
        :: else
        fi
    };
    atomic {
        publish(G, CHECKPOINT);
        if :: !published -> goto checkpoint :: else fi;
        endRight(false);
        if
        :: hasNext && G == E -> heldG[me] = G + 1
        :: hasNext && G != E -> ended[E + 1] = ended[E + 1] | 1
        :: !hasNext
        fi;
        G = G + 1; E = 0; hasNext = false; label[me] = G;
        if
        :: goto store
        :: endRight(false); goto done               /* the id_token does not hold */
        fi
    };

signIn:
    atomic {
        if
        :: isSignIn = true; goto store
        :: endRight(false); goto done               /* nobody answered */
        fi
    };

store:      /* A look while the temp file is there; then link record.G. */
    atomic {
#ifndef BREAK_GONE
        if :: !temp[me] -> makeTemp(G); goto store :: else fi;
#endif
        decide();
        if :: isDropped -> endRight(false); goto done :: else fi
    };
    atomic {
        publish(G, GOOD);
        if :: !published -> goto store :: else fi;
        endRight(false);
        goto clean
    };

bury:       /* The tombstone: always one more, and under the next number until it is there. */
#ifdef BREAK_AFTER
    atomic { look(); G = R + 1 };
    atomic { makeTemp(G) };
#else
    atomic { look(); makeTemp(R + 1) };
    atomic { look(); G = R + 1 };
#endif
#ifdef BREAK_TWICE
    atomic {
        if
        :: kind[R] == TOMBSTONE && (epochs[G] == 0 || ENDED(G, epochs[G] - 1)) -> removals++; goto done
        :: else
        fi
    };
#endif
    atomic {
        publish(G, TOMBSTONE);
        if :: !published -> goto bury :: else fi;
        removals++
    };

clean:      /* By one listing: every temp file up to the newest; then strictly oldest first, and never the two newest. */
    atomic {
        E = 0; H = 0; N = 0; published = false; isSignIn = false; removalsBefore = 0;
        temp[me] = false; label[me] = 0; born[me] = 0;
        look();
#ifndef BREAK_CLEAN
        q = 0;
        do
        :: q < PROCESSES && q != me && temp[q] && label[q] <= R -> temp[q] = false; q++
        :: q < PROCESSES && !(q != me && temp[q] && label[q] <= R && born[q] < R) -> q++
        :: q == PROCESSES -> break
        od;
        q = 0;
#endif
        G = 0; g = 1; skipGone()
    };
    do
    :: atomic { g + 2 <= R -> kind[g] = GONE; token[g] = 0; epochs[g] = 0; holder[g] = 0; g++; skipGone() }
    :: atomic { g + 2 > R -> break }
    od;

done:
    atomic {
        forget();
        rounds--;
        if
        :: rounds > 0 && role == LOGOUT -> goto bury
        :: rounds > 0 && role != LOGOUT -> first = FIRST; goto startOver
        :: rounds == 0 -> floor = 0; first = 0
        fi
    }

    } unless { dead[me] };
    d_step { forget(); floor = 0; first = 0; rounds = 0; heldG[me] = 0; heldE[me] = 0; expired[me] = false }
}

proctype Crash() {
    byte p;
end:
    do
    :: atomic { crashes > 0 -> crashes--; p = 0; do :: p + 1 < PROCESSES -> p++ :: break od; dead[p] = true; p = 0 }
    od
}

/* The newest record can't be read any more. */
proctype Damage() {
end:
    do
    :: atomic { damages > 0 && top > 1 -> damages--; kind[top] = DAMAGED }
    od
}

init {
    byte p;
    atomic {
        kind[1] = GOOD; token[1] = 1;
        p = 0;
        do
        :: p < HOSTS -> run Host(p, PRODUCER, ROUNDS); p++
        :: p >= HOSTS && p < HOSTS + LOGINS -> run Host(p, LOGIN, 1); p++
        :: p >= HOSTS + LOGINS && p < PROCESSES -> run Host(p, LOGOUT, 1); p++
        :: p == PROCESSES -> break
        od;
        if :: CRASHES > 0 -> run Crash() :: else fi;
        if :: DAMAGES > 0 -> run Damage() :: else fi
    }
}
