/* The machine of sliding_window.h, variable by variable and action by action. Each action is one
 * d_step from the head of its process's loop back to it, so that no program counter tells states
 * apart; scratch values are `hidden`, which keeps them out of the state vector. What is left in it
 * are the four variables and the two channels, as in SlidingWindow::State.
 *
 *   spin -a -o2 -DWINDOW=3 -DMODULUS=4 -DMESSAGES=8 -DCAPACITY=3 sliding_window.pml
 *   cc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan
 *
 * -o2 keeps `confused`, which is only written, in the state vector; -DNOREDUCE is for the full graph.
 * WINDOW is at most 4. */
byte una, outstanding, expected;
bit confused;
chan data = [CAPACITY] of { byte };
chan acks = [CAPACITY] of { byte };
hidden byte item, newly;

active proctype sender() {
  do
  :: d_step { nfull(data) && outstanding < WINDOW ->
       data!((una + outstanding) % MESSAGES); outstanding++ }
  :: d_step { nfull(data) && outstanding > 0 -> data!una }
  :: d_step { nfull(data) && outstanding > 1 -> data!((una + 1) % MESSAGES) }
  :: d_step { nfull(data) && outstanding > 2 -> data!((una + 2) % MESSAGES) }
  :: d_step { nfull(data) && outstanding > 3 -> data!((una + 3) % MESSAGES) }
  :: d_step { nempty(acks) -> acks?item;
       newly = (item + MODULUS - una % MODULUS) % MODULUS;
       if
       :: newly <= outstanding -> una = (una + newly) % MESSAGES; outstanding = outstanding - newly
       :: else
       fi }
  od
}

active proctype receiver() {
  do
  :: d_step { nempty(data) && nfull(acks) -> data?item;
       if
       :: item % MODULUS == expected % MODULUS ->
            if
            :: item != expected -> confused = 1
            :: else
            fi;
            expected = (expected + 1) % MESSAGES
       :: else
       fi;
       acks!(expected % MODULUS) }
  od
}

active proctype loss() {
  do
  :: d_step { nempty(data) -> data?item }
  :: d_step { nempty(acks) -> acks?item }
  od
}
