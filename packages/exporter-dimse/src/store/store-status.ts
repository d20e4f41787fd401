import type { DestinationAnswer } from '@ahi-dicom/export-files'

/** The meaning of a C-STORE status for the instance (PS3.4 B.2.3, PS3.7 C). */
export interface StoreStatus {
  readonly code: string
  readonly outcome: 'stored' | 'refused' | 'later'
  /** Meaning in words. Empty for success. */
  readonly meaning: string
}

/** Meanings by the four digits of the status. */
const meanings: Readonly<Record<string, string>> = {
  '0110': 'processing failure',
  '0111': 'duplicate SOP instance',
  '0117': 'invalid object instance',
  '0119': 'class and instance conflict',
  '0122': 'SOP class not supported',
  '0124': 'not authorised',
  '0210': 'duplicate invocation',
  '0211': 'unrecognised operation',
  '0212': 'mistyped argument',
  '0213': 'resource limitation',
  B000: 'it coerced data elements',
  B006: 'it discarded elements',
  B007: 'the data set does not match the SOP class',
}

/** Meanings by the first digits of the status. */
const classes: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [/^A7/, 'out of resources'],
  [/^A9/, 'the data set does not match the SOP class'],
  [/^C/, 'cannot understand'],
  [/^B/, 'a warning that PS3.4 does not define'],
]

/** Classes of warnings (PS3.7 C.1): the instance is stored. */
const warnings = /^(B...|0001|0107|0116)$/
const outOfResources = /^(A7..|0213)$/

/** Returns the meaning of a status. */
export function storeStatus(status: number): StoreStatus {
  const code = status.toString(16).toUpperCase().padStart(4, '0')
  if (status === 0) return { code, outcome: 'stored', meaning: '' }
  const meaning = meanings[code] ?? classes.find(([pattern]) => pattern.test(code))?.[1] ?? 'unknown'
  if (warnings.test(code)) return { code, outcome: 'stored', meaning }
  return { code, outcome: outOfResources.test(code) ? 'later' : 'refused', meaning }
}

/** Returns the answer to record for a stored instance. */
export function storeAnswer({ code, meaning }: StoreStatus, transcodedTo: string | undefined): DestinationAnswer {
  return {
    status: code,
    ...(transcodedTo !== undefined && { transferSyntaxUid: transcodedTo }),
    ...(meaning !== '' && { warning: meaning }),
  }
}
