(* Lock hierarchy: threads that ask for locks in order of level never deadlock.

   Any number of threads and locks.  A thread may wait for a lock only if the level of the lock is above the level of
   every lock that it holds; an attempt that never waits (try) needs no order.  Then the wait-for graph has no cycle
   ([no_cycle]), and whenever somebody waits, somebody can go on ([progress]).

   The order check is a parameter: with a check that lets equal levels pass, or none at all, there is a reachable
   cycle (the [cycle_] theorems). *)
From Coq Require Import Arith Lia Relations Operators_Properties Wf_nat.

Inductive check := strictly_above | above_or_equal | none.
Definition protocol := strictly_above.

Definition allows (c : check) (held wanted : nat) : Prop :=
  match c with
  | strictly_above => held < wanted
  | above_or_equal => held <= wanted
  | none => True
  end.

Section Hierarchy.
  Variables thread lock : Type.
  Hypothesis lock_eq : forall a b : lock, {a = b} + {a <> b}.
  Hypothesis thread_eq : forall a b : thread, {a = b} + {a <> b}.
  Variable level : lock -> nat.
  Variable c : check.

  Record state := State { holder : lock -> option thread; waits : thread -> option lock }.

  Definition set {A B} (eq : forall a b : A, {a = b} + {a <> b}) (f : A -> B) a b x := if eq x a then b else f x.
  Definition with_holder l v s := State (set lock_eq (holder s) l v) (waits s).
  Definition with_waits t v s := State (holder s) (set thread_eq (waits s) t v).

  Inductive step (s : state) : state -> Prop :=
  (* step: lock.request *)
  | request t l : waits s t = None -> (forall m, holder s m = Some t -> allows c (level m) (level l)) ->
      step s (with_waits t (Some l) s)
  (* step: lock.grant *)
  | grant t l : waits s t = Some l -> holder s l = None -> step s (with_holder l (Some t) (with_waits t None s))
  (* step: lock.try *)
  | try t l : waits s t = None -> holder s l = None -> step s (with_holder l (Some t) s)
  (* step: lock.release *)
  | release t l : waits s t = None -> holder s l = Some t -> step s (with_holder l None s).

  Definition init := State (fun _ => None) (fun _ => None).

  Inductive reachable : state -> Prop :=
  | at_start : reachable init
  | by_step s s' : reachable s -> step s s' -> reachable s'.

  (* Thread t waits for thread u. *)
  Definition waits_for s t u := exists l, waits s t = Some l /\ holder s l = Some u.
  Definition cycle s := exists t, clos_trans _ (waits_for s) t t.

  Definition ordered s := forall t l m, waits s t = Some l -> holder s m = Some t -> level m < level l.

  Lemma ordered_kept s s' : c = protocol -> step s s' -> ordered s -> ordered s'.
  Proof.
    intros Hc Hstep Hord t l m. destruct Hstep; rewrite ?Hc in *; cbn in *; unfold set;
      repeat match goal with |- context [if ?d then _ else _] => destruct d; subst end;
      intros; try congruence; eauto.
    (* request: this is what the check says *)
    match goal with H : Some _ = Some _ |- _ => injection H as <- end. auto.
  Qed.

  Lemma always_ordered s : c = protocol -> reachable s -> ordered s.
  Proof.
    intros Hc H. induction H; [|eauto using ordered_kept]. intros t l m Hw; discriminate Hw.
  Qed.

  (* Along a chain of waiting threads the levels grow. *)
  Lemma chain s t u : ordered s -> clos_trans_1n _ (waits_for s) t u ->
    exists l m, waits s t = Some l /\ holder s m = Some u /\ level l <= level m.
  Proof.
    intros Hord Ht. induction Ht as [t u (l & Hw & Hh) | t u v (l & Hw & Hh) _ IH].
    - exists l, l; auto.
    - destruct IH as (l2 & m & Hw2 & Hm & Hle). exists l, m. repeat split; auto.
      pose proof (Hord _ _ _ Hw2 Hh). lia.
  Qed.

  Theorem no_cycle s : c = protocol -> reachable s -> ~ cycle s.
  Proof.
    intros Hc Hr (t & Ht). apply always_ordered in Hr as Hord; auto. apply clos_trans_t1n in Ht.
    destruct (chain _ _ _ Hord Ht) as (l & m & Hw & Hh & Hle).
    pose proof (Hord _ _ _ Hw Hh). lia.
  Qed.

  (* If a thread waits, then some lock can be granted, or some holder does not wait. *)
  Theorem progress s t l bound : c = protocol -> (forall k, level k < bound) -> reachable s -> waits s t = Some l ->
    (exists t' l', waits s t' = Some l' /\ holder s l' = None) \/
    (exists u m, holder s m = Some u /\ waits s u = None).
  Proof.
    intros Hc Hbound Hr. apply always_ordered in Hr as Hord; auto.
    remember (bound - level l) as n eqn:Hn. revert t l Hn.
    induction n as [n IH] using lt_wf_ind; intros t l Hn Hw.
    destruct (holder s l) as [u|] eqn:Hh; [|left; eauto].
    destruct (waits s u) as [l'|] eqn:Hw'; [|right; eauto].
    pose proof (Hord _ _ _ Hw' Hh). pose proof (Hbound l').
    eapply (IH (bound - level l')); [lia | reflexivity | eassumption].
  Qed.
End Hierarchy.

(* The theorem needs the check.  Two threads, two locks; thread and lock are called by the same names. *)
Definition bool_eq (a b : bool) : {a = b} + {a <> b}.
Proof. decide equality. Defined.
Notation deadlock level c :=
  (exists s, reachable bool bool bool_eq bool_eq level c s /\ cycle bool bool s).

Arguments request {_ _ _ _ _ _ _}.
Arguments grant {_ _ _ _ _ _ _}.

(* Extends the run H by one step, whose guards hold by computation. *)
Tactic Notation "take" ident(H) open_constr(rule) :=
  eapply by_step in H; [|eapply rule; cbn; solve [auto | intros []; cbn; auto; discriminate]]; cbn in H.

(* Each thread holds its own lock and asks for the other one. *)
Ltac embrace level c :=
  pose proof (at_start bool bool bool_eq bool_eq level c) as H;
  take H (request true true); take H (grant true true);
  take H (request false false); take H (grant false false);
  take H (request true false); take H (request false true);
  eexists; split; [exact H|]; exists true;
  apply t_trans with false; apply t_step; [exists false | exists true]; cbn; auto.

Theorem cycle_among_equals : deadlock (fun _ => 0) above_or_equal.
Proof. embrace (fun _ : bool => 0) above_or_equal. Qed.

Theorem cycle_without_check : deadlock (fun l : bool => if l then 1 else 2) none.
Proof. embrace (fun l : bool => if l then 1 else 2) none. Qed.

(* One thread that asks twice for one lock waits for itself. *)
Theorem cycle_by_reentry : deadlock (fun _ => 0) above_or_equal.
Proof.
  pose proof (at_start bool bool bool_eq bool_eq (fun _ => 0) above_or_equal) as H.
  take H (request true true). take H (grant true true). take H (request true true).
  eexists; split; [exact H|]. exists true. apply t_step. exists true. cbn; auto.
Qed.
