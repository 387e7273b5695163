/* SPDX-License-Identifier: MIT */
/*
 * The switch between two stacks, for the System V ABI of x86-64. Source: psABI 1.0, section 3.2.1
 * (registers a callee preserves).
 *
 *     void* kindling_fiber_switch(void** from, void* to, void* value)
 *
 * Saves the caller's registers on its stack and the stack pointer in *from, takes over the stack
 * `to` and returns there; the call that once saved it gives `value`. mxcsr and the x87 control word
 * stay as they are: switching them costs more than all the rest.
 *
 * Both stacks have the same frame, so one set of unwinding directives is right before and after
 * the exchange, from the saved stack pointer up:  r15 r14 r13 r12 rbx rbp return-address
 *
 * Where shadow stacks are on, that second stack, of return addresses alone, is switched as well.
 * Its pointer is kept just below the saved stack pointer; just below where it points to, on the
 * shadow stack, lies the token that lets it be restored. Source: Intel 64 and IA-32 Architectures
 * Software Developer's Manual, volume 1, 17.2. Where they are off or unknown, the instruction that
 * asks for the pointer does nothing, and no other of them may run.
 *
 * Nobody overwrites what lies below the saved stack pointer: while the flow runs, handlers of
 * signals stay 128 bytes below it (psABI, 3.2.2, the red zone), and while it is parked, nothing
 * runs on its stack.
 *
 * It ends with a `ret`. The processor takes the target from its own list of calls, and finds the
 * last one there: the call of the flow that leaves. If that is the same instruction for all, as the
 * scheduler's is, this and every `ret` that follows is predicted right.
 */
    .text
    .p2align 5
    .globl kindling_fiber_switch
    .hidden kindling_fiber_switch
    .type kindling_fiber_switch, @function
kindling_fiber_switch:
    .cfi_startproc
    endbr64
    pushq %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbp, 0
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbx, 0
    pushq %r12
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r12, 0
    pushq %r13
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r13, 0
    pushq %r14
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r14, 0
    pushq %r15
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r15, 0
    movq %rsp, (%rdi)
    xorl %eax, %eax
    rdsspq %rax
    testq %rax, %rax
    jnz .Lshadow
    /* Where a parked flow stands: debuggers unwind from here with the saved stack pointer. */
    .globl kindling_fiber_parked
    .hidden kindling_fiber_parked
kindling_fiber_parked:
    movq %rsi, %rsp
    .cfi_remember_state
    popq %r15
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r15
    popq %r14
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r14
    popq %r13
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r13
    popq %r12
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r12
    popq %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbx
    popq %rbp
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbp
    movq %rdx, %rax
    retq
.Lshadow:
    .cfi_restore_state
    movq %rax, -8(%rsp)
    movq -8(%rsi), %rax
    rstorssp -8(%rax)
    saveprevssp /* Leaves a token for the flow that goes. */
    jmp kindling_fiber_parked
    .cfi_endproc
    .size kindling_fiber_switch, . - kindling_fiber_switch

/*
 *     void kindling_fiber_open_shadow(void* top)
 *
 * Takes a new shadow stack, with a token below its top, and leaves it as that of a flow that is
 * parked with kindling_fiber_entry to return to: only a call can put that there.
 */
    .p2align 4
    .globl kindling_fiber_open_shadow
    .hidden kindling_fiber_open_shadow
    .type kindling_fiber_open_shadow, @function
kindling_fiber_open_shadow:
    .cfi_startproc
    endbr64
    xorl %edx, %edx
    rdsspq %rdx
    rstorssp -8(%rdi)
    saveprevssp
    leaq 1f(%rip), %rax
    jmp .Lcall_before_entry
1:  rstorssp -8(%rdx)
    saveprevssp
    retq
    .cfi_endproc
    .size kindling_fiber_open_shadow, . - kindling_fiber_open_shadow

/*
 *     void kindling_fiber_leave(void** from, void* to, void* value, void* top)
 *
 * The last switch of a flow whose shadow stack has this top: leaves that as it was before the first
 * one, for the next flow.
 */
    .p2align 4
    .globl kindling_fiber_leave
    .hidden kindling_fiber_leave
    .type kindling_fiber_leave, @function
kindling_fiber_leave:
    .cfi_startproc
    endbr64
    xorl %eax, %eax
    rdsspq %rax
    subq %rax, %rcx
    shrq $3, %rcx
1:  movl $255, %eax /* The most that are dropped at once. */
    cmpq %rax, %rcx
    cmovbq %rcx, %rax
    incsspq %rax
    subq %rax, %rcx
    jnz 1b
    leaq kindling_fiber_switch(%rip), %rax
    jmp .Lcall_before_entry
    .cfi_endproc
    .size kindling_fiber_leave, . - kindling_fiber_leave

/* Goes on at rax. Only the shadow stack keeps that this was called, and from where. */
    .p2align 4
    .type called_before_entry, @function
called_before_entry:
    .cfi_startproc
    .cfi_def_cfa_offset 16
    addq $8, %rsp
    .cfi_adjust_cfa_offset -8
    notrack jmpq *%rax
    .cfi_endproc
    .size called_before_entry, . - called_before_entry

/*
 * Where a new stack begins: calls rbx(rax, r12). Nothing is above it, so unwinders stop here.
 */
    .p2align 4
    .globl kindling_fiber_entry
    .hidden kindling_fiber_entry
    .type kindling_fiber_entry, @function
    .cfi_startproc
    .cfi_undefined %rip
    .cfi_undefined %rbp
    /* What makes kindling_fiber_entry a return address. It belongs to this function because
     * unwinders look up the byte before such an address. */
.Lcall_before_entry:
    callq called_before_entry
kindling_fiber_entry:
    endbr64
    movq %rax, %rdi
    movq %r12, %rsi
    /* Not a call: it would never be returned from, and the processor predicts by pairs. */
    leaq 1f(%rip), %rcx
    pushq %rcx
    .cfi_adjust_cfa_offset 8
    notrack jmpq *%rbx
1:  ud2
    .cfi_endproc
    .size kindling_fiber_entry, . - kindling_fiber_entry

    .section .note.GNU-stack, "", @progbits
#ifdef __CET__
    /* Without the note the linker takes the property from the whole program. */
    .section .note.gnu.property, "a", @note
    .p2align 3
    .long 4, 16, 5
    .asciz "GNU"
    .long 0xc0000002, 4, __CET__, 0
#endif
