import type { AnsweredContext, ProposedContext } from '../pdu/pdu.ts'

/** A SOP class in a transfer syntax. */
export interface ContextKey {
  readonly sopClassUid: string
  readonly transferSyntaxUid: string
}

/** Presentation contexts as they were negotiated. */
export interface NegotiatedContexts {
  /** Whether the peer was asked. */
  isProposed(key: ContextKey): boolean
  /** Returns the identifier of the context if the peer accepted it. */
  accepted(key: ContextKey): number | undefined
}

/** An association has contexts of odd identifiers up to 255 (PS3.8 9.3.2.2). */
export const mostContexts = 128

/**
 * Proposes each SOP class in each transfer syntax by a context that has that syntax alone: so the peer says of each whether
 * it takes it, and not which it likes best.
 */
export function proposeContexts(keys: readonly ContextKey[]): readonly ProposedContext[] {
  return keys.slice(0, mostContexts).map(({ sopClassUid, transferSyntaxUid }, position) => ({
    id: 2 * position + 1,
    abstractSyntax: sopClassUid,
    transferSyntaxes: [transferSyntaxUid],
  }))
}

/** Reads the answer to proposed contexts. A context that the peer answers in a syntax that was not proposed is not used. */
export function negotiatedContexts(
  proposed: readonly ProposedContext[],
  answered: readonly AnsweredContext[],
): NegotiatedContexts {
  const answers = new Map(answered.map((answer) => [answer.id, answer]))
  const ids = new Map<string, number | undefined>()
  for (const { id, abstractSyntax, transferSyntaxes } of proposed) {
    const [transferSyntaxUid = ''] = transferSyntaxes
    const answer = answers.get(id)
    const isAccepted = answer?.result === 0 && answer.transferSyntax === transferSyntaxUid
    ids.set(nameOf({ sopClassUid: abstractSyntax, transferSyntaxUid }), isAccepted ? id : undefined)
  }
  return {
    isProposed: (key) => ids.has(nameOf(key)),
    accepted: (key) => ids.get(nameOf(key)),
  }
}

function nameOf({ sopClassUid, transferSyntaxUid }: ContextKey): string {
  return `${sopClassUid} ${transferSyntaxUid}`
}
