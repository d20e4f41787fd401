/**
 * The meaning of a FailureReason or WarningReason (PS3.18 I.2.2, PS3.4 B.2.3, PS3.7 C; AHI developer guide, "Storing
 * instances with STOW-RS").
 */
export interface Reason {
  /** Four hexadecimal digits. */
  readonly code: string
  /** The reason in words. It continues a sentence. */
  readonly words: string
  /** True if the same instance may be accepted later. */
  readonly isTemporary: boolean
  /** True if the transfer syntax is not accepted. */
  readonly isTransferSyntax: boolean
  /** True if the server already has an instance with this UID and keeps it. */
  readonly isDuplicate: boolean
}

const failures: ReadonlyMap<number, string> = new Map([
  [0x0105, 'no such attribute'],
  [0x0106, 'invalid attribute value'],
  [0x0107, 'an attribute list error'],
  [0x0110, 'a processing failure'],
  [0x0111, 'the instance exists already'],
  [0x0112, 'no such instance'],
  [0x0117, 'an invalid instance'],
  [0x0118, 'no such SOP class'],
  [0x0119, 'a conflict of class and instance'],
  [0x0120, 'a missing attribute'],
  [0x0121, 'a missing attribute value'],
  [0x0122, 'the SOP class is not supported'],
  [0x0124, 'not authorized'],
  [0x0131, 'the ID of another patient'],
  [0xa770, 'references that cannot be kept'],
  [0xc122, 'the transfer syntax is not supported'],
  [0xc409, 'a conflict with existing data'],
])

const warnings: ReadonlyMap<number, string> = new Map([
  [0xb000, 'attributes were changed (coercion of data elements)'],
  [0xb006, 'elements were left out'],
  [0xb007, 'the data set does not match its SOP class'],
  [0xb100, 'the pixels were not transcoded'],
  [0xb110, 'the frames could not be extracted'],
  [0xb111, 'the number of frames does not match'],
  [0xb112, 'the offset table is not valid'],
  [0xb120, 'the transfer syntax is not supported'],
])

/** Meanings of failures by their first digits. */
const ranges: readonly (readonly [prefix: string, words: string])[] = [
  ['A7', 'out of resources'],
  ['A9', 'the data set does not match its SOP class'],
  ['C', 'the instance cannot be understood'],
]

/** Returns the meaning of a FailureReason. */
export function failureReason(value: number | undefined): Reason {
  if (value === undefined)
    return { code: 'none', words: 'no reason', isTemporary: false, isTransferSyntax: false, isDuplicate: false }
  const code = codeOf(value)
  const ofRange = ranges.find(([prefix]) => code.startsWith(prefix))?.[1]
  return {
    code,
    words: failures.get(value) ?? ofRange ?? 'a reason that DICOM does not define',
    isTemporary: code.startsWith('A7') && value !== 0xa770,
    isTransferSyntax: value === 0xc122,
    isDuplicate: value === 0x0111,
  }
}

/** Returns the meaning of a WarningReason. */
export function warningReason(value: number): Pick<Reason, 'code' | 'words'> {
  return { code: codeOf(value), words: warnings.get(value) ?? 'a warning that DICOM does not define' }
}

function codeOf(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, '0')
}
