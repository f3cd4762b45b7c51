(* The Treiber stack in HeapLang, sequentially consistent: push and pop are logically atomic and total.

   Logically atomic: each operation behaves as if it happened at one instant (linearizability, as an Iris
   specification).  Total: it terminates under every scheduler, fair or not, as long as finitely many operations are
   started.  That is lock-freedom: an operation repeats its loop only because another one succeeded.

   How the termination argument works.  Each operation brings a ticket, and a successful CAS spends one.  A counter
   says how many CASes have succeeded; it never exceeds the number N of tickets issued.  A persistent map records the
   value of the head for each value of the counter, so a CAS that fails shows that the counter has moved since the
   load.  Hence "N minus the counter when I last looked" goes down with every retry. *)
From iris.algebra Require Import auth numbers.
From iris.base_logic.lib Require Import invariants ghost_map ghost_var mono_nat.
From iris.bi.lib Require Import atomic.
From iris.program_logic Require Import total_weakestpre.
From iris.heap_lang Require Import adequacy total_adequacy.
From iris.heap_lang Require Import proofmode notation.
From iris.prelude Require Import options.

(* ---- The program ---- *)

Definition new_stack : val := λ: <>, ref NONEV.

Definition push : val := rec: "push" "s" "v" :=
  let: "old" := !"s" in                                   (* step: stack.push.head_load *)
  let: "new" := SOME (ref ("v", "old")) in                (* step: stack.push.link *)
  if: CAS "s" "old" "new" then #() else "push" "s" "v".   (* step: stack.push.publish *)

Definition pop : val := rec: "pop" "s" :=
  let: "old" := !"s" in                                   (* step: stack.pop.head_load *)
  match: "old" with
    NONE => NONE
  | SOME "l" =>
      let: "n" := !"l" in                                 (* step: stack.pop.next_read *)
      if: CAS "s" "old" (Snd "n")                         (* step: stack.pop.unlink *)
      then SOME (Fst "n")                                 (* step: stack.pop.take *)
      else "pop" "s"
  end.

(* ---- Ghost state ---- *)

Class stackG Σ := StackG {
  stack_map :> ghost_mapG Σ nat val;          (* counter -> head *)
  stack_var :> ghost_varG Σ (list val);       (* the content *)
  stack_mono :> mono_natG Σ;                  (* the counter *)
  stack_tickets :> inG Σ (authR natUR) }.
Definition stackΣ := #[ghost_mapΣ nat val; ghost_varΣ (list val); mono_natΣ; GFunctor (authR natUR)].
Global Instance subG_stackΣ Σ : subG stackΣ Σ → stackG Σ.
Proof. solve_inG. Qed.

