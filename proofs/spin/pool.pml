/* How the workers of the pool sleep and wake: an event count, sequentially consistent.

   A worker that finds no task announces that it is about to sleep (its `waiting` bit), looks once more, and parks.
   A submitter pushes first and looks for announced workers afterwards; it withdraws the bit of one and unparks it.
   Parking consumes a token; it may also return for no reason, so the worker parks in a loop until its bit is gone.

   W workers, S submitters with T tasks each.  The first task that is taken waits until another task is done: a wake-up
   that goes to a busy worker is then not merely slow, it is a deadlock.

   Broken variants:
     NO_RECHECK     the worker does not look once more after it announced itself
     NOTIFY_FIRST   the submitter looks for workers before it pushes (what a missing fence allows)
     KEEP_BIT       a worker that found a task on the second look does not withdraw its bit: the permit is lost on it
     PARK_ONCE      parking is not a loop: a wake-up for no reason counts as a real one
     NO_UNPARK      the submitter withdraws the bit but does not unpark the worker */
#ifndef W
#define W 2
#endif
#ifndef S
#define S 1
#endif
#ifndef T
#define T 3
#endif
#define ALL (S * T)

byte queue = 0;              /* tasks in the injector */
byte taken = 0;              /* tasks taken so far: the number of the next one */
byte finished = 0;
bool waiting[W];             /* announced as about to sleep */
bool token[W];               /* unparked; several unparks make one token */

inline push() {
  queue++                                                      /* step: pool.submit.push */
}

inline notify() {
  /* The waiting bits are one shared set: choosing any one worker and withdrawing its bit is a single step. */
  chosen = W;
  atomic {                                                     /* step: pool.submit.choose */
    for (k : 0 .. W - 1) {
      if
      :: waiting[k] -> chosen = k
      :: !waiting[k] || chosen < W -> skip
      fi
    }
    k = 0;
    if
    :: chosen < W -> waiting[chosen] = false
    :: else -> skip
    fi
  };
#ifndef NO_UNPARK
  if
  :: chosen < W -> token[chosen] = true                        /* step: pool.submit.unpark */
  :: else -> skip
  fi;
#endif
  chosen = 0
}

/* The adversary decides beforehand whether this call waits for a token or returns for no reason: fairness must not be
   able to force a wake-up for no reason, or no wake-up would ever be needed. */
inline park() {
  if
  :: skip; atomic { token[me] -> token[me] = false }           /* step: pool.worker.park */
  :: skip
  fi
}

active [S] proctype submitter() {
  byte i = 0, k = 0, chosen = 0;
  do
  :: i < T ->
#ifdef NOTIFY_FIRST
     notify();
     push();
#else
     push();
     notify();
#endif
     i++
  :: else -> break
  od
}

active [W] proctype worker() {
  byte me = _pid - S;
  byte task = 0;
find:
  if
  :: atomic { queue > 0 -> queue--; task = taken; taken++ };   /* step: pool.worker.take */
     if
     :: task == 0 -> finished > 0                              /* the first task waits for another one */
     :: else -> skip
     fi;
     task = 0;
     finished++;                                               /* step: pool.worker.run */
     goto find
  :: queue == 0 -> skip
  fi;
  waiting[me] = true;                                          /* step: pool.worker.announce */
#ifndef NO_RECHECK
  if
  :: queue > 0 ->                                              /* step: pool.worker.recheck */
#ifndef KEEP_BIT
     waiting[me] = false;                                      /* step: pool.worker.withdraw */
#endif
     goto find
  :: queue == 0 -> skip
  fi;
#endif
#ifdef PARK_ONCE
  park();
#else
  do
  :: !waiting[me] -> break                                     /* step: pool.worker.chosen */
  :: waiting[me] -> park()
  od;
#endif
  goto find
}

/* Every task gets done. */
ltl all_done { <> (finished == ALL) }

/* Whenever the queue is not empty, it gets empty again. */
ltl drains { [] (queue > 0 -> <> (queue == 0)) }
