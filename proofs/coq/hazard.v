(* Hazard pointers: no thread dereferences a freed node.

   Any number of readers, reclaimers and nodes; nodes are reused.  A reader loads a node from the structure, announces
   it in its slot, and looks once more whether the node is still in the structure; only then does it dereference it.
   A reclaimer unlinks and retires nodes; to free some, it remembers what it has retired so far (its batch), reads all
   the slots one by one, and frees the nodes of the batch that it saw in no slot.

   Each of the four checks of the protocol can be switched off.  With all of them the theorem holds
   ([no_use_after_free]); without any one of them there is a reachable use after free (the [without_] theorems). *)

Record checks := Checks {
  validates : bool;       (* the reader looks again after it announced *)
  reads_all : bool;       (* the reclaimer reads every slot before it frees *)
  respects : bool;        (* it keeps the nodes that it saw *)
  batches : bool          (* it frees only what it had retired before it read the first slot *)
}.
Definition protocol := Checks true true true true.

Inductive place := idle | loaded | announced | safe.

Section HazardPointers.
  Variables thread node : Type.
  Hypothesis thread_eq : forall a b : thread, {a = b} + {a <> b}.
  Variable c : checks.

  Record state := State {
    linked : node -> Prop;              (* reachable in the structure *)
    retired : thread -> node -> Prop;   (* on the retire list of a reclaimer *)
    freed : node -> Prop;
    slot : thread -> option node;       (* the hazard slots *)
    at_ : thread -> place;
    holds : thread -> option node;      (* the node a reader works on *)
    batch : thread -> node -> Prop;     (* what a reclaimer had retired when its scan began *)
    read : thread -> thread -> Prop;    (* read r t: reclaimer r has read the slot of t in this scan *)
    seen : thread -> node -> Prop       (* seen r n: and found n in one of them *)
  }.

  Definition set {B} (f : thread -> B) a b x := if thread_eq x a then b else f x.

  Definition with_linked v s := State v (retired s) (freed s) (slot s) (at_ s) (holds s) (batch s) (read s) (seen s).
  Definition with_retired v s := State (linked s) v (freed s) (slot s) (at_ s) (holds s) (batch s) (read s) (seen s).
  Definition with_freed v s := State (linked s) (retired s) v (slot s) (at_ s) (holds s) (batch s) (read s) (seen s).
  Definition with_slot t v s :=
    State (linked s) (retired s) (freed s) (set (slot s) t v) (at_ s) (holds s) (batch s) (read s) (seen s).
  Definition with_at t v s :=
    State (linked s) (retired s) (freed s) (slot s) (set (at_ s) t v) (holds s) (batch s) (read s) (seen s).
  Definition with_holds t v s :=
    State (linked s) (retired s) (freed s) (slot s) (at_ s) (set (holds s) t v) (batch s) (read s) (seen s).
  Definition with_scan b r v s := State (linked s) (retired s) (freed s) (slot s) (at_ s) (holds s) b r v.

  Inductive step (s : state) : state -> Prop :=
  (* the structure links a node, in a new life *)
  | link n : freed s n ->
      step s (with_linked (fun m => linked s m \/ m = n) (with_freed (fun m => freed s m /\ m <> n) s))
  (* step: hazard.protect.load *)
  | load t n : at_ s t = idle -> linked s n -> step s (with_at t loaded (with_holds t (Some n) s))
  (* step: hazard.protect.publish *)
  | announce t : at_ s t = loaded -> step s (with_at t announced (with_slot t (holds s t) s))
  (* step: hazard.protect.validate *)
  | validate t n : at_ s t = announced -> holds s t = Some n -> (validates c = true -> linked s n) ->
      step s (with_at t safe s)
  (* step: hazard.clear.store *)
  | clear t : at_ s t = safe \/ at_ s t = announced -> step s (with_at t idle (with_slot t None s))
  (* the structure unlinks a node and retires it *)
  | unlink r n : linked s n ->
      step s (with_linked (fun m => linked s m /\ m <> n) (with_retired (fun q m => retired s q m \/ (q = r /\ m = n)) s))
  (* the notes (slot.look), and step: hazard.scan.fence *)
  | scan_begin r : step s (with_scan (set (batch s) r (retired s r)) (set (read s) r (fun _ => False))
                                     (set (seen s) r (fun _ => False)) s)
  (* registry.marks.load, which epochs have, too *)
  | scan_load r t : step s (with_scan (batch s) (fun q u => read s q u \/ (q = r /\ u = t))
                                      (fun q m => seen s q m \/ (q = r /\ slot s t = Some m)) s)
  (* slot.take.hold, and the free *)
  | free r n : retired s r n -> (reads_all c = true -> forall t, read s r t) -> (batches c = true -> batch s r n) ->
      (respects c = true -> ~ seen s r n) ->
      step s (with_freed (fun m => freed s m \/ m = n)
             (with_retired (fun q m => retired s q m /\ m <> n)
             (with_scan (fun q m => batch s q m /\ m <> n) (read s) (seen s) s))).

  Definition init := State (fun _ => False) (fun _ _ => False) (fun _ => True) (fun _ => None) (fun _ => idle)
    (fun _ => None) (fun _ _ => False) (fun _ _ => False) (fun _ _ => False).

  Inductive reachable : state -> Prop :=
  | at_start : reachable init
  | by_step s s' : reachable s -> step s s' -> reachable s'.

  (* A reader that may dereference its node while that node is freed. *)
  Definition use_after_free s := exists t n, at_ s t = safe /\ holds s t = Some n /\ freed s n.

  Record invariant (s : state) : Prop := {
    linked_lives : forall n, linked s n -> ~ freed s n;
    linked_kept : forall r n, linked s n -> ~ retired s r n;
    retired_lives : forall r n, retired s r n -> ~ freed s n;
    retired_once : forall r q n, retired s r n -> retired s q n -> r = q;
    batch_retired : forall r n, batch s r n -> retired s r n;
    slot_shows : forall t, at_ s t = announced \/ at_ s t = safe -> slot s t = holds s t;
    safe_lives : forall t n, at_ s t = safe -> holds s t = Some n -> ~ freed s n;
    (* the heart: a safe node of a batch was seen by the time its reader's slot was read *)
    safe_seen : forall t r n, at_ s t = safe -> holds s t = Some n -> batch s r n -> read s r t -> seen s r n
  }.

  Ltac cases := repeat match goal with
    | H : context [if ?d then _ else _] |- _ => destruct d; subst
    | |- context [if ?d then _ else _] => destruct d; subst
    end.
  Ltac parts := repeat match goal with
    | H : _ \/ _ |- _ => destruct H
    | H : _ /\ _ |- _ => destruct H
    | H : False |- _ => destruct H
    | H : Some _ = Some _ |- _ => injection H as ?; subst
    | |- _ -> _ => intro
    | |- _ /\ _ => split
    end; subst.

  Lemma invariant_kept s s' : c = protocol -> step s s' -> invariant s -> invariant s'.
  Proof.
    intros Hc H [I1 I2 I3 I4 I5 I6 I7 I8]. destruct H; rewrite ?Hc in *; cbn in *;
      repeat match goal with H : true = true -> _ |- _ => specialize (H eq_refl) end;
      split; cbn; unfold set, not in *; intros; cases; parts;
      try congruence; try solve [eauto 5 | exfalso; eauto 5].
    - (* validate: a node that is still linked is not freed *)
      assert (n0 = n) by congruence; subst; eauto.
    - (* validate: nor is it in a batch *)
      assert (n0 = n) by congruence; subst; exfalso; eauto.
    - (* scan_load of the slot of a safe reader: it shows the node *)
      right. split; [reflexivity|]. rewrite I6; auto.
  Qed.

  Theorem no_use_after_free s : c = protocol -> reachable s -> ~ use_after_free s.
  Proof.
    intros Hc H. assert (invariant s) as Hinv.
    { induction H; [split; cbn; intros; parts; try congruence; tauto | eauto using invariant_kept]. }
    intros (t & n & Ht & Hn & Hf). exact (safe_lives _ Hinv t n Ht Hn Hf).
  Qed.
End HazardPointers.

(* The theorem needs each check.  One reader ([true]), one reclaimer ([false]), one node ([tt]): the runs that follow
   are steps of the same system with one check switched off, and end in a use after free. *)
Definition bool_eq (a b : bool) : {a = b} + {a <> b}.
Proof. decide equality. Defined.
Notation run c := (reachable bool unit bool_eq c).
Notation crash c := (exists s, run c s /\ use_after_free bool unit s).

Arguments link {_ _ _ _ _}.
Arguments load {_ _ _ _ _}.
Arguments announce {_ _ _ _ _}.
Arguments validate {_ _ _ _ _}.
Arguments unlink {_ _ _ _ _}.
Arguments scan_begin {_ _ _ _ _}.
Arguments scan_load {_ _ _ _ _}.
Arguments free {_ _ _ _ _}.

(* Extends the run H by one step, whose guards hold by computation. *)
Tactic Notation "take" ident(H) open_constr(rule) :=
  eapply by_step in H; [|eapply rule; cbn; solve [auto 6 | intros; discriminate | intros _ []; auto 6 | intuition discriminate]];
  cbn in H.
Ltac begin H c := pose proof (at_start bool unit bool_eq c) as H.
Ltac crashed H := eexists; split; [exact H|]; exists true, tt; cbn; auto 10.

(* The node is unlinked, looked for and freed before its reader announces it. *)
Theorem without_validation : crash (Checks false true true true).
Proof.
  begin H (Checks false true true true).
  take H (link tt).
  take H (load true tt).
  take H (unlink false tt).
  take H (scan_begin false).
  take H (scan_load false true).
  take H (scan_load false false).
  take H (free false tt).
  take H (announce true).
  take H (validate true tt).
  crashed H.
Qed.

(* The reclaimer looks at its own slot only. *)
Theorem without_reading_all : crash (Checks true false true true).
Proof.
  begin H (Checks true false true true).
  take H (link tt).
  take H (load true tt).
  take H (announce true).
  take H (validate true tt).
  take H (unlink false tt).
  take H (scan_begin false).
  take H (scan_load false false).
  take H (free false tt).
  crashed H.
Qed.

(* The reclaimer sees the node in a slot and frees it all the same. *)
Theorem without_respect : crash (Checks true true false true).
Proof.
  begin H (Checks true true false true).
  take H (link tt).
  take H (load true tt).
  take H (announce true).
  take H (validate true tt).
  take H (unlink false tt).
  take H (scan_begin false).
  take H (scan_load false true).
  take H (scan_load false false).
  take H (free false tt).
  crashed H.
Qed.

(* The slots are read first, the node is announced and unlinked afterwards, and freed on the old evidence. *)
Theorem without_batches : crash (Checks true true true false).
Proof.
  begin H (Checks true true true false).
  take H (link tt).
  take H (scan_begin false).
  take H (scan_load false true).
  take H (scan_load false false).
  take H (load true tt).
  take H (announce true).
  take H (validate true tt).
  take H (unlink false tt).
  take H (free false tt).
  crashed H.
Qed.
