export const explicitVrLittleEndian = '1.2.840.10008.1.2.1'
export const implicitVr = '1.2.840.10008.1.2'
export const bigEndian = '1.2.840.10008.1.2.2'

/** Syntaxes whose data set is deflated: that of PS3.5 A.5, and JPIP with it. */
export const deflated: ReadonlySet<string> = new Set([
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.4.95',
  '1.2.840.10008.1.2.4.205',
])

/** What the CRC-32 of a frame in the metadata document is computed from. */
export type ChecksumBasis = 'decoded' | 'encoded'

/** What is known of frames that AHI stores in one transfer syntax. */
export interface StoredSyntax {
  readonly uid: string
  readonly checksumBasis: ChecksumBasis
  /** The frames are samples without compression. */
  readonly isNative: boolean
  /** Each frame can be written as one fragment of an encapsulated Pixel Data (PS3.5 A.4). */
  readonly encapsulates: boolean
  /** The whole pixel data is one object, whatever NumberOfFrames says. */
  readonly isVideo: boolean
  /** An object too long for one fragment may be in several. */
  readonly isFragmentable: boolean
}

const dicom = '1.2.840.10008.1.2'
const unknown: Omit<StoredSyntax, 'uid'> = {
  checksumBasis: 'encoded',
  isNative: false,
  encapsulates: false,
  isVideo: false,
  isFragmentable: false,
}
const encapsulated = { ...unknown, encapsulates: true }

/**
 * What is known of transfer syntaxes, by the end of their UIDs. AHI's developer guide describes data stores with some of
 * them alone; frames that are said to be in another one can be encapsulated all the same.
 */
const families: readonly (readonly [endings: readonly string[], properties: Partial<StoredSyntax>])[] = [
  [['', '.1', '.1.99'], { ...unknown, isNative: true }],
  [['.4.201', '.4.202', '.4.90'], { ...encapsulated, checksumBasis: 'decoded' }],
  [['.4.203', '.4.91', '.4.50', '.4.110', '.4.111', '.4.112'], encapsulated],
  [numbered(51, 66), encapsulated],
  [['.4.70', '.4.80', '.4.81', '.4.92', '.4.93', '.5', '.1.98', '.8.1'], encapsulated],
  [numbered(100, 108), { ...encapsulated, isVideo: true }],
  [numbered(100, 106).map((ending) => `${ending}.1`), { ...encapsulated, isVideo: true, isFragmentable: true }],
]

const storedSyntaxes: ReadonlyMap<string, StoredSyntax> = new Map(
  families.flatMap(([endings, properties]) =>
    endings.map((ending) => [`${dicom}${ending}`, { ...unknown, ...properties, uid: `${dicom}${ending}` }] as const),
  ),
)

/** The transfer syntaxes whose frames `@ahi-dicom/htj2k-decoder` decodes: HTJ2K, JPEG 2000 and JPEG baseline. */
export const decodableTransferSyntaxes: ReadonlySet<string> = new Set(
  ['.4.201', '.4.202', '.4.203', '.4.90', '.4.91', '.4.50'].map((ending) => `${dicom}${ending}`),
)

function numbered(first: number, last: number): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `.4.${first + index}`)
}

/** How AHI keeps frames whose stored syntax the document does not name (the data store's `losslessStorageFormat`). */
export type LosslessStorageFormat = 'HTJ2K' | 'JPEG_2000_LOSSLESS'

/**
 * The stored syntax that a document states, or that its silence means. One that this package does not know can neither be
 * decoded nor encapsulated, unless the bytes of a frame turn out to be of another.
 */
export function storedSyntax(uid: string | undefined, format: LosslessStorageFormat): StoredSyntax {
  return syntaxOf(uid ?? (format === 'HTJ2K' ? `${dicom}.4.202` : `${dicom}.4.90`))
}

/** What can be done with frames in a syntax. */
export function syntaxOf(uid: string): StoredSyntax {
  return storedSyntaxes.get(uid) ?? { ...unknown, uid }
}