(* Opens an invariant around one atomic step of a total weakest precondition (Iris 4.0.0 has it for partial ones). *)
Global Instance elim_acc_twp_atomic `{!heapGS_gen hlc Σ} {X} E1 E2 α β γ e s Φ :
  ElimAcc (X:=X) (Atomic (stuckness_to_atomicity s) e)
    (fupd E1 E2) (fupd E2 E1) α β γ (WP e @ s; E1 [{ Φ }])
    (λ x, WP e @ s; E2 [{ v, |={E2}=> β x ∗ (γ x -∗? Φ v) }])%I | 100.
Proof.
  iIntros (?) "Hinner >Hacc". iDestruct "Hacc" as (x) "[Hα Hclose]".
  iApply (twp_wand with "(Hinner Hα)"). iIntros (v) ">[Hβ HΦ]".
  iApply "HΦ". by iApply "Hclose".
Qed.

Section proof.
  Context `{!heapGS_gen hlc Σ, !stackG Σ} (Nm : namespace).
  Record names := Names { g_abs : gname; g_cnt : gname; g_hist : gname; g_tick : gname }.
  Implicit Types γ : names.

  Definition ticket γ (n : nat) : iProp Σ := own (g_tick γ) (◯ n).
  Definition content γ (xs : list val) : iProp Σ := ghost_var (g_abs γ) (1/2) xs.

  (* The nodes from [h] on hold the values [xs]; a node in the stack never changes. *)
  Fixpoint phys (h : val) (xs : list val) : iProp Σ :=
    match xs with
    | [] => ⌜h = NONEV⌝
    | x :: xs => ∃ (l : loc) (h' : val), ⌜h = SOMEV #l⌝ ∗ l ↦□ (x, h') ∗ phys h' xs
    end.
  Local Instance phys_timeless h xs : Timeless (phys h xs).
  Proof. revert h; induction xs; apply _. Qed.
  Lemma phys_unboxed h xs : phys h xs -∗ ⌜val_is_unboxed h⌝.
  Proof. destruct xs; simpl; [iIntros "->" | iDestruct 1 as (??) "(->&_)"]; done. Qed.

  (* [k] CASes of at most [N] have succeeded, and [N - k] tickets are left. *)
  Definition stack_inv γ (N : nat) (s : loc) : iProp Σ :=
    ∃ (k : nat) (h : val) (xs : list val) (hist : gmap nat val),
      s ↦ h ∗ phys h xs ∗ ghost_var (g_abs γ) (1/2) xs ∗
      mono_nat_auth_own (g_cnt γ) 1 k ∗
      ghost_map_auth (g_hist γ) 1 hist ∗ k ↪[g_hist γ]□ h ∗
      ⌜∀ j, k < j → hist !! j = None⌝ ∗
      ⌜k ≤ N⌝ ∗ own (g_tick γ) (● (N - k)).
  Definition is_stack γ N s : iProp Σ := inv Nm (stack_inv γ N s).

  Lemma ticket_split γ a b : ticket γ (a + b) ⊣⊢ ticket γ a ∗ ticket γ b.
  Proof. rewrite /ticket -own_op -auth_frag_op //. Qed.

  (* A successful CAS is one step of the counter, paid with one ticket. *)
  Lemma spend γ N k hist h h' :
    k ≤ N → (∀ j, k < j → hist !! j = None) →
    ticket γ 1 -∗ own (g_tick γ) (● (N - k)) -∗
    mono_nat_auth_own (g_cnt γ) 1 k -∗ ghost_map_auth (g_hist γ) 1 hist -∗ k ↪[g_hist γ]□ h ==∗
    ∃ hist', own (g_tick γ) (● (N - S k)) ∗ mono_nat_auth_own (g_cnt γ) 1 (S k) ∗
      ghost_map_auth (g_hist γ) 1 hist' ∗ S k ↪[g_hist γ]□ h' ∗
      ⌜∀ j, S k < j → hist' !! j = None⌝ ∗ ⌜S k ≤ N⌝.
  Proof.
    iIntros (Hk Hh) "Ht Ha Hc Hm Hk".
    iDestruct (own_valid_2 with "Ha Ht") as %[Hle%nat_included _]%auth_both_valid_discrete.
    iMod (own_update_2 with "Ha Ht") as "Ha".
    { apply auth_update_dealloc, (nat_local_update _ _ (N - S k) 0). lia. }
    iMod (mono_nat_own_update (S k) with "Hc") as "[Hc _]"; first lia.
    iMod (ghost_map_insert_persist (S k) h' with "Hm") as "[Hm Hk']"; first (apply Hh; lia).
    iModIntro. iExists _. iFrame. iPureIntro. split; [|lia].
    intros j Hj. rewrite lookup_insert_ne; [apply Hh|]; lia.
  Qed.

  (* ---- Push ---- *)

  (* By induction on [m], a bound on the retries that are left. *)
  Lemma push_loop γ N s (v : val) Φ (m k0 : nat) :
    N - k0 < m →
    is_stack γ N s -∗ mono_nat_lb_own (g_cnt γ) k0 -∗ ticket γ 1 -∗
    AU << ∃∃ xs, content γ xs >> @ ⊤∖↑Nm, ∅ << content γ (v :: xs), COMM Φ #() >> -∗
    WP push #s v [{ Φ }].
  Proof.
    iIntros (Hm) "#Hinv". rewrite /is_stack. iInduction m as [|m] "IH" forall (k0 Hm); first lia.
    iIntros "#Hlb Ht AU". wp_rec. wp_pures. wp_bind (!_)%E.
    iInv "Hinv" as ">(%k & %h & %xs & %hist & Hs & Hp & Hx & Hc & Hm & #Hk & %Hh & %HN & Ha)".
    wp_load. iDestruct (mono_nat_lb_own_valid with "Hc Hlb") as %[_ Hk0].
    iDestruct (mono_nat_lb_own_get with "Hc") as "#Hlbk".
    iDestruct (phys_unboxed with "Hp") as %Hub.
    iModIntro. iSplitR "Ht AU".
    { iNext. iExists k, h, xs, hist. iFrame "∗ #". done. }
    wp_alloc l as "Hl". wp_pures. wp_bind (CmpXchg _ _ _).
    iInv "Hinv" as ">(%k2 & %h2 & %ys & %hist2 & Hs & Hp & Hx & Hc & Hm & #Hk2 & %Hh2 & %HN2 & Ha)".
    iDestruct (mono_nat_lb_own_valid with "Hc Hlbk") as %[_ Hk2].
    destruct (decide (h2 = h)) as [->|Hne].
    - (* The CAS succeeds: push takes effect here. *)
      wp_cmpxchg_suc.
      iMod (spend with "Ht Ha Hc Hm Hk2") as (hist') "(Ha & Hc & Hm & Hk3 & %Hh3 & %HN3)"; [done..|].
      iMod (mapsto_persist with "Hl") as "#Hl".
      iMod "AU" as (zs) "[Hcont [_ Hclose]]".
      iDestruct (ghost_var_agree with "Hx Hcont") as %<-.
      iMod (ghost_var_update_halves (v :: ys) with "Hx Hcont") as "[Hx Hcont]".
      iMod ("Hclose" with "Hcont") as "HΦ".
      iModIntro. iSplitR "HΦ".
      { iNext. iExists (S k2), (SOMEV #l), (v :: ys), hist'. iFrame. iSplit; last done.
        simpl. iExists l, h. by iFrame "∗ #". }
      wp_pures. done.
    - (* It fails: the counter has moved, so one retry fewer is left. *)
      wp_cmpxchg_fail.
      iAssert (⌜k2 ≠ k⌝)%I as %Hkk.
      { iIntros (->). iDestruct (ghost_map_elem_agree with "Hk Hk2") as %->. done. }
      iDestruct (mono_nat_lb_own_get with "Hc") as "#Hlbk2".
      iModIntro. iSplitR "Ht AU".
      { iNext. iExists k2, h2, ys, hist2. iFrame "∗ #". done. }
      wp_pures. iApply ("IH" $! k2 with "[%] Hlbk2 Ht AU"). lia.
  Qed.

  Theorem push_spec γ N s (v : val) Φ :
    is_stack γ N s -∗ ticket γ 1 -∗
    AU << ∃∃ xs, content γ xs >> @ ⊤∖↑Nm, ∅ << content γ (v :: xs), COMM Φ #() >> -∗
    WP push #s v [{ Φ }].
  Proof.
    iIntros "#Hinv Ht AU". iMod (mono_nat_lb_own_0 (g_cnt γ)) as "Hlb".
    iApply (push_loop _ N _ _ _ (S N) 0 with "Hinv Hlb Ht AU"). lia.
  Qed.

  (* ---- Pop ---- *)

  Lemma pop_loop γ N s Φ (m k0 : nat) :
    N - k0 < m →
    is_stack γ N s -∗ mono_nat_lb_own (g_cnt γ) k0 -∗ ticket γ 1 -∗
    AU << ∃∃ xs, content γ xs >> @ ⊤∖↑Nm, ∅
       << content γ (tail xs), COMM Φ (match xs with [] => NONEV | x :: _ => SOMEV x end) >> -∗
    WP pop #s [{ Φ }].
  Proof.
    iIntros (Hm) "#Hinv". rewrite /is_stack. iInduction m as [|m] "IH" forall (k0 Hm); first lia.
    iIntros "#Hlb Ht AU". wp_rec. wp_bind (!_)%E.
    iInv "Hinv" as ">(%k & %h & %xs & %hist & Hs & Hp & Hx & Hc & Hm & #Hk & %Hh & %HN & Ha)".
    wp_load. iDestruct (mono_nat_lb_own_valid with "Hc Hlb") as %[_ Hk0].
    iDestruct (mono_nat_lb_own_get with "Hc") as "#Hlbk".
    destruct xs as [|x xs]; simpl.
    - (* The stack is empty: pop takes effect at the load. *)
      iDestruct "Hp" as %->.
      iMod "AU" as (zs) "[Hcont [_ Hclose]]".
      iDestruct (ghost_var_agree with "Hx Hcont") as %<-.
      iMod ("Hclose" with "Hcont") as "HΦ".
      iModIntro. iSplitR "HΦ".
      { iNext. iExists k, NONEV, [], hist. iFrame "∗ #". done. }
      wp_pures. done.
    - iDestruct "Hp" as (l h') "(-> & #Hl & Hp)".
      iModIntro. iSplitR "Ht AU".
      { iNext. iExists k, (SOMEV #l), (x :: xs), hist. iFrame "∗ #". iSplit; last done.
        simpl. iExists l, h'. by iFrame "∗ #". }
      wp_pures. wp_load. wp_pures. wp_bind (CmpXchg _ _ _).
      iInv "Hinv" as ">(%k2 & %h2 & %ys & %hist2 & Hs & Hp & Hx & Hc & Hm & #Hk2 & %Hh2 & %HN2 & Ha)".
      iDestruct (mono_nat_lb_own_valid with "Hc Hlbk") as %[_ Hk2].
      destruct (decide (h2 = SOMEV #l)) as [->|Hne].
      + (* The CAS succeeds: pop takes effect here. *)
        wp_cmpxchg_suc.
        destruct ys as [|y ys]; simpl; first by iDestruct "Hp" as %[=].
        iDestruct "Hp" as (l2 h2') "(%Heq & #Hl2 & Hp)". simplify_eq.
        iDestruct (mapsto_agree with "Hl Hl2") as %[= <- <-].
        iMod (spend with "Ht Ha Hc Hm Hk2") as (hist') "(Ha & Hc & Hm & Hk3 & %Hh3 & %HN3)"; [done..|].
        iMod "AU" as (zs) "[Hcont [_ Hclose]]".
        iDestruct (ghost_var_agree with "Hx Hcont") as %<-.
        iMod (ghost_var_update_halves ys with "Hx Hcont") as "[Hx Hcont]".
        iMod ("Hclose" with "Hcont") as "HΦ".
        iModIntro. iSplitR "HΦ".
        { iNext. iExists (S k2), h', ys, hist'. iFrame. done. }
        wp_pures. done.
      + (* It fails: the counter has moved. *)
        wp_cmpxchg_fail.
        iAssert (⌜k2 ≠ k⌝)%I as %Hkk.
        { iIntros (->). iDestruct (ghost_map_elem_agree with "Hk Hk2") as %Heq. by subst. }
        iDestruct (mono_nat_lb_own_get with "Hc") as "#Hlbk2".
        iModIntro. iSplitR "Ht AU".
        { iNext. iExists k2, h2, ys, hist2. iFrame "∗ #". done. }
        wp_pures. iApply ("IH" $! k2 with "[%] Hlbk2 Ht AU"). lia.
  Qed.

  Theorem pop_spec γ N s Φ :
    is_stack γ N s -∗ ticket γ 1 -∗
    AU << ∃∃ xs, content γ xs >> @ ⊤∖↑Nm, ∅
       << content γ (tail xs), COMM Φ (match xs with [] => NONEV | x :: _ => SOMEV x end) >> -∗
    WP pop #s [{ Φ }].
  Proof.
    iIntros "#Hinv Ht AU". iMod (mono_nat_lb_own_0 (g_cnt γ)) as "Hlb".
    iApply (pop_loop _ N _ _ (S N) 0 with "Hinv Hlb Ht AU"). lia.
  Qed.

  (* A new stack is empty and issues N tickets, for any N the client chooses. *)
  Theorem new_stack_spec N :
    ⊢ WP new_stack #() [{ w, ∃ (s : loc) γ, ⌜w = #s⌝ ∗ is_stack γ N s ∗ content γ [] ∗ ticket γ N }].
  Proof.
    wp_rec. wp_alloc s as "Hs".
    iMod (ghost_var_alloc ([] : list val)) as (γa) "[Hx Hcont]".
    iMod (mono_nat_own_alloc 0) as (γc) "[Hc _]".
    iMod (ghost_map_alloc_empty (K:=nat) (V:=val)) as (γh) "Hm".
    iMod (ghost_map_insert_persist 0 NONEV with "Hm") as "[Hm #Hk]"; first done.
    iMod (own_alloc (● N ⋅ ◯ N)) as (γt) "[Ha Ht]"; first by apply auth_both_valid_discrete.
    set γ := Names γa γc γh γt.
    iMod (inv_alloc Nm _ (stack_inv γ N s) with "[Hs Hx Hc Hm Ha]") as "#Hinv".
    { iNext. iExists 0, NONEV, [], _. iFrame "∗ #". rewrite Nat.sub_0_r. iFrame.
      iPureIntro. split; [done|split; [|lia]]. intros j Hj. rewrite lookup_insert_ne; [done|lia]. }
    iModIntro. iExists s, γ. by iFrame "∗ #".
  Qed.
End proof.

(* ---- A closed program: n threads, each pushes and pops once, for any n ---- *)

Definition spawn : val := rec: "spawn" "s" "n" :=
  if: "n" = #0 then #() else
    Fork (push "s" "n" ;; pop "s") ;; "spawn" "s" ("n" - #1).
Definition client (n : nat) : expr := let: "s" := new_stack #() in spawn "s" #n.

Section client.
  Context `{!heapGS_gen hlc Σ, !stackG Σ}.
  Let Nm := nroot .@ "stack".
  Definition shared γ : iProp Σ := inv (nroot .@ "client") (∃ xs, content γ xs).

  Lemma spawn_total γ N s n :
    is_stack Nm γ N s -∗ shared γ -∗ ticket γ (n + n) -∗ WP spawn #s #n [{ _, True }].
  Proof.
    iIntros "#Hs #Hsh Ht". iInduction n as [|n] "IH"; wp_rec; wp_pures; first done.
    iEval (replace (S n + S n) with (1 + (1 + (n + n))) by lia;
           rewrite 2!ticket_split) in "Ht". iDestruct "Ht" as "(Ht1 & Ht2 & Ht)".
    wp_smart_apply (twp_fork with "[Ht1 Ht2]").
    - wp_bind (push _ _). iApply (push_spec with "Hs Ht1").
      iAuIntro. iInv "Hsh" as (xs) ">Hx". iAaccIntro with "Hx".
      { iIntros "Hx !>". iSplitL "Hx"; [by iExists _|by iFrame]. }
      iIntros "Hx !>". iSplitL "Hx"; first by iExists _. wp_pures.
      iApply (pop_spec with "Hs Ht2").
      iAuIntro. iInv "Hsh" as (ys) ">Hx". iAaccIntro with "Hx".
      { iIntros "Hx !>". iSplitL "Hx"; [by iExists _|by iFrame]. }
      iIntros "Hx !>". iSplitL "Hx"; first by iExists _. done.
    - wp_pures. replace (Z.of_nat (S n) - 1)%Z with (Z.of_nat n) by lia. by iApply "IH".
  Qed.

  Lemma client_total n : ⊢ WP client n [{ _, True }].
  Proof using All.
    rewrite /client. wp_bind (new_stack _).
    iApply (twp_wand with "[]"); first iApply (new_stack_spec Nm (n + n)).
    iIntros (w) "(%s & %γ & -> & #Hs & Hx & Ht)".
    iMod (inv_alloc (nroot .@ "client") _ (∃ xs, content γ xs)%I with "[Hx]") as "#Hsh"; first by iExists _.
    wp_pures. by iApply (spawn_total with "Hs Hsh Ht").
  Qed.
End client.

(* No execution of the client is infinite, whatever the scheduler does. *)
Theorem client_terminates n σ : sn erased_step ([client n], σ).
Proof.
  eapply (heap_total #[heapΣ; stackΣ] NotStuck _ _ (λ _, True)). iIntros (?) "_". iApply client_total.
Qed.

(* And none of its threads ever gets stuck. *)
Theorem client_safe n σ : adequate NotStuck (client n) σ (λ _ _, True).
Proof.
  eapply (heap_adequacy #[heapΣ; stackΣ] NotStuck _ _ (λ _, True)). iIntros (?) "_".
  iApply twp_wp. iApply client_total.
Qed.
