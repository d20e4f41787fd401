import { explicitVrLittleEndian, implicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { mostContexts, type ContextKey } from '../association/contexts.ts'

/** The SOP classes seen so far with their transfer syntaxes. */
export interface KnownContexts {
  note(key: ContextKey): void
  /** Returns the contexts to propose, starting with the class seen last. */
  keys(): readonly ContextKey[]
}

/** Syntaxes that native instances can also be sent in. Every peer must accept the second (PS3.5 10.1). */
const fallbacks = [explicitVrLittleEndian, implicitVrLittleEndian]

/**
 * Creates a list of contexts. It proposes the latest classes, each with all its transfer syntaxes, as far as there is
 * room.
 */
export function createKnownContexts(): KnownContexts {
  const syntaxesOf = new Map<string, Set<string>>()
  return {
    note({ sopClassUid, transferSyntaxUid }) {
      const syntaxes = syntaxesOf.get(sopClassUid) ?? new Set(fallbacks)
      syntaxesOf.delete(sopClassUid)
      syntaxesOf.set(sopClassUid, syntaxes.add(transferSyntaxUid))
    },
    keys() {
      const keys: ContextKey[] = []
      for (const [sopClassUid, syntaxes] of [...syntaxesOf].toReversed()) {
        if (keys.length + syntaxes.size > mostContexts) break
        keys.push(...[...syntaxes].map((transferSyntaxUid) => ({ sopClassUid, transferSyntaxUid })))
      }
      return keys
    },
  }
}
