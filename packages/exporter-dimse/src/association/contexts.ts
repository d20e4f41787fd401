import type { AnsweredContext, ProposedContext } from '../pdu/pdu.ts'

/** A SOP class in a transfer syntax. */
export interface ContextKey {
  readonly sopClassUid: string
  readonly transferSyntaxUid: string
}

/** The negotiated presentation contexts. */
export interface NegotiatedContexts {
  /** Returns true if the context was proposed. */
  isProposed(key: ContextKey): boolean
  /** Returns the identifier of the context. `undefined` if the peer did not accept it. */
  accepted(key: ContextKey): number | undefined
}

/** Most contexts of an association: identifiers are odd and at most 255 (PS3.8 9.3.2.2). */
export const mostContexts = 128

/**
 * Proposes one context for each SOP class and transfer syntax. So the peer accepts or rejects each combination, and
 * does not choose its favourite.
 */
export function proposeContexts(keys: readonly ContextKey[]): readonly ProposedContext[] {
  return keys.slice(0, mostContexts).map(({ sopClassUid, transferSyntaxUid }, position) => ({
    id: 2 * position + 1,
    abstractSyntax: sopClassUid,
    transferSyntaxes: [transferSyntaxUid],
  }))
}

/**
 * Combines the proposed contexts with the peer's answers. A context that is accepted in a syntax that was not proposed
 * is not used.
 */
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
