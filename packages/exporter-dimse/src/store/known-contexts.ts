import { explicitVrLittleEndian, implicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { mostContexts, type ContextKey } from '../association/contexts.ts'

/** The SOP classes that were met, and in which transfer syntaxes. */
export interface KnownContexts {
  note(key: ContextKey): void
  /** What to propose: the class that was met last comes first. */
  keys(): readonly ContextKey[]
}

/** Native instances can be sent in these, too. Every peer is to take the second (PS3.5 10.1). */
const fallBacks = [explicitVrLittleEndian, implicitVrLittleEndian]

/** Makes a list of contexts that has room for all transfer syntaxes of the last classes. */
export function createKnownContexts(): KnownContexts {
  const syntaxesOf = new Map<string, Set<string>>()
  return {
    note({ sopClassUid, transferSyntaxUid }) {
      const syntaxes = syntaxesOf.get(sopClassUid) ?? new Set(fallBacks)
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
