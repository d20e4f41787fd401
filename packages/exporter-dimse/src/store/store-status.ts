import type { DestinationAnswer } from '@ahi-dicom/export-files'

/** What a status of C-STORE says of the instance (PS3.4 B.2.3, PS3.7 C). */
export interface StoreStatus {
  readonly code: string
  readonly outcome: 'stored' | 'refused' | 'later'
  /** In words for people; empty for success. */
  readonly meaning: string
}

/** Statuses by their four digits. */
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

/** Classes of statuses by their first digits. */
const classes: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [/^A7/, 'out of resources'],
  [/^A9/, 'the data set does not match the SOP class'],
  [/^C/, 'cannot understand'],
  [/^B/, 'a warning that PS3.4 does not know'],
]

/** Classes of warnings (PS3.7 C.1): the instance is stored. */
const warnings = /^(B...|0001|0107|0116)$/
const outOfResources = /^(A7..|0213)$/

/** Reads a status. */
export function storeStatus(status: number): StoreStatus {
  const code = status.toString(16).toUpperCase().padStart(4, '0')
  if (status === 0) return { code, outcome: 'stored', meaning: '' }
  const meaning = meanings[code] ?? classes.find(([pattern]) => pattern.test(code))?.[1] ?? 'unknown'
  if (warnings.test(code)) return { code, outcome: 'stored', meaning }
  return { code, outcome: outOfResources.test(code) ? 'later' : 'refused', meaning }
}

/** Returns what to record of an instance that is stored. */
export function storeAnswer({ code, meaning }: StoreStatus, transcodedTo: string | undefined): DestinationAnswer {
  return {
    status: code,
    ...(transcodedTo !== undefined && { transferSyntaxUid: transcodedTo }),
    ...(meaning !== '' && { warning: meaning }),
  }
}
