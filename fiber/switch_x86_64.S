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
    /* Where a parked flow stands: debuggers unwind from here with the saved stack pointer. */
    .globl kindling_fiber_parked
    .hidden kindling_fiber_parked
kindling_fiber_parked:
    movq %rsi, %rsp
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
    .cfi_endproc
    .size kindling_fiber_switch, . - kindling_fiber_switch

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
    nop /* Unwinders look up the byte before a return address. */
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
    .long 0xc0000002, 4, __CET__ & 1, 0
#endif
