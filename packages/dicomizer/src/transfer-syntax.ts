export const explicitVrLittleEndian = '1.2.840.10008.1.2.1'

/** What the CRC-32 of a frame in the metadata document is computed from. */
export type ChecksumBasis = 'decoded' | 'encoded'

/** What can be done with frames that AHI stores in one transfer syntax. */
export interface StoredSyntax {
  readonly uid: string
  readonly checksumBasis: ChecksumBasis
  /**
   * The family of the code stream that a frame decoder gets; `native` where there is nothing to decode, undefined where
   * this package asks for no decoding.
   */
  readonly codec: 'htj2k' | 'native' | undefined
  /** Each frame can be written as one fragment of an encapsulated Pixel Data (PS3.5 A.4). */
  readonly encapsulates: boolean
  /** Components are transformed inside the code stream and PhotometricInterpretation has to say so (PS3.5 8.2.4; HTJ2K likewise). */
  readonly isJpeg2000: boolean
}

function syntax(uid: string, properties: Partial<Omit<StoredSyntax, 'uid'>>): StoredSyntax {
  return { uid, checksumBasis: 'encoded', codec: undefined, encapsulates: false, isJpeg2000: false, ...properties }
}

/** The syntaxes in which AHI stores frames; a new row is all that another one needs. */
const storedSyntaxes: ReadonlyMap<string, StoredSyntax> = new Map(
  [
    syntax(explicitVrLittleEndian, { codec: 'native' }),
    syntax('1.2.840.10008.1.2.4.201', {
      checksumBasis: 'decoded',
      codec: 'htj2k',
      encapsulates: true,
      isJpeg2000: true,
    }),
    syntax('1.2.840.10008.1.2.4.202', {
      checksumBasis: 'decoded',
      codec: 'htj2k',
      encapsulates: true,
      isJpeg2000: true,
    }),
    syntax('1.2.840.10008.1.2.4.203', { codec: 'htj2k', encapsulates: true, isJpeg2000: true }),
    syntax('1.2.840.10008.1.2.4.90', { checksumBasis: 'decoded', encapsulates: true, isJpeg2000: true }),
    syntax('1.2.840.10008.1.2.4.91', { encapsulates: true, isJpeg2000: true }),
    syntax('1.2.840.10008.1.2.4.50', { encapsulates: true }),
    syntax('1.2.840.10008.1.2.4.110', { encapsulates: true }),
    syntax('1.2.840.10008.1.2.4.111', { encapsulates: true }),
    syntax('1.2.840.10008.1.2.4.112', { encapsulates: true }),
  ].map((row) => [row.uid, row]),
)

/** How AHI keeps frames whose stored syntax the document does not name (the data store's `losslessStorageFormat`). */
export type LosslessStorageFormat = 'HTJ2K' | 'JPEG_2000_LOSSLESS'

/** The stored syntax of an instance; one that this package does not know can neither be decoded nor encapsulated. */
export function storedSyntax(uid: string | undefined, format: LosslessStorageFormat): StoredSyntax {
  const stored = uid ?? (format === 'HTJ2K' ? '1.2.840.10008.1.2.4.202' : '1.2.840.10008.1.2.4.90')
  return storedSyntaxes.get(stored) ?? syntax(stored, {})
}
